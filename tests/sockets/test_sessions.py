#!/usr/bin/env python3
"""`postern sessions`: conversations are recorded, with the state before and after each line."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import Server, run
from tap import check, equal, poll
from wire import Wire


def sessions(server):
    return [json.loads(line) for line in server.postern("sessions", "list", "--json").splitlines()]


def recorded(server, count):
    """The sessions, once count of them are over and written."""
    return poll(lambda: (lambda all: len(all) >= count and all)(sessions(server)), 10, f"{count} recorded sessions")


def shown(server, which):
    return json.loads(server.postern("sessions", "show", which, "--json"))


def talk(server, *lines):
    with Wire(server.address) as wire:
        replies = [wire.greeting] + [wire.command(line) for line in lines]
        if lines and lines[-1] == "QUIT":
            wire.expect_closed()
    return replies


@tap.case("each line of a session is recorded in order, with time and state, on the test profile")
def lines(folder):
    server = Server(folder)
    lines = ["EHLO c.example", "DATA", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.net>", "RSET", "QUIT"]
    replies = talk(server, *lines)
    session = recorded(server, 1)[0]
    document = shown(server, session["id"])
    text = json.dumps(document, ensure_ascii=False)
    at = -1
    for line in lines:
        found = text.find(line.replace('"', '\\"'), at + 1)
        check(found > at, f"{line} is not recorded behind what came before it: {text}")
        at = found
    check("send MAIL FROM first" in text, "the words of the refusal are recorded")
    for reply in replies:
        check(reply.lines[-1] in text, f"{reply} is not recorded")
    readable = server.postern("sessions", "show", session["id"]).decode()
    for line in lines:
        check(line in readable, f"{line} is not shown: {readable}")


@tap.case("states before and after, and the rule of a refusal, are in the record")
def states(folder):
    server = Server(folder)
    talk(server, "EHLO c.example", "MAIL FROM:<a@example.org>", "DATA", "RCPT TO:<b@example.net>", "QUIT")
    document = shown(server, recorded(server, 1)[0]["id"])
    notes = next(v for v in document.values() if isinstance(v, list) and v and isinstance(v[0], dict))
    check(all("before" in n and "after" in n for n in notes), f"before and after: {notes[0]}")
    check(any("SEQ-06" in json.dumps(n) for n in notes), "the refusal of DATA carries SEQ-06")
    offsets = [next(v for k, v in n.items() if "offset" in k or "time" in k or k == "at") for n in notes]
    equal(offsets, sorted(offsets), "time offsets")
    change = [n for n in notes if n["before"] != n["after"]]
    check(len(change) >= 4, f"EHLO, MAIL, RCPT and QUIT change the state: {change}")


@tap.case("secrets are masked before they are stored: AUTH lines and what follows them")
def secrets(folder):
    server = Server(folder)
    talk(server, "EHLO c.example", "AUTH PLAIN AGFubgBzZWNyZXQtMQ==", "QUIT")
    recorded(server, 1)
    everything = b"".join(p.read_bytes() for p in folder.glob("postern.db*") if p.is_file())
    check(b"AGFubgBzZWNyZXQtMQ" not in everything, "the credentials are in the store")
    check(b"AGFubgBzZWNyZXQtMQ" not in server.said().encode(), "the credentials are in the log")
    check(b"AGFubgBzZWNyZXQtMQ" not in server.postern("sessions", "show", sessions(server)[0]["id"]), "they are shown")


@tap.case("the list tells client, outcome, counts; a message names its session")
def listed(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello()
        found = wire.message(b"x\r\n")
        wire.command("FOOB", 500)
        wire.command("QUIT", 221)
        wire.expect_closed()
    with Wire(server.address) as wire:
        wire.hello()
    both = recorded(server, 2)
    message = server.inbox()[0]
    session = next(s for s in both if s["id"] == message["session_id"])
    equal((session["messages"], session["faults"], session["outcome"]), (1, 1, "quit"))
    check("127.0.0.1" in session["client"], session)
    other = next(s for s in both if s["id"] != message["session_id"])
    equal((other["messages"], other["outcome"]), (0, "lost"))
    server.stop()
    equal(len(sessions(server)), 2, "without a server")
    equal(server.inbox()[0]["id"], found)


@tap.case("levels: none records nothing, faults only sessions with a refusal, mx records faults by itself")
def levels(folder):
    for words, wanted in ((["--record", "none"], 0), (["--record", "faults"], 1), (["--record", "all"], 2),
                          (["--profile", "mx", "--domain", "example.net"], 1)):
        place = folder / words[1]
        place.mkdir()
        server = Server(place, *words)
        talk(server, "EHLO c.example", "NOOP", "QUIT")
        talk(server, "EHLO c.example", "DATA", "QUIT")
        server.stop()  # everything is written then
        equal(len(sessions(server)), wanted, f"recorded with {words}")


@tap.case("hostile octets are escaped when shown, an unknown session is exit 1")
def hostile(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.send(b"\x1b[31mEHLO \xff\x07\r\n")
        wire.expect(500, "5.5.2")
        wire.command("QUIT", 221)
        wire.expect_closed()
    which = recorded(server, 1)[0]["id"]
    text = server.postern("sessions", "show", which)
    check(b"\x1b" not in text and b"\x07" not in text, text)
    shown(server, which)
    done = run("sessions", "show", "0" * 26, "--store", server.store)
    equal(done.returncode, 1)
    check(done.stderr.startswith(b"postern: "), done.stderr)


if __name__ == "__main__":
    tap.main()
