#!/usr/bin/env python3
# timeout: 900
"""kill -9 at random moments under 32 senders: of all messages with a 250 none is lost,
none is changed, none is doubled; what had no 250 is there once or not at all.

CRASH_ROUNDS says how often (6; 50 with POSTERN_TEST_ALL=1).
"""
# mostly waits
# takes: 25

import os
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from senders import Senders, compare
from server import Server, is_gone
from tap import ALL, check, equal, note, poll

ROUNDS = int(os.environ.get("CRASH_ROUNDS", 50 if ALL else 6))
SENDERS = 32
SIZES = [200, 1000, 1000, 4000, 10000, 300000, 700000]


def exported(server, folder):
    """All bodies of the store."""
    server.postern("inbox", "export", "--format", "eml", folder, seconds=120)
    return [path.read_bytes() for path in folder.rglob("*.eml")]


def checked(server, folder, kept, sent):
    found = compare(exported(server, folder), kept, sent)
    listed = server.inbox()
    equal(len(listed), len(found), "messages in the list")
    ids = {m["id"] for m in listed}
    check(set(kept.values()) <= ids, "an id of a reply is not in the list")
    equal(len(set(kept.values())), len(kept), "ids are given once")
    server.postern("doctor", "--check", seconds=120)
    return found


@tap.case(f"SIGKILL of the role, {ROUNDS} times, while the supervisor starts it again", timeout=60 + 5 * ROUNDS)
def role(folder):
    source = random.Random(1)
    kept, sent, refused = {}, {}, []
    server = Server(folder)
    left = ROUNDS
    while left > 0:
        senders = Senders(server.address, SENDERS, SIZES, seed=left, prefix=f"r{left}")
        turns = min(left, 4)  # the supervisor waits longer before each restart: begin anew
        for _ in range(turns):
            kill_role(server, senders, source)
        wait_for(senders, 1)
        senders.stop()
        server.stop(seconds=60)
        kept.update(senders.kept)
        sent.update(senders.sent)
        refused += senders.refused
        left -= turns
        if left > 0:
            server.start()
    found = checked(server, folder / "eml", kept, sent)
    check(all(reply.code // 100 == 4 for reply in refused), f"a refusal that is no 4yz: {refused[:3]}")
    note(f"{len(kept)} kept, {len(found)} there, {len(refused)} refused, {ROUNDS} kills")


def wait_for(senders, count):
    wanted = len(senders.kept) + count
    poll(lambda: len(senders.kept) >= wanted or senders.surprises, 30, f"{count} messages to be kept")


def kill_role(server, senders, source):
    wait_for(senders, source.randint(1, 60))
    time.sleep(source.random() * 0.05)  # the moment is to be random, no verdict hangs on it
    victim = server.role()
    os.kill(victim, signal.SIGKILL)
    poll(lambda: is_gone(victim), 10, "the role to end")


@tap.case(f"SIGKILL of everything, {ROUNDS} times, each followed by a new start", timeout=30 + 10 * ROUNDS)
def everything(folder):
    source = random.Random(2)
    kept, sent = {}, {}
    server = Server(folder)
    for turn in range(ROUNDS):
        senders = Senders(server.address, SENDERS, SIZES, seed=100 + turn, prefix=f"r{turn}")
        wanted = source.randint(1, 200)
        poll(lambda: len(senders.kept) > wanted or senders.surprises, 30, "messages to be kept")
        server.kill9()
        senders.stop()
        kept.update(senders.kept)
        sent.update(senders.sent)
        server.start()
    server.stop(seconds=60)
    found = checked(server, folder / "eml", kept, sent)
    note(f"{len(kept)} kept, {len(found)} there, {ROUNDS} kills")


@tap.case("a half-received large message leaves nothing behind when the role is killed, and its room is freed")
def half(folder):
    from wire import Wire
    server = Server(folder)
    wire = Wire(server.address)
    wire.hello()
    wire.envelope()
    wire.command("DATA", 354)
    wire.send((b"x" * 98 + b"\r\n") * 30000)
    poll(lambda: sum(p.stat().st_size for p in folder.glob("postern.db*")) > 1 << 20, 10, "chunks in the store")
    server.kill9()
    server.start()
    equal(server.inbox(), [])
    with Wire(server.address) as wire:
        wire.hello()
        found = wire.message(b"Subject: x\r\n\r\nx\r\n")
    server.stop()
    equal([m["id"] for m in server.inbox()], [found])


if __name__ == "__main__":
    tap.main()
