#!/usr/bin/env python3
"""What the server does when somebody wants too much: protocol 2.8 to 2.11, 9.3, 9.6.

Each limit has its reply, none of them takes the service from others, and memory stays
bounded. The processes that hold many connections are children of their case.
"""
# mostly waits
# takes: 40

import os
import pathlib
import select
import signal
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import IS_SANITIZED, Server, raise_descriptors, resident
from tap import ALL, check, equal, note, poll, swift
from wire import Closed, Wire, queued_id

MB = 1 << 20
GROWTH = 96 * MB
STRICT = ("--profile", "mx", "--domain", "example.net")


def good_client(server, seconds=1.0):
    """A whole message by a well-behaved client; how long it took."""
    def send():
        start = time.monotonic()
        with Wire(server.address) as wire:
            wire.hello()
            wire.message(b"Subject: good\r\n\r\nx\r\n")
            wire.command("QUIT", 221)
        return time.monotonic() - start
    return swift(send, 60 if IS_SANITIZED else seconds, "a good client's message")


# ---- sessions ----------------------------------------------------------------

@tap.case("session number limit + 1 gets 421 4.3.2 in place of the greeting, and a free place is used again")
def sessions(folder):
    server = Server(folder, "--max-sessions", "3")
    held = [Wire(server.address) for _ in range(3)]
    late = Wire(server.address, greeting=False)
    late.expect(421, "4.3.2")
    late.expect_closed()
    held[0].command("QUIT", 221)
    held[0].expect_closed()
    poll(lambda: place_is_free(server), 5, "the place of the closed session")


def place_is_free(server):
    with Wire(server.address, greeting=False) as wire:
        return wire.reply().code == 220


@tap.case("a client with too many connections gets 421 4.7.0, another address is served")
def per_client(folder):
    server = Server(folder, "--max-sessions-per-client", "2", smtp=("127.0.0.1:0", "[::1]:0"))
    held = [Wire(server.address) for _ in range(2)]
    late = Wire(server.address, greeting=False)
    late.expect(421, "4.7.0")
    late.expect_closed()
    Wire(server.addresses[1]).hello()
    held[0].command("QUIT", 221)
    held[0].expect_closed()
    poll(lambda: place_is_free(server), 5, "the place of the closed session")


# ---- messages ----------------------------------------------------------------

@tap.case("the size limit is advertised and kept: at MAIL, at the end of DATA, at the chunk; the session goes on")
def size(folder):
    server = Server(folder, "--max-message-size", "10000")
    wire = Wire(server.address)
    check("SIZE 10000" in wire.hello().lines, "EHLO must say SIZE 10000")
    wire.command("MAIL FROM:<a@example.org> SIZE=10000", 250)
    wire.command("RSET", 250)
    for text in ("10001", "99999999999999999999"):
        wire.command(f"MAIL FROM:<a@example.org> SIZE={text}", 552, "5.3.4")
    wire.command("MAIL FROM:<a@example.org> SIZE=999999999999999999999", 501, "5.5.4")
    wire.message(b"x" * 9998 + b"\r\n")
    wire.message((b"." + b"x" * 97 + b"\r\n") * 100)  # 10,000 without the stuffed dots (1870 5)
    wire.envelope()
    equal(wire.content(b"x" * 9999 + b"\r\n").code, 552, "end of 10,001 octets")
    wire.command("DATA", 503, "5.5.1")  # cleared on failure too (protocol test 21)
    wire.envelope()
    wire.send(b"BDAT 10001\r\n" + b"x" * 10001)
    wire.expect(552, "5.3.4")
    for line in (b"BDAT 4\r\nab\r\n", b"BDAT 4 LAST\r\nab\r\n"):
        wire.send(line)
        wire.expect(552, "5.3.4")
    wire.envelope()
    wire.send(b"BDAT 10000\r\n" + b"x" * 10000)
    wire.expect(250)
    wire.send(b"BDAT 1\r\nx")
    wire.expect(552, "5.3.4")
    wire.command("RSET", 250)
    wire.envelope()
    wire.command("BDAT 20001", 552, "5.3.4")
    wire.expect_closed()
    equal(len(server.inbox()), 2, "messages kept")


@tap.case("content of ten times the limit is answered 552 and closed (protocol 3.13.3)")
def far_too_big(folder):
    server = Server(folder, "--max-message-size", "10000")
    wire = Wire(server.address)
    wire.hello()
    wire.envelope()
    wire.command("DATA", 354)
    try:
        for _ in range(200):
            wire.send((b"x" * 98 + b"\r\n") * 10)
    except OSError:
        pass
    try:
        reply = wire.reply()
        equal((reply.code, reply.enhanced), (552, "5.3.4"))
        wire.expect_closed()
    except Closed:
        note("the reply was lost with the connection reset: we were still sending")
    good_client(server)


