#!/usr/bin/env python3
"""`postern sessions show --lint`: what real clients do to a real server, and what is said of it."""

import json
import pathlib
import re
import smtplib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import ROOT, Server, run
from tap import check, equal, poll
from wire import Wire

JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
KEYS = {"lint", "severity", "line", "count", "name", "why", "fix", "rfc"}
SEVERITIES = ["error", "warning", "hint"]
LINTS = re.findall(r"^lint: (.+)\nseverity: (.+)$", (ROOT / "catalog/lints.txt").read_text(encoding="utf-8"),
                   re.MULTILINE)
BODY = b"Subject: x\r\n\r\nHello\r\n"


def sessions(server):
    return [json.loads(line) for line in server.postern("sessions", "list", "--json").splitlines()]


def over(server, count=1):
    """The newest session, once count of them are over and written."""
    def ended():
        found = [session for session in sessions(server) if session["ended_at"]]
        return len(found) >= count and found
    return poll(ended, 10, f"{count} sessions that are over")[0]["id"]


def document(server, which, *words):
    return json.loads(server.postern("sessions", "show", which, "--json", "--lint", *words))


def found(server, count=1):
    """Of the newest session: {slug: (times, the line it was first seen at)}."""
    session = document(server, over(server, count))
    lines = {line["n"]: line["text"] for line in session["lines"]}
    return {lint["lint"]: (lint["count"], lines[lint["line"]]) for lint in session["lint"]}


@tap.case("a library of good manners has nothing said of it")
def good(folder):
    server = Server(folder)
    with smtplib.SMTP(*server.address, local_hostname="client.example.org") as client:
        client.sendmail("a@example.org", ["b@example.net"], "Subject: x\n\nHello\n")
        client.sendmail("a@example.org", ["b@example.net"], "Subject: y\n\nHello again\n")
    equal(found(server), {})
    text = server.postern("sessions", "show", "latest", "--lint", "--lang", "en").decode()
    check("No problems found." in text, text)


@tap.case("a dialogue poured into the socket without reading is seen for what it is")
def poured(folder):
    server = Server(folder)
    with Wire(server.address, greeting=False) as wire:
        wire.send(b"HELO client.example\r\nMAIL FROM: <a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n" +
                  BODY + b".\r\nQUIT\r\n")
        for code in (220, 250, 250, 250, 354, 250, 221):
            wire.expect(code)
        wire.expect_closed()
    said = found(server)
    equal(said["not-awaited"], (2, "HELO client.example"), "HELO and DATA")
    equal(said["pipelined-not-offered"], (2, "MAIL FROM: <a@example.org>"), "MAIL and RCPT")
    equal(said["space-behind-colon"], (1, "MAIL FROM: <a@example.org>"))
    equal(said["helo-used"], (1, "HELO client.example"))
    check("no-quit" not in said and "closed-in-content" not in said, said)


