#!/usr/bin/env python3
"""The system fails us: a full disk, a broken disk, no descriptors, no memory.

While it lasts every refusal is a 4yz and no 250 is false; when it is over the service
comes back by itself; and of what had a 250 nothing is lost.
"""

import errno
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from preload import Faults
from senders import Senders, compare
from server import Server
from tap import ALL, Failure, Skip, check, equal, note, poll
from wire import Closed, Wire, queued_id

SECONDS = 6 if ALL else 1.5
BACK = 15  # by then it must serve again


def is_served(server):
    try:
        with Wire(server.address, seconds=5, greeting=False) as wire:
            if wire.reply().code != 220 or wire.command("EHLO c.example").code != 250:
                return False
            if wire.command("MAIL FROM:<a@example.org>").code != 250 or wire.command("RCPT TO:<b@example.net>").code != 250:
                return False
            reply = wire.command("DATA")
            if reply.code != 354:
                return False
            wire.send(b"X-Name: probe\r\n\r\nx\r\n.\r\n")
            return wire.reply().code == 250
    except (OSError, Closed, Failure):
        return False


def judge(server, senders, folder):
    """What must hold behind every fault."""
    hard = [r for r in senders.refused if r.code // 100 != 4]
    check(not hard, f"{len(hard)} refusals that are no 4yz: {hard[:3]}")
    unnumbered = [r for r in senders.refused if not r.enhanced.startswith("4.")]
    check(not unnumbered, f"refusals without a 4.x.x: {unnumbered[:3]}")
    server.stop(seconds=60)
    server.postern("inbox", "export", "--format", "eml", folder / "eml", seconds=120)
    bodies = [p.read_bytes() for p in (folder / "eml").rglob("*.eml")]
    bodies = [b for b in bodies if b"X-Name: probe\r\n" not in b]
    compare(bodies, senders.kept, senders.sent)
    server.postern("doctor", "--check", seconds=120)
    replies = sorted({f"{r.code} {r.enhanced}" for r in senders.refused})
    note(f"{len(senders.kept)} kept, {len(senders.refused)} refused: {', '.join(replies)}")


# What fails, how, and whether somebody must have noticed.
FAULTS = [
    ("no space for any write (ENOSPC)", [("write", errno.ENOSPC, 1)]),
    ("no space for every 7th write, which writes half", [("write", errno.ENOSPC, 7)]),
    ("every write fails with EIO", [("write", errno.EIO, 1)]),
    ("every 5th write fails with EIO", [("write", errno.EIO, 5)]),
    ("every sync fails with EIO", [("sync", errno.EIO, 1)]),
    ("every 3rd sync fails with EIO", [("sync", errno.EIO, 3)]),
    ("over quota (EDQUOT)", [("write", errno.EDQUOT, 2)]),
    ("the file cannot be opened again behind a failed sync (EMFILE)", [("sync", errno.EIO, 1), ("open", errno.EMFILE, 1)]),
    ("no descriptors for connections (EMFILE)", [("accept", errno.EMFILE, 1)]),
    ("every 2nd accept fails with ENFILE", [("accept", errno.ENFILE, 2)]),
    ("every accept fails with ECONNABORTED", [("accept", errno.ECONNABORTED, 2)]),
]


@tap.table("{0}: only 4yz, nothing false, nothing lost, and the service comes back", FAULTS, timeout=90)
def fault(folder, name, switches):
    store = folder / "store"
    faults = Faults(folder, store)
    server = Server(folder, store=f"sqlite:{store}/postern.db", env=faults.env)
    senders = Senders(server.address, 6, [200, 2000, 20000, 400000], seed=len(name), messages_a_session=4)
    poll(lambda: len(senders.kept) >= 20 or senders.surprises, 20, "messages to be kept before the fault")
    for switch in switches:
        faults.on(*switch)
    kind = switches[0][0]
    least = 3 if len(switches) == 1 else 1  # what cannot be opened again is not synced again
    poll(lambda: faults.failed(kind) >= least, 20, f"calls of {kind} to fail")
    end = time.monotonic() + SECONDS
    poll(lambda: time.monotonic() > end, SECONDS + 5, "the time of the fault")
    faults.off()
    start = time.monotonic()
    poll(lambda: is_served(server), BACK, "the service to come back by itself")
    back = time.monotonic() - start
    before = len(senders.kept)
    poll(lambda: len(senders.kept) > before + 5 or senders.surprises, BACK, "the senders to be served again")
    senders.stop()
    check(server.process.poll() is None, "the supervisor ended")
    note(f"{faults.failed(kind)} calls failed, back after {back:.2f} s")
    judge(server, senders, folder)


@tap.table("every {0}th allocation fails: refusals are 4yz, nothing is lost, the service comes back",
           [(n,) for n in ((1, 2, 3, 7, 20, 50, 101, 500) if ALL else (1, 20, 101))], timeout=90)
def memory(folder, every):
    store = folder / "store"
    faults = Faults(folder, store)
    server = Server(folder, store=f"sqlite:{store}/postern.db", env=faults.env)
    senders = Senders(server.address, 6, [200, 2000, 20000, 400000], seed=every, messages_a_session=3)
    poll(lambda: len(senders.kept) >= 20 or senders.surprises, 20, "messages to be kept before the fault")
    role = server.role()
    faults.on("memory", errno.ENOMEM, every)
    end = time.monotonic() + SECONDS
    poll(lambda: time.monotonic() > end, SECONDS + 5, "the time of the fault")
    failed = faults.failed("memory")
    faults.off()
    poll(lambda: is_served(server), BACK, "the service to come back by itself")
    before = len(senders.kept)
    poll(lambda: len(senders.kept) > before + 5 or senders.surprises, BACK, "the senders to be served again")
    senders.stop()
    equal(server.role(), role, "the role lived through it; its process")
    note(f"{failed} allocations failed")
    if every <= 101:
        check(failed > 0, "no allocation was made to fail: nothing was tried")
    judge(server, senders, folder)


@tap.case("a really full disk (8 MB): 452, what was kept is whole, and it goes on once there is room", timeout=90)
def full(folder):
    disk = folder / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk],
                                           capture_output=True).returncode != 0:
        raise Skip("a small file system cannot be mounted here")
    try:
        fill(folder, disk)
    finally:
        tap.end_descendants(os.getpid())
        subprocess.run(["umount", "-l", disk], check=True)


