#!/usr/bin/env python3
"""Mail from programs that people really use arrives, and arrives unchanged.

A program that is not installed fails its case: tools/deps.sh installs them all. Only
Postfix's smtp-source may be missing, when no package archive is in reach.
"""
# needs: peers

import os
import pathlib
import shutil
import smtplib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import ROOT, Server
from tap import Skip, check, equal, note, poll

BODY = b"From: a@example.org\r\nTo: ann@example.net\r\nSubject: from a client\r\n\r\n.\r\n..two\r\n\xc3\xa4 end\r\n"


@tap.before
def start(folder):
    global server, lmtp_path
    lmtp_path = f"{folder}/lmtp"
    server = Server(folder, "--domain", "example.net", lmtp=[f"unix:{lmtp_path}"])


def program(name):
    path = shutil.which(name)
    check(path, f"{name} is not installed: tools/deps.sh test")
    return path


def run(*words, input=None, status=0):
    done = subprocess.run(words, input=input, stdin=None if input is not None else subprocess.DEVNULL,
                          capture_output=True, timeout=25)
    if done.returncode != status:
        note(done.stdout.decode(errors="backslashreplace"), done.stderr.decode(errors="backslashreplace"))
    equal(done.returncode, status, f"exit of {words[0]}")
    return done.stdout


def arrived(sender):
    """The one message from this sender."""
    found = [m for m in server.inbox() if m["mail_from"] == sender]
    equal(len(found), 1, f"messages from {sender}")
    return found[0]


@tap.case("swaks sends, with pipelining and without")
def swaks():
    host, port = server.address
    for sender, words in (("swaks@example.org", []), ("swaks2@example.org", ["--pipeline"])):
        out = run(program("swaks"), "--server", host, "--port", str(port), "--from", sender,
                  "--to", "ann@example.net,bob@example.net", "--helo", "c.example", "--header", "Subject: swaks",
                  "--body", "hello\n.\nend", *words)
        check(b"queued as" in out, "the reply names the id")
        message = arrived(sender)
        equal((message["rcpt_to"], message["subject"]), (["ann@example.net", "bob@example.net"], "swaks"))
        check(b"hello\r\n.\r\nend\r\n" in server.raw(message["id"]), "the body with its dot")


@tap.case("curl sends a file octet for octet")
def curl(folder):
    (folder / "mail").write_bytes(BODY)
    host, port = server.address
    run(program("curl"), "-sS", f"smtp://{host}:{port}/c.example", "--mail-from", "curl@example.org",
        "--mail-rcpt", "ann@example.net", "--upload-file", str(folder / "mail"))
    equal(server.raw(arrived("curl@example.org")["id"]), BODY)


@tap.case("curl sends 8 MB")
def curl_big(folder):
    body = BODY + b"0123456789abcdef" * 4 + b"\r\n"
    body += (b"x" * 70 + b"\r\n") * 115000
    (folder / "mail").write_bytes(body)
    host, port = server.address
    run(program("curl"), "-sS", f"smtp://{host}:{port}/c.example", "--mail-from", "curl8@example.org",
        "--mail-rcpt", "ann@example.net", "--upload-file", str(folder / "mail"))
    check(server.raw(arrived("curl8@example.org")["id"]) == body, "octet for octet")


@tap.case("Python's smtplib sends, and sees a refusal as what it is")
def python():
    with smtplib.SMTP(*server.address, local_hostname="c.example", timeout=20) as client:
        equal(client.sendmail("python@example.org", ["ann@example.net"], BODY,
                              mail_options=["BODY=8BITMIME"]), {})
        check(client.has_extn("pipelining") and client.has_extn("chunking"), "the extensions")
        equal(client.noop()[0], 250)
        equal(client.vrfy("ann")[0], 252)
        equal(client.docmd("DATA")[0], 503)
    equal(server.raw(arrived("python@example.org")["id"]), BODY)


