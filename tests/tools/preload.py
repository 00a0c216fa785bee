"""preload.py - builds power.c and fault.c, and the switch of the latter"""

import mmap
import os
import pathlib
import shutil
import struct
import subprocess

from server import IS_SANITIZED
from tap import Skip, check

HERE = pathlib.Path(__file__).resolve().parent


def library(name, folder):
    """Compile tests/tools/NAME.c into folder; the path to put into LD_PRELOAD."""
    if IS_SANITIZED:
        raise Skip("a sanitizer must come first among the libraries put in front of libc")
    compiler = shutil.which(os.environ.get("CC", "cc"))
    check(compiler, "no C compiler: tools/deps.sh build")
    target = pathlib.Path(folder) / f"{name}.so"
    done = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", target, HERE / f"{name}.c", "-ldl"],
                          capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"{name}.c does not compile: {done.stderr}")
    return str(target)


class Faults:
    """The switch of fault.c. Kinds: write, sync, accept, memory, open."""

    KINDS = ("write", "sync", "accept", "memory", "open")

    def __init__(self, folder, below):
        self.file = pathlib.Path(folder) / "faults"
        self.file.write_bytes(bytes(16 * len(self.KINDS)))
        self.env = {"LD_PRELOAD": library("fault", folder), "FAULT_CONTROL": str(self.file),
                    "FAULT_FOLDER": str(below)}
        with open(self.file, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)

    def on(self, kind, error, every=1):
        """From now on every so many calls one fails with error."""
        at = 16 * self.KINDS.index(kind)
        self.map[at + 4:at + 8] = struct.pack("=I", error)
        self.map[at:at + 4] = struct.pack("=I", every)

    def off(self):
        for kind in range(len(self.KINDS)):
            self.map[16 * kind:16 * kind + 4] = bytes(4)

    def failed(self, kind):
        """Calls of this kind that were made to fail so far."""
        at = 16 * self.KINDS.index(kind) + 12
        return struct.unpack("=I", self.map[at:at + 4])[0]
