#!/usr/bin/env python3
"""longest.py - the ten longest functions, and how many ways lead through them

Nobody fails by it. Whoever appears here asks what idea wants its own file.
"""

import re

from sources import ROOT, bare, c_files

# A definition begins with its name at the start of a line (.clang-format) and ends with "}".
FUNCTION = re.compile(r"^(\w+)\([^;{]*?\)\n\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FORK = re.compile(r"\b(?:if|for|while|case)\b|&&|\|\||\?")


def main():
    found = []
    for path in c_files("src"):
        text = bare(path.read_text(encoding="utf-8"))
        for match in FUNCTION.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append((match.group(2).count("\n"), len(FORK.findall(match.group(2))) + 1,
                          match.group(1), f"{path.relative_to(ROOT)}:{line}"))
    lengths = sorted(row[0] for row in found)
    middle = lengths[len(lengths) // 2] if lengths else 0
    print(f"longest functions (of {len(found)}, the middle one has {middle} lines):")
    for lines, ways, name, place in sorted(found, reverse=True)[:10]:
        print(f"  {lines:4} lines {ways:3} ways  {name}  {place}")


main()
