#!/usr/bin/env python3
"""longest.py - the ten longest functions, and the ten that branch most

Nobody fails by it. If your function appears here, ask which idea in it wants a function or a file
of its own. pmccabe counts the lines and the paths: one, and one more for each if, loop, ?:, && and ||.
A switch counts once however many cases it has, since a list of cases is easy to read.
"""

import re
import shutil
import subprocess
import sys

from sources import ROOT, c_files

TOP = 10
# modified and traditional complexity, statements, first line, lines, file(line of the name): name
ROW = re.compile(r"(\d+)\t\d+\t\d+\t\d+\t(\d+)\t(.+)\((\d+)\): (\w+)")


def functions():
    """(lines, paths, name, place) of each function in src."""
    files = [str(path.relative_to(ROOT)) for path in c_files("src")]
    done = subprocess.run(["pmccabe", *files], cwd=ROOT, capture_output=True, text=True, check=False)
    for row in done.stdout.splitlines():
        if match := ROW.fullmatch(row):
            paths, lines, file, line, name = match.groups()
            yield int(lines), int(paths), name, f"{file}:{line}"


def main():
    if shutil.which("pmccabe") is None:
        sys.exit("longest: pmccabe is not installed: run tools/deps.sh check")
    found = list(functions())
    if not found:
        sys.exit("longest: pmccabe found no function: run it by hand and look at its output")
    for title, key in (("longest", 0), ("most branching", 1)):
        middle = sorted(row[key] for row in found)[len(found) // 2]
        unit = ("lines", "paths")[key]
        print(f"{title} functions (of {len(found)}, the median has {middle} {unit}):")
        for row in sorted(found, key=lambda row: (-row[key], -row[1 - key]))[:TOP]:
            print(f"  {row[0]:4} lines {row[1]:3} paths  {row[2]}  {row[3]}")


main()
