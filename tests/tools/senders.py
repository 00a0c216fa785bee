"""senders.py - many clients at once, each message with a name and a sum of its own

A sender notes a message as sent before its last octet leaves, and as kept when the 250
has arrived. What a store holds is then compared with both lists: every kept message must
be there once, octet for octet; a sent one may be there once; nothing else may be.
"""

import hashlib
import random
import re
import threading

from tap import Failure, check
from wire import Closed, Wire, queued_id

NAME = re.compile(rb"^X-Name: (\S+)\r\n", re.MULTILINE)


class Senders:
    """count threads that send until stop() is called. sizes: octets of a body, chosen by
    chance. seen(message) is called for each 250. Connections that break are made anew."""

    def __init__(self, address, count, sizes, seed=0, messages_a_session=20, seen=None, prefix="m"):
        self.address, self.sizes, self.per_session = address, sizes, messages_a_session
        self.sent, self.kept = {}, {}  # name: sum; name: id of the reply
        self.refused = []  # replies that were no 250
        self.surprises = []  # what must not happen at all
        self.seen = seen or (lambda name: None)
        self.prefix = prefix
        self.stopped = threading.Event()
        self.guard = threading.Lock()
        self.threads = [threading.Thread(target=self._work, args=(i, random.Random(seed * 1000 + i)), daemon=True)
                        for i in range(count)]
        for thread in self.threads:
            thread.start()

    def stop(self, seconds=30):
        self.stopped.set()
        for thread in self.threads:
            thread.join(seconds)
        check(not any(t.is_alive() for t in self.threads), "a sender hangs: a command was never answered")
        check(not self.surprises, f"a sender was surprised: {self.surprises[:3]}")

    def _work(self, number, source):
        serial = 0
        while not self.stopped.is_set():
            try:
                with Wire(self.address, seconds=20, greeting=False) as wire:
                    if not self._step(wire, 220) or not self._step(wire, 250, b"EHLO c.example\r\n"):
                        self.stopped.wait(0.02)
                        continue
                    for _ in range(self.per_session):
                        serial += 1
                        if not self._message(wire, f"{self.prefix}-{number}-{serial}", source):
                            break
                        if self.stopped.is_set():
                            return
            except (OSError, Closed):
                self.stopped.wait(0.02)  # the server is gone for now
            except Failure as failure:
                self.surprises.append(str(failure))
                return

    def _step(self, wire, code, octets=b""):
        wire.send(octets)
        reply = wire.reply()
        if reply.code != code:
            with self.guard:
                self.refused.append(reply)
        return reply.code == code

    def _message(self, wire, name, source):
        """False: the session is not worth going on with."""
        body = make_body(name, source.choice(self.sizes), source)
        with self.guard:
            self.sent[name] = hashlib.sha256(body).digest()
        if not self._step(wire, 250, b"MAIL FROM:<a@example.org>\r\n"):
            return self._forget(wire, name)
        if not self._step(wire, 250, b"RCPT TO:<ann@example.net>\r\n"):
            return self._forget(wire, name)
        if source.random() < 0.5:
            wire.send(b"BDAT %d LAST\r\n" % len(body) + body)
        else:
            if not self._step(wire, 354, b"DATA\r\n"):
                return self._forget(wire, name)
            wire.send(body + b".\r\n")  # no line of it begins with a dot
        reply = wire.reply()
        with self.guard:
            if reply.code == 250:
                self.kept[name] = queued_id(reply)
            else:
                self.refused.append(reply)
                self.sent.pop(name)  # refused: it must not be there
        if reply.code == 250:
            self.seen(name)
        return True

    def _forget(self, wire, name):
        with self.guard:
            self.sent.pop(name, None)
        return self._step(wire, 250, b"RSET\r\n")


def make_body(name, size, source):
    head = f"From: a@example.org\r\nX-Name: {name}\r\nSubject: {name}\r\n\r\n".encode()
    line = source.randbytes(36).hex().encode() + b"\r\n"
    return head + line * max(1, (size - len(head)) // len(line))


def compare(bodies, kept, sent):
    """bodies: what the store holds. kept: names that must be there; sent: sums of all
    that may be there."""
    found = {}
    for body in bodies:
        match = NAME.search(body)
        check(match, f"a message nobody sent: {body[:80]!r}")
        name = match.group(1).decode()
        check(name in sent, f"{name} is there, but was refused or never sent to its end")
        check(name not in found, f"{name} is there twice")
        check(hashlib.sha256(body).digest() == sent[name], f"{name} is not what was sent")
        found[name] = True
    lost = sorted(set(kept) - set(found))
    check(not lost, f"{len(lost)} of {len(kept)} messages with 250 are lost: {lost[:5]}")
    return found
