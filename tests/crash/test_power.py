#!/usr/bin/env python3
# timeout: 900
"""The power fails: every message that had its 250 is on the disk all the same.

kill -9 proves little, since the system still writes what it was given. Here power.c notes
every write and every sync of the server while senders work; from any point of these notes
a disk is built that holds what was synced, and of the rest what chance leaves. A server is
then started on that disk. See tests/tools/power.c and power.py.
"""
# mostly waits
# takes: 26

import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from power import DIRSYNC, MAP, SYNC, WRITE, build, read
from preload import library
from senders import Senders, compare
from server import Server, run
from tap import ALL, Failure, check, equal, note, poll
from wire import Wire

CUTS = 150 if ALL else 14
MESSAGES = 1500 if ALL else 250


def record(folder, work):
    """Run work(server) with a server whose disk is watched; (records, root)."""
    root = folder / "disk"
    root.mkdir()
    journal = folder / "journal"
    server = Server(folder, store=f"sqlite:{root}/state/postern/postern.db",
                    env={"LD_PRELOAD": library("power", folder), "POWER_FOLDER": str(root),
                         "POWER_JOURNAL": str(journal)})
    poll(journal.exists, 5, "the journal of power.c")
    work(server, lambda: journal.stat().st_size)
    server.kill9()
    records = read(journal)
    check(any(r.op == SYNC for r in records) and any(r.op == WRITE for r in records), "nothing was watched")
    return records, root


def look(folder, records, root, cut, seed, kept, sent):
    """Build the disk as of cut, start a server on it, and compare."""
    image = folder / f"image-{cut}-{seed}"
    build(records, cut, seed, root, image)
    place = folder / f"run-{cut}-{seed}"
    place.mkdir()
    store = f"sqlite:{image}/state/postern/postern.db"
    server = Server(place, store=store)
    server.postern("inbox", "export", "--format", "eml", place / "eml", seconds=120)
    compare([p.read_bytes() for p in (place / "eml").rglob("*.eml")], kept, sent)
    with Wire(server.address) as wire:  # it is fit for work, too
        wire.hello()
        found = wire.message(b"Subject: after the cut\r\n\r\nx\r\n")
    equal(server.raw(found), b"Subject: after the cut\r\n\r\nx\r\n")
    server.stop()
    server.postern("doctor", "--check", seconds=120)
    shutil.rmtree(image)
    shutil.rmtree(place)


def cuts_of(records, source, count):
    """Points of the journal: right before and behind syncs, and anywhere."""
    syncs = [i for i, r in enumerate(records) if r.op in (SYNC, DIRSYNC)]
    chosen = []
    for turn in range(count):
        if turn % 3 == 2:
            index = source.randrange(len(records))
        else:
            index = max(0, source.choice(syncs) - turn % 3)
        chosen.append(records[index].end)
    return chosen + [records[-1].end]


def try_cuts(folder, records, root, marks, sent, count):
    """marks: {name: length of the journal when its 250 was seen}."""
    source = random.Random(5)
    failures = []
    for cut in cuts_of(records, source, count):
        kept = [name for name, mark in marks.items() if mark <= cut]
        seed = source.randrange(1 << 30)
        try:
            look(folder, records, root, cut, seed, kept, sent)
        except Failure as failure:
            failures.append(f"cut at {cut} of {records[-1].end}, seed {seed}, {len(kept)} messages with 250: {failure}")
    check(not failures, f"{len(failures)} of {count + 1} cuts:\n" + "\n".join(failures[:4]))
    note(f"{count + 1} cuts, {len(records)} records, {len(marks)} messages with 250")


@tap.case("no acknowledged message is lost by a power cut at any moment, under 8 senders", timeout=60 + CUTS * 6)
def senders(folder):
    marks, sent = {}, {}

    def work(server, length):
        guard = threading.Lock()

        def seen(name):
            with guard:
                marks[name] = length()
        crowd = Senders(server.address, 8, [300, 1000, 5000, 20000, 600000], seed=3, seen=seen)
        poll(lambda: len(marks) >= MESSAGES or crowd.surprises, 60, "messages to be kept")
        server.kill9()
        crowd.stop()
        sent.update(crowd.sent)

    records, root = record(folder, work)
    try_cuts(folder, records, root, marks, sent, CUTS)


@tap.case("the very first message is safe: the file, its folders and their names are synced before its 250", timeout=120)
def first(folder):
    marks, sent = {}, {}

    def work(server, length):
        crowd = Senders(server.address, 1, [500], seed=4, seen=lambda name: marks.setdefault(name, length()))
        poll(lambda: len(marks) >= 1 or crowd.surprises, 20, "a message to be kept")
        server.kill9()
        crowd.stop()
        sent.update(crowd.sent)

    records, root = record(folder, work)
    mark = min(marks.values())
    for seed in range(40 if ALL else 8):
        kept = [name for name, at in marks.items() if at <= mark]
        look(folder, records, root, mark, seed, kept, sent)


@tap.case("deleting is no danger to the messages beside it", timeout=120)
def deleting(folder):
    marks, sent = {}, {}
    gone = set()

    def work(server, length):
        crowd = Senders(server.address, 2, [300, 30000], seed=6, messages_a_session=5,
                        seen=lambda name: marks.setdefault(name, length()))
        poll(lambda: len(marks) >= 40 or crowd.surprises, 30, "messages to be kept")
        crowd.stop()
        sent.update(crowd.sent)
        for name in list(crowd.kept)[:20]:
            gone.add(name)
            server.postern("inbox", "delete", crowd.kept[name])

    records, root = record(folder, work)
    source = random.Random(7)
    for cut in cuts_of(records, source, 30 if ALL else 5):
        kept = [name for name, at in marks.items() if at <= cut and name not in gone]
        look(folder, records, root, cut, source.randrange(1 << 30), kept, sent)


UNSAFE = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1] + "/x.db", isolation_level=None)
database.execute("PRAGMA journal_mode = wal")
database.execute("PRAGMA synchronous = " + sys.argv[2])
database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, octets BLOB)")
for n in range(100):
    database.execute("INSERT INTO t VALUES (?, ?)", (n, os.urandom(3000)))
    print(n, os.stat(os.environ["POWER_JOURNAL"]).st_size, flush=True)
os._exit(0)
"""


@tap.case("the tool sees what is not synced: SQLite without syncs loses rows, with them it loses none", timeout=60)
def tool(folder):
    for level, is_lossy in (("OFF", True), ("FULL", False)):
        root, journal = folder / level, folder / f"{level}.journal"
        root.mkdir()
        env = {**os.environ, "LD_PRELOAD": library("power", folder), "POWER_FOLDER": str(root),
               "POWER_JOURNAL": str(journal)}
        done = subprocess.run([sys.executable, "-c", UNSAFE, root, level], env=env, capture_output=True, text=True,
                              timeout=30)
        marks = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
        equal(len(marks), 100, done.stderr)
        records, lost = read(journal), 0
        for seed in range(10):
            image = folder / f"{level}-{seed}"
            build(records, marks[50 + seed][1], seed, root, image)
            lost += 51 + seed - len(rows(image / "x.db"))
        check((lost > 0) == is_lossy, f"synchronous={level}: {lost} rows lost")


def rows(file):
    try:
        database = sqlite3.connect(file)
        if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return []
        return database.execute("SELECT n FROM t").fetchall()
    except sqlite3.Error:
        return []


if __name__ == "__main__":
    tap.main()
