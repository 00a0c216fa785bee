#!/usr/bin/env python3
"""readme.py - README.md, docs/*.md and docs/man show what the program prints, and nothing else

  tools/readme.py [--build FOLDER]            write outputs and examples into the pages
  tools/readme.py [--build FOLDER] --check    show where a page differs; status 1 if one does

1. A block of code whose first line is "$ build/postern explain …" ("compare", "codes", or "play … <FILE")
   holds the output of that command, 80 columns wide. In a manual page the first line is
   "$ postern …" and the output 66 columns wide. A line "   …" at the end of a block (in a manual
   page "\\&...") means that the output goes on.
2. A block of C below "<!-- docs/examples/NAME.c -->" (in a manual page '.\\" docs/examples/NAME.c')
   holds that file.
3. A link to a file of this tree leads to a file that is there.
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
EXAMPLES = ROOT / "docs" / "examples"
WORDS = r"((?:explain|compare|codes|play)\b[^\n|]*)\n"
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


class Markdown:
    output = re.compile(r"(?m)(^```\n\$ build/postern " + WORDS + r")(.*?)(?=^```$)", re.S)
    source = re.compile(r"(?m)(^<!-- docs/examples/(\w+\.c) -->\n```c\n)(.*?)(?=^```$)", re.S)
    columns, folder, more = "80", ROOT, "   …\n"

    @staticmethod
    def escaped(text):
        return text


class Roff:
    output = re.compile(r"(?m)(^\.Bd [^\n]*\n\$ postern " + WORDS + r")(.*?)(?=^\.Ed$)", re.S)
    source = re.compile(r'(?m)(^\.\\" docs/examples/(\w+\.c)\n\.Bd [^\n]*\n)(.*?)(?=^\.Ed$)', re.S)
    columns, folder, more = "66", EXAMPLES, "\\&...\n"

    @staticmethod
    def escaped(text):
        text = re.sub(r"(?m) +$", "", text.replace("\\", "\\e"))
        text = re.sub(r"(?m)^(?=[.'])", r"\\&", text)
        return re.sub(r"[^\x00-\x7f]", lambda m: f"\\[u{ord(m.group()):04X}]", text)


def printed(build, words, face):
    env = {**os.environ, "COLUMNS": face.columns, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    words, _, name = words.partition(" <") if words.startswith("play") else (words, "", "")
    with open(face.folder / name if name else os.devnull, encoding="utf-8") as source:
        return subprocess.run([build / "postern", *shlex.split(words)], cwd=face.folder, env=env, check=True,
                              stdin=source, capture_output=True, text=True, timeout=20).stdout


def filled(text, build, face):
    """The page with all outputs and examples as they are now, and how many there are."""
    def output(match):
        head, words, shown = match.groups()
        new = face.escaped(printed(build, words, face))
        if shown.endswith(face.more):
            new = "".join(new.splitlines(keepends=True)[:shown.count("\n") - 1]) + face.more
        return head + new

    def source(match):
        return match.group(1) + face.escaped((EXAMPLES / match.group(2)).read_text(encoding="utf-8"))

    text, outputs = face.output.subn(output, text)
    text, sources = face.source.subn(source, text)
    return text, outputs + sources


def dead_links(path, text):
    return [link for link in LINK.findall(text) if not (path.parent / link).exists()]


def pages():
    yield from ((path, Markdown) for path in sorted(ROOT.glob("*.md")))
    yield from ((path, Markdown) for path in sorted((ROOT / "docs").glob("*.md")))
    yield from ((path, Roff) for path in sorted((ROOT / "docs" / "man").glob("*.[0-9]")))


def main():
    parser = argparse.ArgumentParser(description="Keep outputs, examples and links in the pages true.")
    parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    count, faults = 0, []
    for path, face in pages():
        name, old = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        new, blocks = filled(old, options.build.resolve(), face)
        count += blocks
        faults += [f"{name}: {link}: no such file" for link in dead_links(path, old)]
        if new == old:
            continue
        if not options.check:
            path.write_text(new, encoding="utf-8")
            continue
        faults.append(f"{name} does not show what the program prints: run tools/readme.py")
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True),
                                                   name, "as printed"))
    if faults:
        sys.exit("\n".join(faults))
    print(f"README.md, docs: {count} blocks are true")


if __name__ == "__main__":
    main()
