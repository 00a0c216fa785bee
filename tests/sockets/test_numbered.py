#!/usr/bin/env python3
"""The numbered conformance tests of protocol G.3 to G.7 over a real socket.

Each row is tried three ways: step by step, all in one block, and octet by octet; the
replies must be the same. Rows that need what this server does not have by itself (a
greeting of 554 or 521, TLS, AUTH, unknown mailboxes) are proved on the engine by
tests/conversations; a foreign domain stands here for the unknown mailbox. In other
files: protocol tests 33 to 36 and 38 (test_limits, test_start), 86 to 93 (test_limits), 98 to 105
(test_content).
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import Server
from tap import check, equal
from wire import Wire, queued_id

MAIL, RCPT = "MAIL FROM:<a@example.org>", "RCPT TO:<ann@example.net>"
FOREIGN = "RCPT TO:<nobody@elsewhere.example>"
DONE = ("x\r\n.", "250 2.0.0")
MESSAGE = [(MAIL, "250 2.1.0"), (RCPT, "250 2.1.5"), ("DATA", "354"), DONE]
OPEN, CLOSED = "open", "closed"
CHUNK = "x" * 10001


def mail(parameters, *expected):
    """MAIL with parameters in turn, each in a transaction of its own."""
    return [step for text, reply in zip(parameters, expected)
            for step in ((f"MAIL FROM:<a@example.org> {text}", reply), ("RSET", "250 2.0.0"))]


def rcpt(*pairs):
    return [(MAIL, "250")] + [(f"RCPT TO:{path}", reply) for path, reply in pairs]


# number, profile, what is sent (a CRLF is added) and the reply, how it ends
ROWS = [
    (4, "test", [("EHLO", "501 -"), (MAIL, "503 5.5.1")], OPEN),
    (5, "mx", [("EHLO c.example", "250 -"), ("EHLO bad_name!", "501 -"), (MAIL, "250 2.1.0")], OPEN),
    (6, "E", [(MAIL, "250"), ("EHLO c.example", "250"), (RCPT, "503 5.5.1")], OPEN),
    (7, "mx", [("EHLO c.example", "250"), (MAIL, "250"), ("EHLO !", "501"), (RCPT, "250")], OPEN),
    (8, "E", [(MAIL, "250"), ("RSET", "250"), ("MAIL FROM:<b@example.org>", "250")], OPEN),
    (9, "test", [("RSET", "250"), ("NOOP", "250"), ("VRFY x", "252 2.5.0"), ("HELP", "214 2.0.0"), ("EXPN x", "502 5.5.1")], OPEN),
    (10, "test", [(MAIL, "503 5.5.1")], OPEN),
    (11, "E", [(RCPT, "503 5.5.1")], OPEN),
    (12, "E", [("DATA", "503 5.5.1")], OPEN),
    (13, "E", [(MAIL, "250"), ("DATA", "503 5.5.1")], OPEN),
    (14, "E", [(MAIL, "250"), (FOREIGN, "550 5.7.1"), ("DATA", "554 5.5.1")], OPEN),
    (15, "E", [(MAIL, "250"), (FOREIGN, "550"), (RCPT, "250"), ("DATA", "354"), DONE], OPEN),
    (16, "E", [(MAIL, "250"), (MAIL, "503 5.5.1")], OPEN),
    (17, "E", [(MAIL, "250"), (RCPT, "250"), (MAIL, "503"), ("DATA", "354"), DONE], OPEN),
    (18, "E", [("MAIL FROM:<bad address>", "501 5.1.7"), (RCPT, "503 5.5.1"), ("DATA", "503 5.5.1")], OPEN),
    (19, "E", MESSAGE + [(RCPT, "503 5.5.1")], OPEN),
    (20, "E", MESSAGE + [(MAIL, "250 2.1.0")], OPEN),
    (21, "E", MESSAGE[:3] + [(CHUNK + "\r\n.", "552 5.3.4"), ("DATA", "503 5.5.1")], OPEN),
    (22, "E", [("QUIT now", "501 5.5.4"), ("NOOP", "250")], OPEN),
    (24, "E", [(MAIL, "250"), (RCPT, "250"), ("QUIT", "221 2.0.0")], CLOSED),
    (27, "E", [("FOOB", "500 5.5.2"), ("X-FOO", "500 5.5.2"), ("XYZZY", "500 5.5.2")], OPEN),
    (28, "E", [(c, "502 5.5.1") for c in ("SEND FROM:<a@b.example>", "ETRN x", "TURN", "EXPN x", "SOML FROM:<a@b.example>", "SAML FROM:<a@b.example>", "ATRN")], OPEN),
    (29, "E", [("", "500 5.5.2")], OPEN),
    (30, "E", [("Subject: hi", "500 5.5.2"), ("Subject: hi", "500 5.5.2"), ("Subject: hi", "421 4.7.0")], CLOSED),
    (31, "E", [("GET / HTTP/1.1", "554 5.5.0")], CLOSED),
    (39, "test", [("LHLO x", "500 -"), ("EHLO x", "250")], OPEN),
    (40, "test", [("HELO c.example", "250 -"), (MAIL, "250"), (b"BDAT 3\r\nabc", "503 5.5.1"), (RCPT, "250")], OPEN),
    (41, "E", [("mAiL fRoM:<a@example.org>", "250")], OPEN),
    (42, "E", [("MAIL FROM:<>", "250")], OPEN),
    (43, "E", [("MAIL FROM: <a@example.org>", "250")], OPEN),
    (43, "mx", [("EHLO c.example", "250"), ("MAIL FROM: <a@example.org>", "501 5.5.4")], OPEN),
    (44, "E", [("MAIL  FROM:<a@example.org>", "501 5.5.4")], OPEN),
    (45, "E", [("MAIL FROM:a@example.org", "501")], OPEN),
    (46, "E", [("MAIL FROM:<a@example.org", "501 5.1.7")], OPEN),
    (47, "E", [("MAIL FROM:<a@example.org>x", "501 5.5.4")], OPEN),
    (48, "E", [("MAIL FROM:<a@example.org> ", "250")], OPEN),
    (49, "E", mail(["FOO=1"], "555 5.5.4"), OPEN),
    (50, "E", mail(["SIZE=1 SIZE=1"], "501 5.5.4"), OPEN),
    (51, "E", mail(["SIZE=", "SIZE=x", "SIZE"], "501 5.5.4", "501 5.5.4", "501 5.5.4"), OPEN),
    (52, "E", mail(["SIZE=10001"], "552 5.3.4"), OPEN),
    (53, "E", mail(["SIZE=99999999999999999999"], "552 5.3.4"), OPEN),
    (54, "E", mail(["SIZE=999999999999999999999"], "501"), OPEN),
    (55, "E", mail(["BODY=8bitmime", "BODY=9BIT"], "250", "501 5.5.4"), OPEN),
    (56, "test", [("HELO c.example", "250"), (MAIL + " SIZE=1", "555 5.5.4")], OPEN),
    (57, "E", [("MAIL FROM:<@x.example,@y.example:a@example.org>", "250")], OPEN),
    (58, "E", rcpt(("<@relay.example:ann@example.net>", "250")), OPEN),
    (59, "E", rcpt(("<Postmaster>", "250"), ("<POSTMASTER>", "250"), ("<postmaster@example.net>", "250")), OPEN),
    (60, "E", rcpt(("<>", "501 5.1.3")), OPEN),
    (61, "E", rcpt(('<"ann"@example.net>', "250")), OPEN),
    (62, "E", rcpt(('<"a>b"@example.net>', "250"), ('<"a>b"@elsewhere.example>', "550 5.7.1")), OPEN),
    (63, "E", rcpt(*((f"<{a}@example.net>", "501 5.1.3") for a in ("a..b", ".a", "a.", '""'))), OPEN),
    (64, "E", rcpt(("<ann@ex_ample.net>", "501 5.1.3"), ("<ann@-x.example>", "501 5.1.3"), ("<ann@example.net.>", "501 5.1.3")), OPEN),
    (65, "E", rcpt(("<ann@[192.0.2.1]>", "550 5.7.1")), OPEN),
    (66, "E", rcpt(("<ann@[2001:db8::1]>", "501 5.1.3"), ("<ann@[IPv6:2001:db8::1]>", "550 5.7.1")), OPEN),
    (67, "E", rcpt(("<ann@[300.1.1.1]>", "501 5.1.3"), ("<ann@[IPv6:1:2:3:4:5:6:7::]>", "501 5.1.3")), OPEN),
    (68, "E", rcpt(("<user%other.example@example.net>", "250"), ("<user%example.net@other.example>", "550 5.7.1")), OPEN),
    (69, "E", rcpt((f"<{'l' * 64}@example.net>", "250"), (f"<{'l' * 255}@example.net>", "250"), (f"<{'l' * 256}@example.net>", "501 5.1.3")), OPEN),
    (70, "E", [("NOOP " + "x" * 4089, "250"), ("NOOP " + "x" * 4090, "500 5.5.2")], OPEN),
    (72, "E", [("NOOP\0", "500 5.5.2"), ("MAIL FROM:<a\0@example.org>", "501 5.1.7")], OPEN),
    (74, "E", rcpt(("<\u00e4@example.net>", "553 5.6.7")), OPEN),
    (75, "E", [(MAIL + " SMTPUTF8", "250"), ("RCPT TO:<\u00e4@example.net>", "250")], OPEN),
    (76, "E", [(b"MAIL FROM:<\xc3@example.org> SMTPUTF8", "501 5.1.7")], OPEN),
    (77, "E", [("MAIL FROM:<\u00e4@example.org>", "550 5.6.7")], OPEN),
    (78, "E", rcpt(("<a@example.net> NOTIFY=NEVER,SUCCESS", "501 5.5.4"), ("<a@example.net> NOTIFY=", "501 5.5.4"), ("<a@example.net> NOTIFY=never", "250")), OPEN),
    (79, "E", mail(["ENVID=a+zz", "ENVID=a+2Bb"], "501 5.5.4", "250"), OPEN),
    (80, "E", mail(["RET=FULL RET=HDRS"], "501 5.5.4"), OPEN),
    (81, "E", rcpt(("<ann@example.net> ORCPT=rfc822;ann+40example.net", "250")), OPEN),
    (82, "E", rcpt(*((f"<r{i}@example.net>", "250" if i < 3 else "452 4.5.3") for i in range(4))) + [("DATA", "354"), DONE], OPEN),
    (83, "mx", [("EHLO [192.0.2.1]", "250"), ("EHLO [IPv6:::1]", "250"), ("EHLO [192.0.2.256]", "501")], OPEN),
    (84, "E", MESSAGE + [("QUIT", "221 2.0.0")], CLOSED),
    (85, "E", MESSAGE + MESSAGE, OPEN),
    (89, "mx", [("EHLO c.example", "250"), ("NOOP", "250"), ("NOOP", "250")], OPEN),
    (95, "E", MESSAGE[:3] + [(".", "250 2.0.0")], OPEN),
    (96, "E", MESSAGE[:3] + [("\r\n.", "250 2.0.0")], OPEN),
    (97, "E", MESSAGE[:3] + [("..a\r\n.b\r\n.", "250 2.0.0")], OPEN),
    (107, "E", MESSAGE[:3] + [("x" * 9999 + "\r\n.", "552 5.3.4")] + MESSAGE, OPEN),
    (108, "E", MESSAGE[:3] + [("Received: x\r\n" * 101 + "\r\n.", "554 5.4.6")], OPEN),
    (109, "E", MESSAGE[:3] + [("x" * 5000 + "\r\n.", "250")], OPEN),
    (111, "E", MESSAGE[:2] + [("BDAT 4 LAST\r\nab", "250 2.0.0")], OPEN),
    (112, "E", MESSAGE[:2] + [(b"BDAT 2\r\nab", "250"), (b"BDAT 2\r\n\r\n", "250"), (b"BDAT 0 LAST\r\n", "250 2.0.0")], OPEN),
    (114, "E", MESSAGE[:2] + [(b"BDAT 5 LAST\r\n.\r\nab", "250 2.0.0")], OPEN),
    (115, "E", [(MAIL, "250"), ("BDAT 6 LAST\r\nQUIT", "503 5.5.1"), ("NOOP", "250")], OPEN),
    (116, "E", [("BDAT 6\r\nQUIT", "503 5.5.1"), ("NOOP", "250")], OPEN),
    (117, "E", MESSAGE[:2] + [("BDAT 4\r\nab", "250"), ("DATA", "503 5.5.1"), ("RSET", "250"), (MAIL, "250")], OPEN),
    (118, "E", MESSAGE[:2] + [(b"BDAT 10001\r\n" + CHUNK.encode(), "552 5.3.4"), ("BDAT 4\r\nab", "552 5.3.4"), ("BDAT 4 LAST\r\nab", "552 5.3.4"), (MAIL, "250")], OPEN),
    (121, "E", MESSAGE[:2] + [("BDAT 20001", "552 5.3.4")], CLOSED),
    (123, "E", MESSAGE[:2] + [("BDAT 4 LAST\r\nab", "250"), ("BDAT 4 LAST\r\nab", "503 5.5.1")], OPEN),
]


def octets_of(text):
    """Bytes go as they are, text gets its line end."""
    return text if isinstance(text, bytes) and text.startswith(b"BDAT") else \
        (text if isinstance(text, bytes) else text.encode()) + b"\r\n"


def expect(wire, text, wanted):
    code, _, enhanced = wanted.partition(" ")
    try:
        wire.expect(int(code), {"-": "", "": None}.get(enhanced, enhanced))
    except tap.Failure as failure:
        raise tap.Failure(f"{tap.brief(text, 100)}: {failure}") from None


@tap.before
def start(folder):
    global servers
    limits = ("--domain", "example.net", "--max-message-size", "10000", "--max-recipients", "3")
    (folder / "mx").mkdir()
    servers = {"test": Server(folder, *limits), "mx": Server(folder / "mx", *limits, "--profile", "mx")}


@tap.table("protocol test {0} ({1})", ROWS, timeout=60)
def row(number, profile, steps, end):
    ways = ("steps",) if profile == "mx" else ("steps", "block", "octets")
    for way in ways:
        wire = Wire(servers["mx" if profile == "mx" else "test"].address, seconds=20)
        if profile == "E":
            wire.hello()
        if way == "block":
            wire.send(b"".join(octets_of(text) for text, _ in steps))
        for text, wanted in steps:
            if way == "steps":
                wire.send(octets_of(text))
            elif way == "octets":
                wire.send_cut(octets_of(text))
            expect(wire, text, wanted)
        wire.expect_silence() if end == OPEN else wire.expect_closed()


@tap.case("protocol tests 1 to 3: the greeting and both hellos")
def hello():
    wire = Wire(servers["test"].address)
    check(wire.greeting.text.startswith("mx.example.net "), wire.greeting)
    equal(wire.greeting.enhanced, "")
    reply = wire.command("EHLO c.example", 250, "")
    check(reply.lines[0].split()[0] == "mx.example.net", reply)
    offered = {line.split()[0] for line in reply.lines[1:]}
    wanted = {"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES", "HELP"}
    check(wanted <= offered, f"not offered: {wanted - offered}")
    check(not offered & {"STARTTLS", "AUTH", "XCLIENT", "VRFY", "EXPN", "REQUIRETLS"}, f"offered: {offered}")
    equal(len(wire.command("HELO c.example", 250, "").lines), 1, "lines of the reply to HELO")


@tap.case("HELP 503 explains the last 503, an unknown topic is 504")
def help_topics():
    wire = Wire(servers["test"].address)
    wire.hello()
    wire.command("DATA", 503, "5.5.1")
    reply = wire.command("HELP 503", 214, "2.0.0")
    check("MAIL" in reply.text, f"it must name the missing step: {reply}")
    check(all(len(line) < 508 for line in reply.lines), "lines of at most 512 octets")
    wire.command("HELP MAIL", 214)
    wire.command("HELP nonsense", 504, "5.5.4")


if __name__ == "__main__":
    tap.main()