@tap.case("recipient limit + 1 gets 452 4.5.3, and the accepted ones get the message; 1000 are the default")
def recipients(folder):
    server = Server(folder, "--max-recipients", "3")
    wire = Wire(server.address)
    wire.hello()
    wire.envelope(to=["a@x.example", "b@x.example", "c@x.example"])
    wire.command("RCPT TO:<d@x.example>", 452, "4.5.3")
    found = queued_id(wire.content(b"x\r\n"))
    equal([m["rcpt_to"] for m in server.inbox() if m["id"] == found], [["a@x.example", "b@x.example", "c@x.example"]])
    server.stop()
    other = folder / "other"
    other.mkdir()
    server = Server(other)
    wire = Wire(server.address, seconds=30)
    wire.hello()
    wire.command("MAIL FROM:<a@example.org>", 250)
    wire.send(b"".join(b"RCPT TO:<r%d@example.net>\r\n" % i for i in range(1001)))
    equal([wire.reply().code for _ in range(1001)], [250] * 1000 + [452])
    queued_id(wire.content(b"x\r\n"))
    equal(len(server.inbox()[0]["rcpt_to"]), 1000, "recipients kept")


@tap.case("command lines: 4096 octets are read, 4097 get 500 5.5.2 and the next command is answered")
def long_line(folder):
    server = Server(folder)
    wire = Wire(server.address)
    wire.send(b"NOOP " + b"x" * (4096 - 7) + b"\r\n")
    wire.expect(250, "2.0.0")
    wire.send(b"NOOP " + b"x" * (4097 - 7) + b"\r\n")
    wire.expect(500, "5.5.2")
    wire.send(b"NOOP " + b"x" * 60000 + b"\r\n")
    wire.expect(500, "5.5.2")
    wire.expect_silence()


# ---- time --------------------------------------------------------------------

@tap.case("silence gets 421 4.4.2 when the time is over: before the hello, in a transaction, in DATA, in BDAT")
def timeouts(folder):
    server = Server(folder, "--timeout", "1")
    ways = {"before the hello": [], "behind the hello": [b"EHLO x\r\n"],
            "in DATA": [b"EHLO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n", ],
            "in BDAT": [b"EHLO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n"]}
    wires = {}
    for name, lines in ways.items():
        wires[name] = wire = Wire(server.address)
        for line in lines:
            wire.send(line)
            wire.reply()
    wires["in DATA"].send(b"half a message")
    wires["in BDAT"].send(b"BDAT 100\r\nhalf")
    start = time.monotonic()
    for name, wire in wires.items():
        wire.expect(421, "4.4.2", seconds=8)
        wire.expect_closed()
    took = time.monotonic() - start
    check(took < 6, f"the four timeouts of 1 s came within {took:.1f} s")
    equal(server.inbox(), [], "stored")


@tap.case("a dribbling command line does not put off its timeout for ever, and a busy session has none")
def dribble(folder):
    server = Server(folder, "--timeout", "2")
    slow, busy = Wire(server.address), Wire(server.address)
    end = time.monotonic() + 12
    slow.socket.settimeout(0.2)
    said = b""
    while time.monotonic() < end and not said:
        try:
            slow.socket.send(b"N")
        except OSError:
            break
        busy.command("NOOP", 250)
        try:
            said = slow.socket.recv(1000)
        except TimeoutError:
            pass
    check(said.startswith(b"421 4.4.2"), f"got {said!r}: "
          "one octet every 0.2 s kept a command of 2 s open for 12 s (2.10: waiting for the next command)")


# ---- memory ------------------------------------------------------------------

@tap.case("past the memory budget a message gets 452 4.3.1, its session goes on, and room comes back")
def memory(folder):
    server = Server(folder, "--memory", "1M")
    body = b"x" * 78 + b"\r\n"
    held, refused = [], 0
    for _ in range(60):  # each holds 200 KB that are not committed
        wire = Wire(server.address)
        wire.hello()
        reply = wire.command("MAIL FROM:<a@example.org>")
        if reply.code == 250:
            wire.command("RCPT TO:<ann@example.net>", 250)
            reply = wire.command("DATA")
        if reply.code != 354:
            check((reply.code, reply.enhanced) in ((452, "4.3.1"), (451, "4.3.0")), f"refused with {reply}")
            refused += 1
            continue
        wire.send(body * 2500)
        held.append(wire)
    ids = []
    for wire in held:
        wire.send(b".\r\n")
        reply = wire.reply()
        if reply.code == 250:
            ids.append(queued_id(reply))
        else:
            equal((reply.code, reply.enhanced), (452, "4.3.1"), "the reply past the budget")
            refused += 1
        wire.expect_silence()
    check(refused > 0, "12 MB were held with a budget of 1 MB and nothing was refused")
    note(f"{len(ids)} accepted, {refused} refused")
    check(all(server.raw(i) == body * 2500 for i in ids), "the accepted are whole")
    good_client(server)


