#!/usr/bin/env python3
"""readme.py - the README shows what the program prints, and nothing else

  tools/readme.py [--build FOLDER]            write the outputs into README.md
  tools/readme.py [--build FOLDER] --check    say where README.md differs; status 1 if it does

A block of code whose first line is "$ build/postern explain …", "… compare …" or "… codes …" holds
the output of that command, 80 columns wide. A line "   …" at its end means: as much as is shown.
"""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?m)^```\n(\$ build/postern ((?:explain|compare|codes)\b[^\n]*)\n)(.*?)^```$", re.S)
MORE = "   …\n"


def printed(build, words):
    env = {**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    return subprocess.run([build / "postern", *shlex.split(words)], cwd=ROOT, env=env, check=True,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20).stdout


def filled(text, build):
    """The README with all outputs as they are now, and how many there are."""
    def block(match):
        command, words, shown = match.groups()
        output = printed(build, words)
        if shown.endswith(MORE):
            output = "".join(output.splitlines(keepends=True)[:shown.count("\n") - 1]) + MORE
        return f"```\n{command}{output}```"
    return BLOCK.subn(block, text)


def main():
    parser = argparse.ArgumentParser(description="Keep the outputs in README.md true.")
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    path = ROOT / "README.md"
    old = path.read_text(encoding="utf-8")
    new, blocks = filled(old, options.build.resolve())
    if not options.check:
        path.write_text(new, encoding="utf-8")
    elif new != old:
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True),
                                                   "README.md", "as printed"))
        sys.exit("README.md does not show what the program prints: run tools/readme.py")
    print(f"README.md: {blocks} outputs")


if __name__ == "__main__":
    main()
