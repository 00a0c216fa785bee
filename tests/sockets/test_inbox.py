#!/usr/bin/env python3
"""`postern inbox`: list, show, raw, delete, wait, import, export; beside a server and alone."""
# mostly waits
# takes: 12

import datetime
import json
import mailbox
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import PROGRAM, Server, postern, run
from tap import check, equal, poll
from wire import Wire

ID = re.compile(r"^[0-9A-HJKMNP-TV-Z]{26}$")
FIELDS = {"id": str, "mail_from": str, "rcpt_to": list, "subject": str, "size": int, "received_at": str,
          "session_id": str, "durable": str}
LETTER = b"From: a@example.org\r\nTo: ann@example.net\r\nSubject: %s\r\n\r\n%s\r\n"
MAILS = [
    ("a@example.org", ["ann@example.net"], LETTER % (b"first", b"one")),
    ("b@example.org", ["ann@example.net", "bob@example.net"], LETTER % (b"=?utf-8?B?5Lu25ZCN?=", b"\xe6\x9c\xac\xe6\x96\x87")),
    ("", ["bob@example.net"], LETTER % (b"bounce", b"From here\r\n>From there\r\n.\r\n")),
    ("d@example.org", ["dan@example.net"], b""),
]


def fill(folder, mails=MAILS):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello()
        ids = [wire.message(body, sender, to) for sender, to, body in mails]
        wire.command("QUIT", 221)
    return server, ids


def both(function):
    """The case is tried beside the running server, and again without it."""
    def inner(folder):
        server, ids = fill(folder)
        function(folder, server, ids)
        again = folder / "again"
        again.mkdir()
        server, ids = fill(again)
        server.stop()
        function(again, server, ids)
    return inner


@tap.case("list --json prints one object a line, newest first, with the fields that are promised")
@both
def listed(folder, server, ids):
    found = server.inbox()
    equal([m["id"] for m in found], ids[::-1], "order")
    for message, (sender, to, body) in zip(found, MAILS[::-1]):
        for field, kind in FIELDS.items():
            check(isinstance(message.get(field), kind), f"{field} in {message}")
        check(ID.match(message["id"]) and ID.match(message["session_id"]), "26 characters of Crockford base32")
        equal((message["mail_from"], message["rcpt_to"], message["size"]), (sender, to, len(body)))
        equal(message["durable"], "disk")
        at = datetime.datetime.fromisoformat(message["received_at"])
        check(abs((datetime.datetime.now(datetime.timezone.utc) - at).total_seconds()) < 600, "received_at")
    equal([m["subject"] for m in found], ["", "bounce", "件名", "first"], "decoded subjects")
    equal(len({m["session_id"] for m in found}), 1, "one session")


@tap.case("list without --json shows each message to a person, filters choose")
@both
def for_people(folder, server, ids):
    text = server.postern("inbox", "list").decode()
    for word in ("first", "件名", "bob@example.net", "a@example.org"):
        check(word in text, f"{word} is not in {text}")
    equal([m["id"] for m in server.inbox("--to", "BOB@example.net")], [ids[2], ids[1]])
    equal([m["id"] for m in server.inbox("--from", "d@example.org")], [ids[3]])
    equal([m["id"] for m in server.inbox("--subject", "FIR")], [ids[0]])
    equal([m["id"] for m in server.inbox("--limit", "2")], [ids[3], ids[2]])
    equal(server.inbox("--to", "nobody@example.net"), [])


@tap.case("raw gives the exact octets, by id, by its beginning, by latest; an unknown id is exit 1 and one line")
@both
def raw(folder, server, ids):
    for found, (_, _, body) in zip(ids, MAILS):
        equal(server.raw(found), body)
        equal(server.raw(found.lower()), body)
    equal(server.raw("latest"), MAILS[-1][2])
    done = run("inbox", "raw", "0" * 26, "--store", server.store)
    equal((done.returncode, done.stdout), (1, b""))
    check(re.match(rb"^postern: .+: .+\n$", done.stderr), done.stderr)
    equal(run("inbox", "raw", "--store", server.store).returncode, 2, "raw without an id")


