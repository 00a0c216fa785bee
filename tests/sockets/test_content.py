#!/usr/bin/env python3
"""What is sent is what is kept, octet for octet; and nothing else is ever executed.

The first half sends messages and compares `postern inbox raw ID` with them. The second
half are the attacks of protocol 3.13.2, 9.1 and 9.2: each must give one reply, store
nothing it should not, and never let text be taken for commands.
"""

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import Server
from tap import check, equal, note
from wire import Wire, queued_id, stuff

HEADER = b"From: a@example.org\r\nSubject: test\r\n\r\n"


def noise(size, seed, without=b""):
    octets = random.Random(seed).randbytes(size)
    return octets.translate(None, without)


def lines(size, seed):
    """Printable lines of 78 octets, CRLF behind each, size octets at least."""
    source = random.Random(seed)
    line = lambda: bytes(source.choices(range(33, 127), k=76)) + b"\r\n"
    pool = [line() for _ in range(64)]
    return b"".join(source.choices(pool, k=size // 78 + 1))


BODIES = [
    ("an empty body", b""),
    ("a single empty line", b"\r\n"),
    ("a header only", b"Subject: only\r\n"),
    ("lines that begin with dots", HEADER + b".\r\n..\r\n...\r\n.a\r\n..a\r\n a.\r\n.\r\n"),
    ("a body of dots", b".\r\n" * 1000),
    ("a line of 998 octets", HEADER + b"x" * 998 + b"\r\n"),
    ("a line of 100,000 octets", HEADER + b"y" * 100000 + b"\r\nend\r\n"),
    ("every octet from 80 to FF", HEADER + bytes(range(128, 256)) + b"\r\n"),
    ("every control octet but NUL, CR and LF", HEADER + bytes(c for c in range(1, 32) if c not in b"\r\n") + b"\x7f\r\n"),
    ("Japanese in UTF-8", HEADER + "件名と本文、改行もそのまま。\r\n".encode()),
    ("trailing white space and empty lines", HEADER + b"a \t \r\n\r\n\r\n  \r\n\t\r\n\r\n"),
    ("a text that looks like SMTP", HEADER + b"QUIT\r\nRSET\r\nDATA\r\nMAIL FROM:<x@y.example>\r\n354 go\r\n"),
    ("one octet below a chunk (256 KB)", b"z" * 262141 + b"\r\n"),
    ("exactly a chunk (256 KB)", b"z" * (262144 - 2) + b"\r\n"),
    ("one octet above a chunk (256 KB)", b"z" * (262144 - 1) + b"\r\n"),
    ("1 MB of lines", lines(1 << 20, 2)),
    ("4 MB and a bit, above the limit of a batch", lines((4 << 20) + 7777, 3)),
]
BODIES = [(name, body if not body or body.endswith(b"\r\n") else body + b"\r\n") for name, body in BODIES]


@tap.before
def start(folder):
    global server
    server = Server(folder)


def session():
    wire = Wire(server.address, seconds=30)
    wire.hello()
    return wire


def stored():
    return {m["id"] for m in server.inbox()}


# ---- octet for octet ---------------------------------------------------------

@tap.table("{0} is kept octet for octet, sent by DATA", BODIES)
def by_data(name, body):
    wire = session()
    found = wire.message(body)
    equal(server.raw(found), body, "inbox raw")
    listed = [m for m in server.inbox() if m["id"] == found]
    equal(len(listed), 1, "the id of the reply in inbox list")
    equal(listed[0]["size"], len(body), "size")
    equal(listed[0]["durable"], "disk", "durable")


@tap.table("{0} is kept octet for octet, sent by BDAT", BODIES)
def by_bdat(name, body):
    wire = session()
    wire.envelope()
    for start in range(0, len(body), 100003):
        chunk = body[start:start + 100003]
        wire.send(b"BDAT %d\r\n" % len(chunk) + chunk)
        wire.expect(250, "2.0.0")
    found = queued_id(wire.command("BDAT 0 LAST"))
    equal(server.raw(found), body, "inbox raw")


@tap.table("{0} survives when every octet is sent alone",
           [b for b in BODIES if len(b[1]) < 3100], timeout=60)
def cut(name, body):
    wire = session()
    wire.envelope()
    wire.command("DATA", 354)
    wire.send_cut(stuff(body))
    equal(server.raw(queued_id(wire.reply())), body, "inbox raw")
    wire.envelope()
    wire.send_cut(b"BDAT %d LAST\r\n" % len(body) + body)
    equal(server.raw(queued_id(wire.reply())), body, "inbox raw of BDAT")


@tap.case("25 MB by DATA and 25 MB by one BDAT are kept octet for octet", timeout=90)
def big():
    body = HEADER + lines(25 << 20, 4)
    wire = session()
    equal(server.raw(wire.message(body)) == body, True, "25 MB by DATA")
    wire.envelope()
    wire.send(b"BDAT %d LAST\r\n" % len(body) + body)
    equal(server.raw(queued_id(wire.reply())) == body, True, "25 MB by BDAT")


@tap.case("NUL-free binary by BDAT is kept octet for octet")
def binary():
    wire = session()
    hello = wire.hello()
    if "BINARYMIME" in hello.lines:
        body, parameters = HEADER + noise(700000, 5, b"\0"), " BODY=BINARYMIME"
    else:
        note("BINARYMIME is not offered (protocol 5.5): binary without bare CR and LF")
        body, parameters = HEADER + noise(700000, 5, b"\0\r\n"), ""
    wire.envelope(parameters=parameters)
    half = len(body) // 2
    wire.send(b"BDAT %d\r\n" % half + body[:half])
    wire.expect(250)
    rest = body[half:]
    wire.send(b"BDAT %d LAST\r\n" % len(rest) + rest)
    found = server.raw(queued_id(wire.reply()))
    if "BINARYMIME" not in hello.lines:
        body += b"\r\n"  # 2.6.6: a missing final CRLF is added
    check(found == body, f"{len(body)} octets sent, {len(found)} kept, or other ones")


@tap.case("with BINARYMIME every octet is kept, DATA is refused (503), and no newline is added")
def binarymime():
    wire = session()
    if "BINARYMIME" not in wire.hello().lines:
        wire.command("MAIL FROM:<a@example.org> BODY=BINARYMIME", 555, "5.5.4")
        return
    wire.envelope(parameters=" BODY=BINARYMIME")
    wire.command("DATA", 503, "5.5.1")
    body = bytes(range(256)) * 100
    wire.send(b"BDAT %d LAST\r\n" % len(body) + body)
    equal(server.raw(queued_id(wire.reply())), body, "inbox raw")


@tap.case("a missing final newline is added to content that came by BDAT, and only then")
def final_newline():
    wire = session()
    for body, kept in [(b"a", b"a\r\n"), (b"a\r\n", b"a\r\n"), (b".\r\nab", b".\r\nab\r\n"), (b"", b"")]:
        wire.envelope()
        wire.send(b"BDAT %d LAST\r\n" % len(body) + body)
        equal(server.raw(queued_id(wire.reply())), kept, f"what is kept of {body!r}")


@tap.case("CR at the end of a chunk and LF at the start of the next are one line end")
def chunk_border():
    wire = session()
    wire.envelope()
    for chunk in (b"ab\r", b"\ncd\r", b"\n"):
        wire.send(b"BDAT %d\r\n" % len(chunk) + chunk)
        wire.expect(250)
    equal(server.raw(queued_id(wire.command("BDAT 0 LAST"))), b"ab\r\ncd\r\n")


@tap.case("a pipelined group is answered in order and its message kept")
def pipelined():
    wire = session()
    wire.send(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nRCPT TO:<c@example.net>\r\nDATA\r\n")
    for code, enhanced in [(250, "2.1.0"), (250, "2.1.5"), (250, "2.1.5"), (354, "")]:
        wire.expect(code, enhanced)
    wire.send(b"one\r\n.\r\nQUIT\r\n")
    found = queued_id(wire.reply())
    wire.expect(221, "2.0.0")
    wire.expect_closed()
    equal(server.raw(found), b"one\r\n")
    message = next(m for m in server.inbox() if m["id"] == found)
    equal(message["rcpt_to"], ["b@example.net", "c@example.net"], "rcpt_to")


@tap.case("the dot of one message and the whole next envelope may come in one block")
def two_in_a_block():
    wire = session()
    envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
    wire.send(envelope)
    for code in (250, 250, 354):
        wire.expect(code)
    wire.send(b"one\r\n.\r\n" + envelope)
    first = queued_id(wire.reply())
    for code in (250, 250, 354):
        wire.expect(code)
    wire.send(b"two\r\n.\r\n")
    second = queued_id(wire.reply())
    equal([server.raw(first), server.raw(second)], [b"one\r\n", b"two\r\n"])
    check(first < second, "ids are ordered by time")


@tap.case("20 BDAT messages in one block give 20 queued replies in order")
def bdat_block():
    wire = session()
    wire.send(b"".join(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nBDAT 6 LAST\r\nm %02d\r\n" % i
                       for i in range(20)))
    ids = []
    for _ in range(20):
        wire.expect(250, "2.1.0")
        wire.expect(250, "2.1.5")
        ids.append(queued_id(wire.reply()))
    equal(len(set(ids)), 20, "different ids")
    equal([server.raw(i) for i in ids], [b"m %02d\r\n" % i for i in range(20)])


@tap.case("with sync log (test profile) a whole conversation may be pasted in one block (protocol 2.8)")
def pasted():
    wire = Wire(server.address)
    wire.send(b"EHLO c.example\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\npasted\r\n.\r\nQUIT\r\n")
    for code in (250, 250, 250, 354):
        wire.expect(code)
    found = queued_id(wire.reply())
    wire.expect(221)
    wire.expect_closed()
    equal(server.raw(found), b"pasted\r\n")


@tap.case("two MAIL parameters and a recipient's DSN parameters are kept with the message")
def parameters():
    wire = session()
    wire.command("MAIL FROM:<a@example.org> BODY=8BITMIME RET=HDRS ENVID=a+2Bb", 250, "2.1.0")
    wire.command("RCPT TO:<ann@example.net> NOTIFY=NEVER ORCPT=rfc822;ann+40example.net", 250, "2.1.5")
    found = queued_id(wire.content(HEADER + b"x\r\n"))
    shown = server.postern("inbox", "show", found).decode()
    for text in ("RET=HDRS", "ENVID=a+2Bb", "NOTIFY=NEVER", "ORCPT=rfc822;ann+40example.net"):
        check(text in shown, f"inbox show does not tell {text}: {shown}")


@tap.case("a source route is dropped and only the mailbox is stored (protocol 2.6.14)")
def route():
    wire = session()
    wire.command("MAIL FROM:<@x.example,@y.example:a@example.org>", 250)
    wire.command("RCPT TO:<@relay.example:ann@example.net>", 250)
    found = queued_id(wire.content(b"x\r\n"))
    message = next(m for m in server.inbox() if m["id"] == found)
    equal((message["mail_from"], message["rcpt_to"]), ("a@example.org", ["ann@example.net"]))


# ---- smuggling: protocol 3.13.2, each row followed by more text and the true end ---

ENDS, BARE, NULS, KEPT = "ends the data", (550, "5.5.2"), (550, "5.6.0"), (250, "2.0.0")
SMUGGLING = [
    ("LF . LF", b"\n.\n", BARE), ("LF . CRLF", b"\n.\r\n", BARE), ("CRLF . LF", b"\r\n.\n", BARE),
    ("CR . CR", b"\r.\r", BARE), ("CR . CRLF", b"\r.\r\n", BARE), ("CRLF . CR", b"\r\n.\r", BARE),
    ("LF . CR", b"\n.\r", BARE), ("LF LF . CRLF", b"\n\n.\r\n", BARE),
    ("CRLF . CR CRLF", b"\r\n.\r\r\n", BARE), ("CRLF NUL . CRLF", b"\r\n\0.\r\n", NULS),
    ("CRLF . NUL CRLF", b"\r\n.\0\r\n", NULS), ("CRLF SP . CRLF", b"\r\n .\r\n", KEPT),
    ("CRLF . SP CRLF", b"\r\n. \r\n", KEPT), ("CRLF .. CRLF", b"\r\n..\r\n", KEPT),
]
SMUGGLED = b"MAIL FROM:<x@y.example>\r\nRCPT TO:<ann@example.net>\r\nDATA\r\nsmuggled\r\n"


@tap.table("{0} inside DATA does not end it: one reply, {2}", SMUGGLING)
def smuggling(name, sequence, verdict):
    for send in ("whole", "cut"):
        wire = session()
        before = stored()
        wire.envelope()
        wire.command("DATA", 354)
        octets = b"a" + sequence + SMUGGLED + b"\r\n.\r\n"
        wire.send(octets) if send == "whole" else wire.send_cut(octets)
        reply = wire.expect(*verdict)
        wire.expect_silence()
        new = stored() - before
        equal(len(new), 1 if verdict is KEPT else 0, "messages stored")
        if verdict is KEPT:
            kept = (b"a" + sequence + SMUGGLED + b"\r\n").replace(b"\r\n..", b"\r\n.").replace(b"\r\n. ", b"\r\n ")
            equal(server.raw(queued_id(reply)), kept, "inbox raw")


@tap.case("CR CR LF . CR LF ends the data at its last five octets, and is refused")
def cr_before_end():
    wire = session()
    before = stored()
    wire.envelope()
    wire.command("DATA", 354)
    wire.send(b"a\r\r\n.\r\n")
    wire.expect(550, "5.5.2")
    wire.expect_silence()
    wire.command("RCPT TO:<ann@example.net>", 503, "5.5.1")  # the transaction is over (protocol 2.7)
    equal(stored() - before, set(), "stored")


@tap.case("CR LF . CR LF cut anywhere ends the data")
def end_mark_cut():
    for at in range(6):
        wire = session()
        wire.envelope()
        wire.command("DATA", 354)
        octets = b"a\r\n.\r\n"
        wire.send(octets[:at])
        wire.send(octets[at:])
        equal(server.raw(queued_id(wire.reply())), b"a\r\n", f"cut at {at}")


@tap.case("bare LF and NUL in content by BDAT are refused at LAST (protocol test 124), the session goes on")
def bdat_bare():
    wire = session()
    before = stored()
    for body, verdict in [(b"a\nb\r\n", BARE), (b"a\rb\r\n", BARE), (b"a\0b\r\n", NULS), (b"a\r", BARE)]:
        wire.envelope()
        wire.send(b"BDAT %d\r\n" % len(body) + body)
        wire.expect(250, "2.0.0")
        wire.command("BDAT 0 LAST", *verdict)
        wire.expect_silence()
    equal(stored() - before, set(), "stored")


# ---- commands that are not ---------------------------------------------------

FOREIGN = [
    ("bare LF behind NOOP", b"NOOP\nQUIT\r\n", 500, True),
    ("bare CR inside a verb", b"NO\rOP\r\nQUIT\r\n", 500, False),
    ("a NUL in a command", b"NOOP\0\r\n", 500, None),
    ("an HTTP request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@b.example>\r\n", 554, False),
    ("an HTTP POST with SMTP in its body", b"POST / HTTP/1.1\r\n\r\nEHLO x\r\nMAIL FROM:<a@b.example>\r\n", 554, False),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 300, 554, False),
    ("a PROXY header, version 1", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nEHLO x\r\n", 500, False),
    ("a PROXY header, version 2", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + b"\x7f\0\0\1" * 3, 500, False),
    ("64 KiB without a line end", b"x" * 70000, 500, False),
    ("a malformed BDAT size", b"EHLO x\r\nBDAT x\r\nQUIT\r\n", 501, False),
]


@tap.table("{0} is refused ({2}), and nothing behind it is executed", FOREIGN)
def foreign(name, octets, code, lenient):
    # the test profile accepts bare LF as the end of a command line (protocol 3.11)
    wire = Wire(server.address)
    try:
        wire.send(octets)
    except OSError:
        pass  # closed while we were still sending
    if octets.startswith(b"EHLO"):
        wire.expect(250)
    if lenient is True:
        wire.expect(250)
        wire.expect(221)
    elif name.endswith("version 2"):
        # its signature begins like empty lines, which have their own replies
        while not wire.received.startswith(b"2") and not is_closed(wire):
            wire.expect(500, "5.5.2")
    else:
        wire.expect(code)
    if lenient is None:
        wire.expect_silence()
    else:
        wire.expect_closed()


def is_closed(wire):
    """The server closed and everything it sent was read."""
    try:
        wire.socket.settimeout(10)
        octets = b"" if wire.received else wire.socket.recv(65536)
    except ConnectionResetError:
        octets = b""
    wire.received += octets
    return not wire.received


@tap.case("STARTTLS with commands queued behind it is refused without TLS: 502, it is not offered")
def starttls():
    wire = session()
    check("STARTTLS" not in wire.hello().lines, "STARTTLS is listed, but there is no certificate")
    wire.send(b"STARTTLS\r\nRSET\r\n")
    wire.expect(502, "5.5.1")
    wire.expect(250, "2.0.0")
    wire.expect_silence()


DESYNC = [
    ("BDAT without RCPT eats its octets", [b"MAIL FROM:<a@example.org>\r\n", b"BDAT 6 LAST\r\nQUIT\r\n"], [250, 503], 0),
    ("BDAT without MAIL eats its octets", [b"BDAT 6\r\nQUIT\r\n"], [503], 0),
    ("BDAT before the hello eats its octets", [b"BDAT 6\r\nQUIT\r\n"], [503], 0),
    ("a chunk behind LAST is eaten and refused", [b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\n",
     b"BDAT 4 LAST\r\nab\r\nBDAT 6 LAST\r\nQUIT\r\n"], [250, 250, 250, 503], 1),
    ("a chunk in the midst of RSET and MAIL is eaten", [b"RSET\r\nBDAT 25\r\nMAIL FROM:<a@b.example>\r\nNOOP\r\n"], [250, 503, 250], 0),
]


@tap.table("{0}: none of them is executed", DESYNC)
def desync(name, blocks, codes, kept):
    for cut in (False, True):
        wire = Wire(server.address)
        if "before the hello" not in name:
            wire.hello()
        before = stored()
        for block in blocks:
            wire.send_cut(block) if cut else wire.send(block)
        for code in codes:
            wire.expect(code)
        wire.expect_silence()
        equal(len(stored() - before), kept, "messages stored")


@tap.table("malformed size {0!r}: 501 and the connection is closed", [
    (s,) for s in ("", "x", "-1", "5 FIRST", "12345678901234567890", "5 LAST x", "0x10", "+5", "5LAST")])
def bad_size(size):
    wire = session()
    wire.envelope()
    wire.send(f"BDAT {size}\r\nab\r\nQUIT\r\n".encode())
    wire.expect(501, "5.5.4")
    wire.expect_closed()


@tap.case("a chunk larger than twice the limit is refused at once, unread (protocol test 121)")
def far_too_big():
    wire = session()
    wire.envelope()
    wire.command("BDAT 999999999999", 552, "5.3.4")
    wire.expect_closed()


@tap.case("nothing behind QUIT is parsed")
def behind_quit():
    wire = session()
    before = stored()
    wire.send(b"QUIT\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT 4 LAST\r\nab\r\n")
    wire.expect(221, "2.0.0")
    wire.expect_closed()
    equal(stored() - before, set(), "stored")


@tap.case("the third header line in command state closes with 421, and nothing behind it is parsed (protocol test 30)")
def header_lines():
    wire = session()
    wire.command("Subject: hi", 500, "5.5.2")
    wire.command("From: me@example.org", 500, "5.5.2")
    wire.send(b"To: you@example.org\r\nMAIL FROM:<a@b.example>\r\n")
    wire.expect(421, "4.7.0")
    wire.expect_closed()


@tap.case("content is dropped when the client vanishes in DATA, in BDAT or between chunks")
def vanish():
    before = stored()
    for octets in (b"DATA\r\nhalf a mess", b"BDAT 100\r\nhalf", b"BDAT 4\r\nab\r\n",
                   b"DATA\r\n" + lines(600000, 9)):
        wire = session()
        wire.envelope()
        wire.send(octets)
        wire.expect(354 if octets.startswith(b"DATA") else 250) if b"100" not in octets[:12] else None
        wire.finish()
        wire.expect_closed()
    equal(stored() - before, set(), "stored")


@tap.case("more than 100 Received fields: 554 5.4.6; exactly 100 are fine (S-60)")
def hops():
    wire = session()
    field = b"Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n"
    wire.envelope()
    equal(wire.content(field * 101 + b"\r\nx\r\n").code, 554)
    wire.message(field * 100 + b"\r\nx\r\n" + field * 50)


if __name__ == "__main__":
    tap.main()