@tap.case("a client that never reads its replies is not read from any more; memory stays bounded")
def never_reads(folder):
    server = Server(folder)
    before = resident(server.pids())
    wires, sent = [], 0
    for _ in range(20):
        wire = Wire(server.address, greeting=False, buffer=4096)
        wire.socket.setblocking(False)
        wires.append(wire)
    block = b"HELP\r\n" * 2000
    quiet_since = time.monotonic()
    end = quiet_since + 20
    while time.monotonic() < end and time.monotonic() - quiet_since < 1.5:
        _, writable, _ = select.select([], [w.socket for w in wires], [], 0.1)
        for ready in writable:
            try:
                sent += ready.send(block)
                quiet_since = time.monotonic()
            except BlockingIOError:
                pass
            except OSError:
                wires = [w for w in wires if w.socket is not ready]
    check(time.monotonic() < end or not wires, "the server went on reading for 20 s though nobody took its replies")
    growth = resident(server.pids()) - before
    note(f"{sent / MB:.1f} MB taken from 20 clients, grew by {growth / MB:.1f} MB")
    check(growth < GROWTH or IS_SANITIZED, f"grew by {growth / MB:.0f} MB")
    good_client(server)


@tap.case("a client that stops reading in the middle gets every reply in order once it reads again")
def reads_late(folder):
    server = Server(folder)
    wire = Wire(server.address, buffer=4096)
    # errors must stay below their limit, so ask only what is no junk: MAIL and RSET would count
    wire.hello()
    wire.command("MAIL FROM:<a@example.org>", 250)
    pid = os.fork()
    if pid == 0:
        for i in range(900):
            wire.send(b"RCPT TO:<r%04d@example.net>\r\n" % i)
        os._exit(0)
    time.sleep(0.3)  # let it pile up; the verdict does not depend on it
    for i in range(900):
        check(f"r{i:04}" in wire.expect(250, "2.1.5").text, "in order")
    os.waitpid(pid, 0)


