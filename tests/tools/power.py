"""power.py - what may be on the disk after a power cut

Reads the journal that power.c wrote, up to any point of it, and builds the folder as a
disk may hold it when the power fails there:

1. Of a file, everything up to its last sync is there. Of what was written later each
   piece of 4096 octets is there or not, as the seed has it; so is each change of length.
2. Of a folder, everything up to its last sync is there; of what was made, renamed or
   removed in it later a beginning is there, as the seed has it. A synced file whose name
   was not synced is gone.
3. A file with a writable shared mapping holds garbage: only the -shm file of SQLite,
   which is no data, may have one.
"""

import os
import pathlib
import random
import struct

from tap import check

HEADER = struct.Struct("=IIQQIIII")
MAGIC = 0x504F5752
CREATE, WRITE, TRUNCATE, SYNC, UNLINK, RENAME, MKDIR, DIRSYNC, MAP = range(1, 10)
PIECE = 4096


class Record:
    __slots__ = ("end", "op", "inode", "offset", "data", "path", "target")


def read(journal):
    """All whole records, in order."""
    octets = pathlib.Path(journal).read_bytes()
    records, at = [], 0
    while at + HEADER.size <= len(octets):
        magic, op, inode, offset, data_len, path_len, target_len, _ = HEADER.unpack_from(octets, at)
        check(magic == MAGIC, f"the journal is damaged at {at}")
        at += HEADER.size
        record = Record()
        record.op, record.inode, record.offset = op, inode, offset
        record.path = octets[at:at + path_len].decode()
        at += path_len
        record.target = octets[at:at + target_len].decode()
        at += target_len
        record.data = octets[at:at + data_len]
        at += data_len
        if at > len(octets):
            break
        record.end = at
        records.append(record)
    return records


class _File:
    """The contents of one file: what is synced, and what came later."""

    def __init__(self):
        self.synced = bytearray()
        self.later = []
        self.is_mapped = False

    def apply(self, record, source=None):
        if record.op == TRUNCATE:
            if source is not None and source.random() < 0.5:
                return
            del self.synced[record.offset:]
            self.synced.extend(bytes(record.offset - len(self.synced)))
            return
        for start in range(0, len(record.data), PIECE):
            if source is not None and source.random() < source.loss:
                continue
            piece = record.data[start:start + PIECE]
            at = record.offset + start
            if len(self.synced) < at:
                self.synced.extend(bytes(at - len(self.synced)))
            self.synced[at:at + len(piece)] = piece

    def sync(self):
        for record in self.later:
            self.apply(record)
        self.later = []


def build(records, cut, seed, root, image):
    """Write the image of root as of the first records that end at or before cut."""
    source = random.Random(seed)
    source.loss = source.choice((0.0, 0.3, 0.5, 0.7, 1.0))
    files, names, folders = {}, {}, {str(root)}
    pending = {}  # folder: changes of names not synced yet

    for record in records:
        if record.end > cut:
            break
        if record.op == CREATE:
            files[record.inode] = _File()
            _later(pending, record.path, ("add", record.path, record.inode))
        elif record.op in (WRITE, TRUNCATE):
            files.setdefault(record.inode, _File()).later.append(record)
        elif record.op == SYNC:
            files.setdefault(record.inode, _File()).sync()
        elif record.op == MAP:
            files[record.inode].is_mapped = True
        elif record.op == MKDIR:
            _later(pending, record.path, ("folder", record.path, 0))
        elif record.op == UNLINK:
            _later(pending, record.path, ("remove", record.path, 0))
        elif record.op == RENAME:
            _later(pending, record.path, ("rename", record.path, record.target))
        elif record.op == DIRSYNC:
            for change in pending.pop(record.path, []):
                _change(names, folders, change)
    for changes in pending.values():
        for change in changes[:source.randint(0, len(changes))]:
            _change(names, folders, change)

    _write(root, image, files, names, folders, source)


def _later(pending, path, change):
    pending.setdefault(os.path.dirname(path), []).append(change)


def _change(names, folders, change):
    kind, path, what = change
    if kind == "add":
        names[path] = what
    elif kind == "folder":
        folders.add(path)
    elif kind == "remove":
        names.pop(path, None)
        folders.discard(path)
    elif kind == "rename" and path in names:
        names[what] = names.pop(path)


def _write(root, image, files, names, folders, source):
    def is_reachable(path):
        return path == str(root) or (path in folders and is_reachable(os.path.dirname(path)))

    image.mkdir()
    for path in sorted(folders):
        if path != str(root) and is_reachable(path):
            (image / os.path.relpath(path, root)).mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, inode in names.items():
        file = files[inode]
        if not is_reachable(os.path.dirname(path)):
            continue
        if file.is_mapped:
            check(path.endswith("-shm"), f"{path} is changed through a mapping: it cannot be made durable piece by piece")
            octets = source.randbytes(32768)
        else:
            for record in file.later:
                file.apply(record, source)
            octets = bytes(file.synced)
        (image / os.path.relpath(path, root)).write_bytes(octets)
