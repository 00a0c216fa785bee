#!/usr/bin/env python3
"""check_citations.py - every citation of the handbook leads somewhere

The handbook is docs/protocol.md. It is cited in these forms only:
    protocol 2.9            a section, or several: protocol 2.8 to 2.11, 9.3 and 9.6
    protocol appendix D     an appendix; protocol G.1 is a section of one
    protocol test 84        a numbered test; in a conversation the line "test 84"
    SEQ-10, S-44            a sequence reply, a security rule
    RFC 5321 4.1.4          a section of an RFC; RFC 5321 F.1 is in its appendix
The handbook itself says "section 2.9", "appendix D", "test 84", and "5321 4.1.4" for a section
of an RFC, which its appendix J lists.

What the handbook repeats must agree with where it comes from: the matrix of its section 2.4
with tests/model/matrix.csv, the sequence replies of 2.5 with catalog/replies.txt. And every
numbered test is played: by a conversation, or where a comment in tests/ names it.
"""

import csv
import re

from sources import ROOT, Findings

HANDBOOK = ROOT / "docs/protocol.md"
FOLDERS = ["include", "src", "tests", "bench", "fuzz", "tools", "catalog", "docs", "ui",
           "packaging"]
SUFFIXES = [".c", ".h", ".py", ".sh", ".js", ".mjs", ".css", ".md", ".txt", ".csv", ".1", ".build"]
# what other people's servers say; and this file, which shows the forms
SKIPPED = ["tests/explain/cases/", "catalog/wordings/", "tools/check_citations.py"]

PLACE = r"(?:[1-9]\d*(?:\.\d+)+|[A-J](?:\.\d+)+)"
LIST = r"(?:(?:, | and | to ){0})*"
HEADING = re.compile(r"^#+ (?:Appendix )?([A-J]|(?:\d+|[A-J])(?:\.\d+)*)(?:: | )", re.MULTILINE)
GAP = r"(?: |\n[ \t]*(?:\*|#|//)?[ \t]*)"  # a space, or the end of a comment's line


def form(pattern):
    return re.compile(pattern.replace(" ", GAP), re.MULTILINE)


PLACES = form(rf"\b[Pp]rotocol (?P<found>{PLACE}{LIST.format(PLACE)}|appendix [A-Z])(?!\w)")
TESTS = form(r"\b[Pp]rotocol tests? (?P<found>\d+" + LIST.format(r"\d+") + r")\b")
RULES = form(r"(?<![\w-])(?P<found>S(?:EQ)?-\d{1,2})(?![\w-])")
PLAYED = re.compile(r"^test (?P<found>\d+)$", re.MULTILINE)
INNER = form(rf"\b(?:[Ss]ections? (?P<found>{PLACE}{LIST.format(PLACE)})|[Aa]ppendix (?P<letter>[A-Z]))(?!\w)")
ODD = [
    (form(r"\b[Pp]rotocol (?:App\.|Appendix|[Ss]ection|§)"), 'write "protocol 2.9", "protocol appendix D"'),
    (form(r"(?<![\w.])[GHI]\.\d+\b(?: \d+)?|\bG row \w+"), 'write "protocol G.6", "protocol test 30"'),
    (form(r"(?<!\w)\((?:\d\.\d+|[1-36-9]\.\d+\.\d+)\)"),
     'write "protocol 3.13.3" or "RFC 5321 4.1.4"'),
    (form(r"\bRFC-?\d{3,5}\b|\bRFC \d{3,5},? (?:[Ss]ection|[Ss]ec\.|§|[Aa]ppendix|[Aa]pp\.)"),
     'write "RFC 5321 4.1.4", "RFC 5321 F.1"'),
]

GOOD_RFC = form(r"\bRFC \d{3,5} [\dA-Z](?:\.\d+)*")

SUBSTATES = {"M": ["M0", "M1"]}


class Handbook:
    """The text, and what of it can be cited."""

    def __init__(self):
        self.text = HANDBOOK.read_text(encoding="utf-8")
        self.places = set(HEADING.findall(self.text))
        self.rules = set(re.findall(r"^\| (S(?:EQ)?-\d\d) \|", self.text, re.MULTILINE))
        tests = self.between("\n## Appendix G:", "\n## Appendix H:")
        self.tests = {int(n) for n in re.findall(r"^\| (\d+) \|", tests, re.MULTILINE)}
        self.rfcs = set(re.findall(r"\b\d{3,4}\b", self.between("\n## Appendix J:", "\nRFC texts")))

    def between(self, start, end):
        return self.text.partition(start)[2].partition(end)[0]


def numbers(text):
    """The numbers of "33 to 36 and 38"."""
    found = []
    for first, last in re.findall(r"(\d+)(?:\s\W*to\s\W*(\d+))?", text):
        found += range(int(first), int(last or first) + 1)
    return found


def cited_files():
    for folder in FOLDERS:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in SUFFIXES)
    yield from sorted(ROOT.glob("*.md"))


