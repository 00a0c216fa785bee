#!/usr/bin/env python3
"""check_banned.py - functions not used in this tree, and what to use instead"""

import re

from sources import Findings, bare, c_files

BOUNDS = "it does not know the size of its destination: use snprintf, struct buf or memcpy"
HIDDEN = "it hides an error or a state"
BANNED = {
    "strcpy": BOUNDS, "stpcpy": BOUNDS, "strcat": BOUNDS, "sprintf": BOUNDS,
    "vsprintf": BOUNDS, "gets": BOUNDS,
    "strncpy": "it may leave no NUL: use memcpy with a checked length",
    "strncat": BOUNDS,
    "strtok": f"{HIDDEN}: cut with slice functions",
    "strtok_r": "cut with slice functions",
    "atoi": f"{HIDDEN}: use the number functions of base/slice.h",
    "atol": f"{HIDDEN}: use the number functions of base/slice.h",
    "atoll": f"{HIDDEN}: use the number functions of base/slice.h",
    "atof": f"{HIDDEN}: use strtod and check its end pointer",
    "scanf": f"{HIDDEN}: parse with slice functions", "fscanf": f"{HIDDEN}: parse with slice functions",
    "sscanf": f"{HIDDEN}: parse with slice functions", "vsscanf": f"{HIDDEN}: parse with slice functions",
    "localtime": f"{HIDDEN}: use localtime_r, or gmtime_r", "gmtime": f"{HIDDEN}: use gmtime_r",
    "ctime": f"{HIDDEN}: use base/clock.h", "asctime": f"{HIDDEN}: use base/clock.h",
    "alloca": "it cannot report that the stack is full: use struct buf or a fixed array",
    "tmpnam": "it is a race: use mkstemp", "mktemp": "it is a race: use mkstemp",
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")


def main():
    findings = Findings("banned functions")
    files = 0
    for path in c_files():
        files += 1
        text = bare(path.read_text(encoding="utf-8"))
        for match in CALL.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            findings.add(path, line, f"{match.group(1)}() is not used here", BANNED[match.group(1)])
    findings.finish(f"none in {files} files")


main()