@tap.case("show is for reading: decoded header, no control characters reach the terminal; --json is one object")
def show(folder):
    mails = [("a@example.org", ["ann@example.net"],
              b"Subject: =?utf-8?Q?gr=C3=BC=C3=9Fe?=\r\nX-Evil: \x1b[31mred\x07\r\n\r\n\x1b]0;title\x07body\r\n")]
    server, ids = fill(folder, mails)
    text = server.postern("inbox", "show", ids[0])
    check("grüße".encode() in text and b"body" in text, text)
    check(b"\x1b" not in text and b"\x07" not in text, f"a control character is shown: {text!r}")
    shown = json.loads(server.postern("inbox", "show", "latest", "--json"))
    for field in FIELDS:
        check(field in shown, f"{field} is not in {shown}")


@tap.case("delete takes messages away, one or several; the others stay; twice is exit 1")
@both
def delete(folder, server, ids):
    server.postern("inbox", "delete", ids[0], ids[2])
    equal([m["id"] for m in server.inbox()], [ids[3], ids[1]])
    equal(server.raw(ids[1]), MAILS[1][2])
    equal(run("inbox", "delete", ids[0], "--store", server.store).returncode, 1, "delete again")
    equal(run("inbox", "delete", "--store", server.store).returncode, 2, "delete without an id")
    server.postern("inbox", "delete", "latest")
    equal([m["id"] for m in server.inbox()], [ids[1]])