class Check:
    def __init__(self, book, findings):
        self.book, self.findings = book, findings
        self.count, self.played = 0, set()

    def wrong(self, path, text, match, what, repair):
        shown = " ".join(re.sub(r"\n[ \t]*(\*|#|//)?", " ", match[0]).split())
        line = text.count("\n", 0, match.start()) + 1
        self.findings.add(path, line, f'"{shown}" {what}', repair)

    def look(self, path, text, pattern, known, read):
        """Each match of pattern cites what read finds in it, which must be known."""
        for match in pattern.finditer(text):
            cited = read(match["found"] or match["letter"])
            self.count += 1
            for name in cited:
                if name not in known:
                    self.wrong(path, text, match, "leads nowhere",
                               f"docs/protocol.md has no {name}: correct it, or give it a heading or row")
            yield cited

    def file(self, path):
        name = str(path.relative_to(ROOT))
        text = path.read_text(encoding="utf-8")
        book = self.book

        def places(found):
            return re.findall(r"[A-J](?:\.\d+)+|\d+(?:\.\d+)+|\b[A-Z]$", found)

        if path == HANDBOOK:
            list(self.look(path, text, INNER, book.places, places))
        else:
            list(self.look(path, text, PLACES, book.places, places))
        list(self.look(path, text, RULES, book.rules, lambda found: [found]))
        tests = list(self.look(path, text, TESTS, book.tests, numbers))
        if name.startswith("tests/conversations/"):
            tests += self.look(path, text, PLAYED, book.tests, numbers)
        if name.startswith("tests/"):
            self.played.update(n for cited in tests for n in cited)
        self.odd(path, text)

    def odd(self, path, text):
        """What looks like a citation and is in none of the forms."""
        if path == HANDBOOK:
            return
        for good in (PLACES, GOOD_RFC):
            text = good.sub(lambda m: re.sub(r"\S", "_", m[0]), text)
        for pattern, repair in ODD:
            for match in pattern.finditer(text):
                self.wrong(path, text, match, "is not how this tree cites", repair)


# ---- what the handbook repeats ----


def cell(matrix, state, command):
    """How section 2.4 writes what a command does in a state: "eat, SEQ-06/07 → F, LAST: E"."""
    def step(name):
        rows = [matrix[s, name] for s in SUBSTATES.get(state, [state])]
        replies = list(dict.fromkeys(r["code"] if r["rule"] == "-" else r["rule"] for r in rows))
        is_same = all(r["next"] == r["state"] for r in rows)
        after = "=" if is_same else rows[0]["next"].rstrip("01")
        return "/".join([replies[0]] + [r[-2:] for r in replies[1:]]), after

    reply, after = step(command)
    is_eaten = command == "BDAT" and reply.startswith("SEQ")
    last = step("BDAT-LAST")[1] if command == "BDAT" else after
    return ("eat, " if is_eaten else "") + f"{reply} → {after}" + (f", LAST: {last}" if last != after else "")


def check_matrix(book, findings):
    """Each cell of matrix.csv stands in section 2.4, and no other cell does. Returns their number."""
    with (ROOT / "tests/model/matrix.csv").open(newline="", encoding="utf-8") as file:
        matrix = {(row["state"], row["command"]): row for row in csv.DictReader(file)}
    shown, columns = {}, []
    for line in book.between("\n### 2.4 ", "\n### 2.5 ").splitlines():
        cells = [c.strip() for c in line.strip("| ").split(" | ")]
        if cells[0] == "State":
            columns = ["FOOB" if c == "other" else c for c in cells[1:]]
        elif line.startswith("| **"):
            shown.update({(cells[0][2], c): text for c, text in zip(columns, cells[1:])})
    for state, command in {(s[0], c.removesuffix("-LAST")) for s, c in matrix} | set(shown):
        is_there = (SUBSTATES.get(state, [state])[0], command) in matrix
        want = cell(matrix, state, command) if is_there else None
        got = shown.get((state, command))
        if got != want:
            findings.add(HANDBOOK, 0, f"section 2.4, {command} in {state}: {got}",
                         f"tests/model/matrix.csv says {want}")
    return len(shown)


def check_replies(book, findings):
    """Each sequence reply of the catalog stands in section 2.5 with its codes and words."""
    text = (ROOT / "catalog/replies.txt").read_text(encoding="utf-8")
    want = set(re.findall(r"^id: (\S+)\ncode: (\d+)\nenhanced: (\S+)\n(?:exempt: yes\n)?text: (.+)$",
                          text, re.MULTILINE))
    got = set(re.findall(r"^\| (SEQ-\d\d) \| `(\d+) (\S+) (.+?)` \|", book.text, re.MULTILINE))
    for rule, *words in sorted(want ^ got):
        where = "not in the handbook" if (rule, *words) in want else "not in catalog/replies.txt"
        findings.add(HANDBOOK, 0, f'{rule} "{" ".join(words)}" is {where}', "make section 2.5 agree")


def check_rfcs(book, findings):
    """RFC sections of the handbook: of an RFC that its appendix J lists."""
    for match in re.finditer(r"(?<![\w.`])(\d{4}) (?=[1-9][\d.]*\b|[A-J]\.\d)", book.text):
        if match[1] not in book.rfcs:
            findings.add(HANDBOOK, book.text.count("\n", 0, match.start()) + 1,
                         f"RFC {match[1]} is not in appendix J", "list it there")


def main():
    findings = Findings("citations")
    book = Handbook()
    check = Check(book, findings)
    for path in cited_files():
        if not any(str(path.relative_to(ROOT)).startswith(s) for s in SKIPPED):
            check.file(path)
    for number in sorted(book.tests - check.played):
        findings.add(HANDBOOK, 0, f"test {number} is played nowhere",
                     'a conversation with the line "test N", or a comment "protocol test N" in tests/')
    cells = check_matrix(book, findings)
    check_replies(book, findings)
    check_rfcs(book, findings)
    findings.finish(f"{check.count} lead into docs/protocol.md, and {cells} cells of its matrix are right")


if __name__ == "__main__":
    main()
