"""sources.py - shared by the checks: the list of sources, C text without comments,
and one way to report findings"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["include", "src", "tests", "bench", "fuzz", "tools", "docs/examples"]

COMMENT_OR_LITERAL = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def c_files(*folders):
    """Every .c and .h below the folders (default: all that hold sources)."""
    for folder in folders or FOLDERS:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".c", ".h"))


def bare(text):
    """The text with comments and literals blanked; lines and columns stay."""
    return COMMENT_OR_LITERAL.sub(
        lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


class Findings:
    """Collects findings: where, what is wrong, and how to fix it."""

    def __init__(self, check):
        self.check, self.count = check, 0

    def add(self, path, line, what, fix):
        self.count += 1
        where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        place = f"{where}:{line}" if line else f"{where}"
        print(f"{place}: {what}: {fix}")

    def finish(self, good):
        """Print the verdict and exit with the status of the check."""
        if self.count:
            print(f"{self.check}: {self.count} to fix")
        else:
            print(f"{self.check}: {good}")
        sys.exit(1 if self.count else 0)