@tap.case("Python's smtplib speaks LMTP over the unix socket: one verdict a recipient")
def lmtp():
    with smtplib.LMTP(lmtp_path, local_hostname="c.example", timeout=20) as client:
        equal(client.sendmail("lmtp@example.org", ["ann@example.net"], BODY), {})  # it reads one verdict only
    equal(server.raw(arrived("lmtp@example.org")["id"]), BODY)
    with smtplib.LMTP(lmtp_path, local_hostname="c.example", timeout=20) as client:
        client.ehlo()  # which says LHLO
        client.mail("lmtp2@example.org")
        client.rcpt("ann@example.net")
        client.rcpt("ann@example.net")
        client.rcpt("bob@example.net")
        code, text = client.data(BODY)
        equal(code, 250)
        check(b"<ann@example.net>" in text, f"the first verdict names its recipient: {text}")
        equal([client.getreply()[0] for _ in range(2)], [250, 250], "the verdicts that follow")
        equal(client.docmd("EHLO x")[0], 500, "EHLO on lmtp")


@tap.case("nc sends a whole pasted conversation with LF line ends (profile test, 2.8 and 3.11)")
def netcat():
    host, port = server.address
    talk = "EHLO c.example\nMAIL FROM:<nc@example.org>\nRCPT TO:<ann@example.net>\nRSET\nNOOP\nHELP\nQUIT\n"
    out = run(program("nc"), "-w", "10", host, str(port), input=talk.encode())
    codes = [line[:3] for line in out.decode().splitlines() if line[3:4] == " "]
    equal(codes, ["220", "250", "250", "250", "250", "250", "214", "221"])
    talk = b"EHLO c.example\r\nMAIL FROM:<nc@example.org>\r\nRCPT TO:<ann@example.net>\r\nDATA\r\n" + \
        b"Subject: nc\r\n\r\npasted\r\n.\r\nQUIT\r\n"
    out = run(program("nc"), "-w", "10", host, str(port), input=talk)
    check(b"queued as" in out, f"the paste was refused: {out}")
    equal(server.raw(arrived("nc@example.org")["id"]), b"Subject: nc\r\n\r\npasted\r\n")


def smtp_source():
    folder = os.environ.get("POSTERN_PEERS") or str(ROOT / "build" / "peers")
    path = shutil.which("smtp-source", path=folder)
    if path is None:
        raise Skip(f"Postfix's smtp-source is not in {folder}: run tools/peers.sh {folder}")
    return path


@tap.case("Postfix's smtp-source sends 500 messages over 10 sessions, by SMTP and by LMTP", timeout=180)
def postfix():
    source = smtp_source()
    host, port = server.address
    run(source, "-s", "10", "-m", "500", "-l", "4000", "-f", "smtpsource@example.org", "-t", "ann@example.net",
        "-S", "from smtp-source", "-M", "c.example", f"{host}:{port}")
    found = [m for m in server.inbox() if m["mail_from"] == "smtpsource@example.org"]
    equal(len(found), 500, "messages by SMTP")
    check(all(m["size"] >= 4000 for m in found), "sizes")
    run(source, "-L", "-s", "4", "-m", "40", "-f", "smtpsource2@example.org", "-t", "ann@example.net",
        "-M", "c.example", f"unix:{lmtp_path}")
    equal(len([m for m in server.inbox() if m["mail_from"] == "smtpsource2@example.org"]), 40, "messages by LMTP")


@tap.case("smtp-source keeps one connection for many messages (-d)", timeout=60)
def postfix_kept():
    host, port = server.address
    run(smtp_source(), "-d", "-s", "2", "-m", "100", "-f", "kept@example.org", "-t", "ann@example.net",
        "-M", "c.example", f"{host}:{port}")
    equal(len([m for m in server.inbox() if m["mail_from"] == "kept@example.org"]), 100, "messages")


if __name__ == "__main__":
    tap.main()