def fill(folder, disk):
    ballast = disk / "ballast"  # what somebody else keeps there
    ballast.write_bytes(bytes(1 << 20))
    server = Server(folder, store=f"sqlite:{disk}/postern.db")
    ids, refused = {}, []
    line = b"x" * 98 + b"\r\n"
    for size in [100000] * 120 + [1000] * 200:
        if len(refused) > 20 and size == 100000:
            continue
        wire = Wire(server.address, seconds=20)
        wire.hello()
        body = b"X-Name: %d\r\n\r\n" % len(ids) + line * (size // 100)
        reply = wire.command(f"MAIL FROM:<a@example.org> SIZE={len(body)}")
        if reply.code == 250:
            reply = wire.command("RCPT TO:<b@example.net>")
        if reply.code == 250:
            reply = wire.content(body)
        if reply.code == 250:
            ids[queued_id(reply)] = body
        else:
            refused.append(reply)
        wire.close()
    check(refused, "12 MB went into a disk of 7 MB")
    check(all(r.code in (452, 451) for r in refused), f"refused with {refused[:3]}")
    check(any((r.code, r.enhanced) == (452, "4.3.1") for r in refused), f"452 4.3.1 was never said: {refused[:3]}")
    note(f"{len(ids)} kept, {len(refused)} refused, file system of {os.statvfs(disk).f_bavail * 4096 >> 10} kB left")
    for found, body in ids.items():
        equal(server.raw(found) == body, True, f"message {found} is whole")
    ballast.unlink()
    poll(lambda: is_served(server), BACK, "service after room was made")
    for found in list(ids)[:5]:
        server.postern("inbox", "delete", found)
        ids.pop(found)
    poll(lambda: is_served(server), BACK, "service after messages were deleted")
    left = {m["id"] for m in server.inbox()}
    check(set(ids) <= left, "what was not deleted is there")
    server.stop(seconds=60)
    server.start()
    check(set(ids) <= {m["id"] for m in server.inbox()}, "what was not deleted is there behind a new start")
    server.stop(seconds=60)


@tap.case("descriptors really run out (RLIMIT_NOFILE 64): those that are connected are served, and then the others")
def descriptors(folder):
    server = Server(folder, "--reactors", "2", wrap=["prlimit", "--nofile=64:64"])
    wires = []
    for _ in range(100):
        wire = Wire(server.address, seconds=3, greeting=False)
        wires.append(wire)
    greeted = []
    for wire in wires:
        try:
            reply = wire.reply(seconds=0.3 if len(greeted) > 20 else 2)
            check(reply.code in (220, 421), f"greeted with {reply}")
            if reply.code == 220:
                greeted.append(wire)
        except (Failure, Closed, OSError):
            pass
        if len(greeted) > 20 and wire is wires[70]:
            break
    check(len(greeted) >= 10, f"only {len(greeted)} were greeted")
    note(f"{len(greeted)} of {len(wires)} greeted")
    cpu = cpu_of(server.role())
    time.sleep(0.5)
    check(cpu_of(server.role()) - cpu < 0.3, "it spins while it has no descriptors")
    greeted[0].hello()
    reply = greeted[0].command("MAIL FROM:<a@example.org>")
    check(reply.code // 100 in (2, 4), reply)
    for wire in wires:
        wire.close()
    poll(lambda: is_served(server), BACK, "the service to come back by itself")


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    tap.main()