@tap.case("a running server goes on taking mail while messages are listed and deleted")
def concurrent(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello()
        kept = set()
        for i in range(30):
            found = wire.message(b"Subject: %d\r\n\r\nx\r\n" % i)
            kept.add(found)
            if i % 3 == 0:
                server.postern("inbox", "delete", found)
                kept.discard(found)
    equal({m["id"] for m in server.inbox()}, kept)


def start_wait(server, *words):
    return subprocess.Popen([PROGRAM, "inbox", "wait", *words, "--store", server.store, "--json"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)


@tap.case("wait ends when the message it waits for comes, and tells which; others do not end it")
def wait(folder):
    server, ids = fill(folder)
    waiting = start_wait(server, "--to", "late@example.net", "--timeout", "20")
    with Wire(server.address) as wire:
        wire.hello()
        wire.message(b"x\r\n", to="other@example.net")
        check(waiting.poll() is None, "another message ended it")
        start = time.monotonic()
        found = wire.message(b"Subject: late\r\n\r\nx\r\n", to="late@example.net")
        out, err = waiting.communicate(timeout=15)
    equal(waiting.returncode, 0, err)
    equal(json.loads(out)["id"], found)
    check(time.monotonic() - start < 5, "it took its time")


@tap.case("wait without a match: exit 1 when the time is over, nothing on stdout")
@both
def wait_in_vain(folder, server, ids):
    start = time.monotonic()
    done = run("inbox", "wait", "--to", "never@example.net", "--timeout", "1", "--store", server.store)
    equal((done.returncode, done.stdout), (1, b""))
    check(0.9 < time.monotonic() - start < 6, "the time it waited")


@tap.case("export and import of mbox: every message is there again, byte for byte")
@both
def mbox(folder, server, ids):
    target = folder / "out.mbox"
    server.postern("inbox", "export", "--format", "mbox", target)
    with_body = [body for _, _, body in MAILS]
    # another program reads it: as many messages, with the subjects
    messages = list(mailbox.mbox(target, create=False))
    equal(len(messages), len(MAILS), "messages in the mbox, as Python reads it")
    equal(sorted(str(m["Subject"]) for m in messages if m["Subject"]), sorted(["first", "=?utf-8?B?5Lu25ZCN?=", "bounce"]))
    other = folder / "other"
    other.mkdir()
    store = f"sqlite:{other}/postern.db"
    postern("inbox", "import", target, "--to", "dan@example.net", "--store", store)
    listed = [json.loads(line) for line in postern("inbox", "list", "--json", "--store", store).splitlines()]
    bodies = sorted(postern("inbox", "raw", m["id"], "--store", store) for m in listed)
    equal(bodies, sorted(with_body))


@tap.case("export and import of .eml files: every message is there again, byte for byte")
@both
def eml(folder, server, ids):
    target = folder / "letters"
    server.postern("inbox", "export", "--format", "eml", target)
    files = sorted(target.glob("*.eml"))
    equal(sorted(f.read_bytes() for f in files), sorted(body for _, _, body in MAILS), "the files")
    other = folder / "other"
    other.mkdir()
    store = f"sqlite:{other}/postern.db"
    postern("inbox", "import", *files, "--to", "dan@example.net", "--store", store)
    listed = [json.loads(line) for line in postern("inbox", "list", "--json", "--store", store).splitlines()]
    equal(sorted(postern("inbox", "raw", m["id"], "--store", store) for m in listed), sorted(b for _, _, b in MAILS))


@tap.case("import beside a running server: the messages are there, and the server goes on")
def import_running(folder):
    server, ids = fill(folder)
    file = folder / "one.eml"
    file.write_bytes(b"From: z@example.org\r\nTo: y@example.net\r\nSubject: imported\r\n\r\nx\r\n")
    server.postern("inbox", "import", file)
    message = server.inbox("--subject", "imported")[0]
    equal(server.raw(message["id"]), file.read_bytes())
    equal(run("inbox", "import", folder / "absent.eml", "--store", server.store).returncode, 1, "an absent file")
    with Wire(server.address) as wire:
        wire.hello()
        wire.message(b"x\r\n")


@tap.case("an export never overwrites silently, a full pipe end is no crash")
def export_care(folder):
    server, ids = fill(folder)
    target = folder / "out.mbox"
    target.write_bytes(b"precious\n")
    done = run("inbox", "export", "--format", "mbox", target, "--store", server.store)
    check(target.read_bytes().startswith(b"precious\n"), "the file that was there is gone")
    with Wire(server.address) as wire:
        wire.hello()
        wire.message(b"x" * 998 + b"\r\n" + (b"y" * 998 + b"\r\n") * 2000)
    done = subprocess.run(f"'{PROGRAM}' inbox raw latest --store '{server.store}' | head -c 10", shell=True,
                          capture_output=True, timeout=20)
    equal(done.stdout, b"x" * 10)


@tap.case("no store: exit 1 and one line that names it, and none is made")
def absent(folder):
    store = f"sqlite:{folder}/none/postern.db"
    for words in (["list"], ["raw", "latest"], ["show", "latest"], ["delete", "latest"]):
        done = run("inbox", *words, "--store", store)
        equal(done.returncode, 1, words)
        check(re.match(rb"^postern: .+: .+\n$", done.stderr) and b"none" in done.stderr, done.stderr)
    check(not (folder / "none").exists(), "reading made a folder")


@tap.case("wrong words are exit 2: unknown subcommand, unknown option, format that is none")
def wrong(folder):
    server, ids = fill(folder)
    for words in (["lst"], ["list", "--jsn"], ["export", "--format", "zip", folder / "x"], ["wait", "--timeout", "soon"],
                  ["list", "--limit", "-1"], []):
        done = run("inbox", *words, "--store", server.store) if words else run("inbox")
        equal(done.returncode, 2, words)
        check(done.stderr.startswith(b"postern") or b"sage" in done.stderr, done.stderr)


@tap.case("octets of a mail behind a refused import are never carried out as requests")
def desynchronised(folder):
    server, ids = fill(folder)
    order = json.dumps({"op": "delete", "id": ids[0]}).encode() + b"\n"
    for request in (b'{"op":"import","size":99999999999,"mail_from":"","rcpt_to":["a@b.example"]}\n',
                    b'{"op":"import","op":"import"}\n', b"no JSON\n"):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(f"{folder}/postern.db.control")
            peer.sendall(request + order)
            peer.shutdown(socket.SHUT_WR)
            answers = b""
            try:
                while octets := peer.recv(4096):
                    answers += octets
            except ConnectionResetError:
                pass  # closed with our octets unread
        check(answers.count(b"\n") <= 1 and b"true" not in answers, answers)
    equal(sorted(mail["id"] for mail in server.inbox()), sorted(ids))


@tap.case("a role that gets SIGHUP serves on: the end of a terminal is the supervisor's business")
def hangup(folder):
    server, ids = fill(folder)
    role = server.role()
    with Wire(server.address) as wire:
        wire.hello()
        os.kill(role, signal.SIGHUP)
        wire.message(b"x\r\n")
    equal(server.role(), role)


if __name__ == "__main__":
    tap.main()