@tap.case("a client that hangs up is told so; one that quits, or is cut off by the server, is not")
def hanging_up(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello("client.example.org")
        wire.message(BODY)
    equal(found(server)["no-quit"], (1, "connection closed by the client"))
    with Wire(server.address) as wire:
        wire.hello("client.example.org")
        wire.envelope()
        wire.command("DATA", 354)
        wire.send(BODY)
    said = found(server, 2)
    check("closed-in-content" in said and "no-quit" not in said, said)
    with Wire(server.address) as wire:
        wire.hello("client.example.org")
        wire.command("QUIT", 221)
    check("no-quit" not in found(server, 3), "a client that quits")
    wire = Wire(server.address)
    wire.hello("client.example.org")
    server.stop()
    wire.close()
    server.start()
    check("no-quit" not in found(server, 4), "a client that was cut off")


@tap.case("a session that is still open is not blamed for what may come yet")
def still_open(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello("client.example.org")
        wire.message(BODY)
        which = poll(lambda: sessions(server), 10, "the open session")[0]["id"]
        slugs = [lint["lint"] for lint in document(server, which)["lint"]]
        equal(slugs, ["size-missing"])


@tap.case("other protocols, and a line without end, are recognised")
def foreign(folder):
    server = Server(folder)
    kinds = [(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "wrong-protocol"), (b"\x16\x03\x01\x02\x00", "tls-on-plain-port"),
             (b"EHLO c.example.org\r\nNOOP " + b"x" * 5000 + b"\r\nQUIT\r\n", "command-line-long")]
    for count, (octets, slug) in enumerate(kinds, 1):
        with Wire(server.address) as wire:
            wire.send(octets)
            while wire.reply().code not in (221, 554):
                pass
        said = found(server, count)
        check(slug in said, f"{octets[:20]!r}: {said}")


@tap.case("six connections with a message each are one too many; one with six messages is not")
def connections(folder):
    server = Server(folder)
    for _ in range(6):
        with smtplib.SMTP(*server.address, local_hostname="client.example.org") as client:
            client.sendmail("a@example.org", ["b@example.net"], "Subject: x\n\nHello\n")
    over(server, 6)
    equal(found(server, 6)["one-message-connections"][0], 6)
    with smtplib.SMTP(*server.address, local_hostname="client.example.org") as client:
        for _ in range(6):
            client.sendmail("a@example.org", ["b@example.net"], "Subject: x\n\nHello\n")
    equal(found(server, 7), {})


@tap.case("findings come the worst first, each with all that is known of it, in the language asked for")
def shape(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.command("HELO localhost", 250)
        wire.command("MAIL FROM:a@example.org")
        wire.command("RCPT TO:<b@example.net>")
        wire.command("QUIT", 221)
    which = over(server)
    session = document(server, which, "--lang", "en")
    severities = [SEVERITIES.index(lint["severity"]) for lint in session["lint"]]
    check(len(severities) >= 3 and severities == sorted(severities), severities)
    for lint in session["lint"]:
        equal(set(lint), KEYS)
        equal((lint["lint"], lint["severity"]) in LINTS, True, lint["lint"])
        check(1 <= lint["line"] <= len(session["lines"]), lint)
    for lint in document(server, which, "--lang", "ja")["lint"]:
        check(all(JAPANESE.search(lint[key]) for key in ("name", "why", "fix")), lint)
    check("lint" not in json.loads(server.postern("sessions", "show", which, "--json")), "only when asked for")


@tap.case("for people the lines are numbered and each finding names its own; --explain ends with them too")
def readable(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.command("EHLO localhost", 250)
        wire.command("MAIL FROM:<a@example.org> \x1b[31m")
        wire.command("QUIT", 221)
    which = over(server)
    for words, title in ((("--lint", "--lang", "en"), "The sending program"),
                         (("--explain", "--lang", "en"), "The sending program"),
                         (("--lint", "--lang", "ja"), "送信プログラムの評価")):
        text = server.postern("sessions", "show", which, *words).decode("utf-8")
        check(title in text and "(hello-not-qualified)" in text, text)
        check("\x1b" not in text, "nothing raw of what the client sent")
    text = server.postern("sessions", "show", which, "--lint", "--lang", "en").decode("utf-8")
    at = re.search(r"Where +line (\d+): EHLO localhost", text)
    check(at and re.search(rf"^ *{at[1]} +\S+ -> EHLO localhost$", text, re.MULTILINE), text)
    equal(text.count("The sending program"), 1)
    plain = server.postern("sessions", "show", which).decode("utf-8")
    check("The sending program" not in plain, plain)


@tap.case("the help and the manual page know --lint")
def documented(folder):
    check("--lint" in run("sessions", "show", "--help").stdout.decode(), "the help")
    check(r"-lint" in (ROOT / "docs/man/postern-sessions.1").read_text(), "the manual page")


if __name__ == "__main__":
    tap.main()
