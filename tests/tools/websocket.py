"""websocket.py - the reading end of a websocket (RFC 6455), as a browser would open it

No extension is asked for. Pings are answered; masked frames from the server, reserved bits and
text that is no UTF-8 are failures, since a client has to break the connection on them.
"""

import base64
import hashlib
import json
import os
import socket
import struct
import time

from tap import Failure, brief, check

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocket:
    """A connection that is open when the constructor returns."""

    def __init__(self, address, path="/api/events", headers=None, seconds=10, behind=b""):
        """behind: octets sent in one piece with the request, before the answer."""
        self.seconds = seconds
        self.received = b""
        self.closed = False
        self.socket = socket.create_connection(address, timeout=seconds)
        key = base64.b64encode(os.urandom(16))
        sent = {"Host": f"{address[0]}:{address[1]}", "Upgrade": "websocket", "Connection": "Upgrade",
                "Sec-WebSocket-Key": key.decode(), "Sec-WebSocket-Version": "13", **(headers or {})}
        lines = [f"GET {path} HTTP/1.1"] + [f"{name}: {value}" for name, value in sent.items() if value is not None]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + behind)
        end = time.monotonic() + seconds
        while b"\r\n\r\n" not in self.received:
            self._more(end)
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if self.status == 101:
            wanted = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
            check(self.headers.get("sec-websocket-accept") == wanted, "Sec-WebSocket-Accept is wrong")
            check(self.headers.get("upgrade", "").lower() == "websocket", self.headers)
            check("upgrade" in self.headers.get("connection", "").lower(), self.headers)
            check("sec-websocket-extensions" not in self.headers, "an extension nobody asked for")

    def __enter__(self):
        check(self.status == 101, f"the websocket was refused: {self.status}")
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _more(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)
        octets = self.socket.recv(65536)
        if not octets:
            raise Failure(f"the websocket was closed; rest {brief(self.received)}")
        self.received += octets

    def _take(self, count, end):
        while len(self.received) < count:
            self._more(end)
        octets, self.received = self.received[:count], self.received[count:]
        return octets

    def frame(self, end):
        """(is_final, opcode, payload). Half a frame that has come is lost when the time is over."""
        first, second = self._take(2, end)
        check(not first & 0x70, "reserved bits are set")
        check(not second & 0x80, "a frame from the server is masked")
        length = second & 0x7F
        if length == 126:
            length, = struct.unpack("!H", self._take(2, end))
        elif length == 127:
            length, = struct.unpack("!Q", self._take(8, end))
        return bool(first & 0x80), first & 15, self._take(length, end)

    def send(self, payload, opcode=TEXT, mask=b"\x01\x02\x03\x04", final=True):
        """One frame as a client sends it; mask=None leaves the mask out, which is wrong."""
        size = len(payload)
        head = bytes([(0x80 if final else 0) | opcode])
        bit = 0x80 if mask else 0
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + struct.pack("!H", size)
        else:
            head += bytes([bit | 127]) + struct.pack("!Q", size)
        body = bytes(o ^ mask[i % 4] for i, o in enumerate(payload)) if mask else payload
        self.socket.sendall(head + (mask or b"") + body)

    def message(self, seconds=None):
        """The next text, as a string; None when the server closed in order."""
        end = time.monotonic() + (seconds or self.seconds)
        text = b""
        while True:
            is_final, opcode, payload = self.frame(end)
            if opcode == PING:
                self.send(payload, PONG)
            elif opcode == CLOSE:
                self.closed = True
                return None
            elif opcode in (0, TEXT):
                text += payload
                if is_final:
                    return text.decode("utf-8")
            elif opcode != PONG:
                raise Failure(f"a frame of kind {opcode}")

    def event(self, seconds=None):
        """The next event: an object of exactly Type and Data."""
        try:
            text = self.message(seconds)
        except TimeoutError:
            raise Failure(f"no event in {seconds or self.seconds} s") from None
        check(text is not None, "the server closed the websocket")
        event = json.loads(text)
        check(sorted(event) == ["Data", "Type"], f"an event with other keys: {text}")
        return event

    def until(self, kind, seconds=None):
        """Events up to the next of this kind, that one last."""
        end, seen = time.monotonic() + (seconds or self.seconds), []
        while not seen or seen[-1]["Type"] != kind:
            left = end - time.monotonic()
            if left <= 0:
                raise Failure(f"no {kind!r} event; there were {brief(seen)}")
            try:
                seen.append(self.event(left))
            except Failure as failure:
                raise Failure(f"waiting for {kind!r}, behind {brief(seen)}: {failure}") from None
        return seen

    def others(self, seconds):
        """What comes within this time besides stats."""
        end, seen = time.monotonic() + seconds, []
        while (left := end - time.monotonic()) > 0:
            try:
                text = self.message(left)
            except TimeoutError:
                break
            event = json.loads(text)
            if event["Type"] != "stats":
                seen.append(event)
        return seen