def hold_idle(address, count, dribbling):
    """In a child: hold idle connections and dribble on others until it is ended.
    The descriptor it returns gives one octet when all are open."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid != 0:
        os.close(write_end)
        return pid, read_end
    try:
        raise_descriptors(count + dribbling + 100)
        idle = []
        for _ in range(count + dribbling):
            s = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
            s.settimeout(30)
            s.connect(address)
            idle.append(s)
        for s in idle:
            if not s.recv(200).startswith(b"220"):
                os._exit(3)
        slow = idle[count:]
        os.write(write_end, b"x")
        text = b"EHLO c.example\r\nMAIL FROM:<dribble@example.org>\r\nRCPT TO:<x@example.net>\r\n"
        at = 0
        while True:
            for s in slow:
                s.setblocking(False)
                try:
                    s.send(text[at:at + 1])
                    s.recv(4096)
                except BlockingIOError:
                    pass
            at = (at + 1) % len(text)
            time.sleep(0.2)
    finally:
        os._exit(1)


@tap.case("a good client is served in under a second beside 10,000 idle and 500 dribbling connections", timeout=120)
def crowd(folder):
    available = raise_descriptors(20000)
    idle = 10000 if available >= 12000 else available - 2000
    check(idle == 10000, f"only {available} descriptors are allowed to a process here")
    server = Server(folder, "--max-sessions", "15000")
    good_client(server)
    before = resident(server.pids())
    start = time.monotonic()
    holders = [hold_idle(server.address, idle // 4, 125) for _ in range(4)]
    for pid, ready in holders:
        poll(lambda: select.select([ready], [], [], 0.1)[0], 60, "the connections of a holder")
        equal(os.read(ready, 1), b"x", "all connections of a holder are greeted")
    note(f"{idle} idle and 500 dribbling connections stood after {time.monotonic() - start:.1f} s")
    times = [good_client(server) for _ in range(20)]
    growth = resident(server.pids()) - before
    note(f"a message took {max(times):.3f} s at most, grew by {growth / MB:.1f} MB, "
         f"{growth / (idle + 500):.0f} octets a connection")
    check(growth < GROWTH or IS_SANITIZED, f"grew by {growth / MB:.0f} MB")
    for pid, _ in holders:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    good_client(server)
    server.stop()


# ---- errors ------------------------------------------------------------------

@tap.case("20 errors are answered, the first 10 at once; the command behind them gets 421 4.7.0 (protocol test 33)", timeout=60)
def errors(folder):
    server = Server(folder)
    wire = Wire(server.address, seconds=30)
    start = time.monotonic()
    for _ in range(10):
        wire.command("FOOB", 500, "5.5.2")
    check(time.monotonic() - start < 3, "the first ten were held back")
    if not ALL:
        wire.send(b"FOOB\r\n" * 10)
        for _ in range(10):
            wire.expect(500, "5.5.2")
    else:
        for _ in range(10):
            wire.command("FOOB", 500, "5.5.2")
    check(time.monotonic() - start > 5, "behind ten errors each reply is held back for a second")
    wire.command("NOOP", 421, "4.7.0")
    wire.expect_closed()
    good_client(server)


@tap.case("an accepted message sets the error count back, refusals that follow from a refusal do not count", timeout=60)
def error_count(folder):
    server = Server(folder)
    wire = Wire(server.address, seconds=30)
    wire.hello()
    for _ in range(4):
        for _ in range(8):
            wire.command("FOOB", 500)
        wire.message(b"x\r\n")
    wire.command("MAIL FROM:<bad address>", 501, "5.1.7")
    start = time.monotonic()
    for _ in range(30):
        wire.command("RCPT TO:<ann@example.net>", 503, "5.5.1")
    check(time.monotonic() - start < 5, "SEQ-05 was counted as an error")


@tap.case("of 110 NOOP the first 100 are free, those behind count as errors (protocol test 34)", timeout=60)
def junk(folder):
    server = Server(folder)
    wire = Wire(server.address, seconds=60)
    wire.send(b"NOOP\r\n" * 110)
    for _ in range(110):
        wire.expect(250, "2.0.0")
    wire.hello()
    wire.message(b"x\r\n")


# ---- synchronisation -----------------------------------------------------------

@tap.case("an early talker is refused on mx with 554 5.5.0 and closed (S-20), and served on test")
def early(folder):
    for profile, code in ((STRICT, 554), ((), 220)):
        place = folder / str(code)
        place.mkdir()
        server = Server(place, *profile)
        role = server.freeze()
        wire = Wire(server.address, greeting=False)
        wire.send(b"EHLO c.example\r\n")
        os.kill(role, signal.SIGCONT)
        wire.expect(code, "5.5.0" if code == 554 else "")
        if code == 554:
            wire.expect_closed()
        else:
            wire.expect(250)
            wire.expect_silence()
        server.stop()


@tap.case("sync strict (mx): what comes behind EHLO, HELO or DATA before the reply is refused and closed (SEQ-23)")
def strict(folder):
    server = Server(folder, *STRICT)
    for block, codes in [(b"EHLO c.example\r\nMAIL FROM:<a@example.org>\r\n", []),
                         (b"HELO c.example\r\nQUIT\r\n", []),
                         (b"MAIL FROM:<a@example.org>\r\nRCPT TO:<ann@example.net>\r\nDATA\r\nx\r\n.\r\n", [250, 250])]:
        wire = Wire(server.address)
        if codes:
            wire.hello()
        wire.send(block)
        for code in codes:
            wire.expect(code)
        wire.expect(554, "5.5.0")
        wire.expect_closed()
    equal(server.inbox(), [], "stored")
    wire = Wire(server.address)
    wire.hello()
    wire.send(b"NOOP\r\nNOOP\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<ann@example.net>\r\n")
    for code in (250, 250, 250, 250):
        wire.expect(code)
    queued_id(wire.content(b"x\r\n"))


@tap.case("mx is strict: bare LF closes, a space behind FROM: is 501, a foreign recipient 550 5.7.1, postmaster is served")
def mx(folder):
    server = Server(folder, *STRICT)
    wire = Wire(server.address)
    wire.hello()
    wire.command("MAIL FROM: <a@example.org>", 501, "5.5.4")
    wire.command("MAIL FROM:<a@example.org>", 250)
    wire.command("RCPT TO:<x@elsewhere.example>", 550, "5.7.1")
    wire.command("RCPT TO:<x@EXAMPLE.NET>", 250)
    wire.command("RCPT TO:<PostMaster>", 250)
    wire.command("RCPT TO:<postmaster@example.net>", 250)
    wire.command("RCPT TO:<x%elsewhere.example@elsewhere.example>", 550, "5.7.1")
    wire.command("RSET", 250)
    wire.send(b"NOOP\n")
    wire.expect(500, "5.5.2")
    wire.expect_closed()
    wire = Wire(server.address)
    wire.send(b"NO\rOP\r\nNOOP\r\n")
    wire.expect(500, "5.5.2")
    wire.expect_closed()
    wire = Wire(server.address)
    wire.command("EHLO bad_name!", 501, "")


@tap.case("mx without a domain takes mail for nobody but postmaster")
def mx_without_domain(folder):
    server = Server(folder, "--profile", "mx")
    wire = Wire(server.address)
    wire.hello()
    wire.command("MAIL FROM:<a@example.org>", 250)
    wire.command("RCPT TO:<x@example.net>", 550, "5.7.1")
    wire.command("RCPT TO:<postmaster>", 250)


if __name__ == "__main__":
    tap.main()
