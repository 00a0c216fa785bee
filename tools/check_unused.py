#!/usr/bin/env python3
"""check_unused.py BUILD - extern functions that no other file uses

An extern function of src/ that no other object file of src/ needs is either dead or
should be static. What include/postern declares is for embedders and may be unused here.
A function that only tests, benchmarks or fuzzers call is reported, but is not an
error: tests may use a room through its header.
"""

import pathlib
import re
import subprocess
import sys

from sources import ROOT, Findings, bare, c_files


def nm(objects):
    """[(object, kind, name)]"""
    if not objects:
        return []
    text = subprocess.run(["nm", "-A", "-P", *map(str, objects)], check=True,
                          capture_output=True, text=True).stdout
    rows = (line.split()[:3] for line in text.splitlines())
    return [(where.rstrip(":"), kind, name) for where, name, kind in rows]


def public_names():
    names = set()
    for path in c_files("include"):
        names |= set(re.findall(r"\b(\w+)\s*\(", bare(path.read_text(encoding="utf-8"))))
    return names


def definition(name):
    """Where a function is defined; its name is at the start of a line."""
    for path in c_files("src"):
        match = re.search(rf"^{name}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        if match:
            return path, path.read_text(encoding="utf-8").count("\n", 0, match.start()) + 1
    return ROOT / "src", 0


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    house = nm(sorted((build / "src").rglob("*.o")) + sorted((build / "postern.p").glob("*.o")) +
               sorted((build / "postern-web.p").glob("*.o")))
    others = nm([o for folder in ("tests", "bench", "fuzz") for o in (build / folder).rglob("*.o")])
    needed = {name for _, kind, name in house if kind == "U"}
    needed_by_others = {name for _, kind, name in others if kind == "U"}
    public = public_names() | {"main"}
    own = {name for _, kind, name in house if kind == "T"}

    findings = Findings("unused functions")
    for name in sorted(own - needed - public):
        path, line = definition(name)
        if name in needed_by_others:
            print(f"{path.relative_to(ROOT)}:{line}: note: only tests use {name}()")
        else:
            findings.add(path, line, f"{name}() is not used outside its file",
                         "make it static, or remove it if it is not used at all")
    findings.finish(f"{len(own)} extern functions, all of them needed")


main()
