"""wire.py - an SMTP client that sends exactly the octets it is told to

Nothing is added, corrected or waited for unasked; every read has a deadline.
"""

import socket
import time

from tap import Failure, brief


class Reply:
    """One reply: code, enhanced ("" without), lines of text without the codes."""

    def __init__(self, raw):
        self.raw = raw
        lines = raw.decode("ascii", "backslashreplace").split("\r\n")[:-1]
        self.code = int(lines[0][:3])
        for line in lines:
            if line[:3] != lines[0][:3]:
                raise Failure(f"the lines of one reply differ in code: {raw!r}")
        for line in lines[:-1]:
            if line[3:4] != "-":
                raise Failure(f"not a continuation line: {raw!r}")
        self.lines = [line[4:] for line in lines]
        first = self.lines[0].partition(" ")[0] if self.lines[0] else ""
        parts = first.split(".")
        is_enhanced = len(parts) == 3 and all(p.isdigit() for p in parts) and \
            parts[0] == str(self.code)[0]
        self.enhanced = first if is_enhanced else ""
        self.text = " ".join(self.lines)

    def __repr__(self):
        return self.raw.decode("ascii", "backslashreplace").strip()


class Closed(Exception):
    """The server closed; .rest is what came before without making a reply."""

    def __init__(self, rest):
        super().__init__(f"connection closed, rest {rest!r}")
        self.rest = rest


class Wire:
    """A connection. address: (host, port) or the path of a unix socket."""

    def __init__(self, address, seconds=10, greeting=True, buffer=None):
        family = socket.AF_UNIX if isinstance(address, str) else \
            socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        self.socket.settimeout(seconds)
        self.socket.connect(address)
        if family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seconds = seconds
        self.received = b""
        self.greeting = self.expect(220) if greeting else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def finish(self):
        """Close the sending side only."""
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, octets):
        self.socket.settimeout(self.seconds)
        self.socket.sendall(octets)

    def send_cut(self, octets):
        """Every octet on its own."""
        for i in range(len(octets)):
            self.send(octets[i:i + 1])

    def _more(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise Failure(f"no reply in time; received so far {brief(self.received)}")
        self.socket.settimeout(left)
        try:
            octets = self.socket.recv(65536)
        except TimeoutError:
            raise Failure(f"no reply in time; received so far {brief(self.received)}") from None
        except ConnectionResetError:
            octets = b""
        if not octets:
            raise Closed(self.received)
        self.received += octets

    def reply(self, seconds=None):
        """The next reply, however many lines it has."""
        end = time.monotonic() + (seconds or self.seconds)
        start = 0
        while True:
            at = self.received.find(b"\r\n", start)
            if at < 0:
                self._more(end)
                continue
            line = self.received[start:at]
            if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b""):
                raise Failure(f"not a reply line: {line!r}")
            start = at + 2
            if line[3:4] != b"-":
                raw, self.received = self.received[:start], self.received[start:]
                return Reply(raw)

    def expect(self, code, enhanced=None, seconds=None):
        """The next reply must have code, and enhanced ("" means none) if that is given."""
        try:
            reply = self.reply(seconds)
        except Closed as closed:
            raise Failure(f"expected {code} {enhanced or ''}, but the server closed "
                          f"(rest {closed.rest!r})") from None
        if reply.code != code or (enhanced is not None and reply.enhanced != enhanced):
            raise Failure(f"expected {code} {'' if enhanced is None else enhanced or '(none)'}, found {reply}")
        return reply

    def command(self, line, code=None, enhanced=None, seconds=None):
        """Send line and CRLF, then expect."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        if code is None:
            return self.reply(seconds)
        try:
            return self.expect(code, enhanced, seconds)
        except Failure as failure:
            raise Failure(f"{line!r}: {failure}") from None

    def expect_closed(self, seconds=None):
        """The server must close, and send nothing more before that."""
        end = time.monotonic() + (seconds or self.seconds)
        try:
            while not self.received:
                self._more(end)
        except Closed as closed:
            if closed.rest:
                raise Failure(f"sent before closing: {closed.rest!r}") from None
            return
        except Failure:
            raise Failure("the server did not close the connection") from None
        raise Failure(f"sent before closing: {self.received!r}")

    def expect_silence(self):
        """All replies are read: a NOOP must be answered next, by exactly one 250."""
        self.command("NOOP", 250, "2.0.0")
        if self.received:
            raise Failure(f"more came than was asked for: {self.received!r}")

    # ---- the steps of a message

    def hello(self, name="c.example"):
        return self.command(f"EHLO {name}", 250, "")

    def envelope(self, sender="a@example.org", to="ann@example.net", parameters=""):
        self.command(f"MAIL FROM:<{sender}>{parameters}", 250)
        for address in [to] if isinstance(to, str) else to:
            self.command(f"RCPT TO:<{address}>", 250)

    def content(self, body):
        """DATA and body with its dots stuffed; the final reply."""
        self.command("DATA", 354, "")
        self.send(stuff(body))
        return self.reply()

    def message(self, body, sender="a@example.org", to="ann@example.net", parameters=""):
        """A whole transaction; the id it was queued as."""
        self.envelope(sender, to, parameters)
        return queued_id(self.content(body))


def stuff(body):
    """body as DATA carries it, end mark included; body must be empty or end in CRLF."""
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def queued_id(reply):
    words = reply.text.split()
    if reply.code != 250 or "as" not in words:
        raise Failure(f"expected 250 … queued as ID, found {reply}")
    return words[words.index("as") + 1]


def try_commands(address, *lines):
    """A connection with these commands sent and answered; the last reply."""
    wire = Wire(address)
    reply = None
    for line in lines:
        reply = wire.command(line)
    return wire, reply
