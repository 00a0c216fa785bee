#!/usr/bin/env python3
"""`postern explain` over the labelled pastes: how often cause and step are right, and what an answer must look like.

A case is a folder with input.txt, what somebody pasted, and label.json, what is wrong there. Besides those
of cases/ there may be more next to the project, in ../shared/cases.
"""

import base64
import binascii
import collections
import concurrent.futures
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import ROOT, run
from tap import Skip, check, equal, note

OWN = ROOT / "tests" / "explain" / "cases"
SHARED = ROOT.parent / "shared" / "cases"
CAUSES = re.findall(r"^cause: (.+)$", (ROOT / "catalog" / "causes.txt").read_text(encoding="utf-8"), re.MULTILINE)
FAULTS = "missing early repeated wrong malformed refused unsupported misread unread bad-reply altered lost none".split()
STEPS = ("CONNECT GREETING EHLO STARTTLS TLS AUTH MAIL RCPT DATA BODY EOD BDAT RSET QUIT VRFY SESSION").split()
SIDES = "client server operator middlebox network none".split()
CERTAINTIES = "certain likely possible".split()
KEYS = "cause step code enhanced certainty line fault_side summary fix evidence alternatives".split()
ALTERNATIVE_KEYS = "cause step code certainty summary".split()
JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
BASE64 = re.compile(rb"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{8,}={0,2}(?![A-Za-z0-9+/=])")
# Words of the pastes that decode to a login; a user name alone is none.
LOGIN = re.compile(rb"secret|^\x00?[^\x00]+\x00[^\x00]+$|auth=Bearer", re.IGNORECASE | re.DOTALL)

# Of what is asked in each of these ways the answers to all cases are kept.
WAYS = {"json": ["--json", "--lang", "en"], "json-ja": ["--json", "--lang", "ja"], "text": ["--lang", "en"],
        "lines": ["--every-line", "--lang", "ja"]}


class Case:
    """A paste, its label, and the answers to it."""

    def __init__(self, folder, is_own):
        self.name, self.is_own = folder.name, is_own
        self.path = folder / "input.txt"
        self.input = self.path.read_bytes()
        self.label = json.loads((folder / "label.json").read_text(encoding="utf-8"))
        self.wanted = [self.label["cause"], *self.label["cause_also"]]
        self.done = {}

    def ask(self):
        for way, options in WAYS.items():
            self.done[way] = run("explain", *options, "--color", "never", "--file", self.path)
        return self

    def answer(self, way="json"):
        """The JSON object, after a look at how the program ended."""
        done = self.done[way]
        check(done.returncode in (0, 1), f"{self.name}: exit {done.returncode}: {done.stderr!r}")
        equal(done.stderr, b"", f"{self.name}: on standard error")
        lines = done.stdout.decode("utf-8").splitlines()
        equal(len(lines), 1, f"{self.name}: lines of output")
        return json.loads(lines[0])

    def is_cause_right(self):
        return self.answer()["cause"] in self.wanted

    def is_near(self):
        """Right within the first three."""
        answer = self.answer()
        return any(c in self.wanted for c in [answer["cause"], *(a["cause"] for a in answer["alternatives"][:2])])

    def is_step_right(self):
        return self.answer()["step"] == self.label["step"]


cases = []


def of(is_own):
    return [c for c in cases if c.is_own == is_own]


@tap.before
def ask_all(folder):
    """Every case is asked once, two at a time; what comes back is looked at by the points below."""
    for place, is_own in ((OWN, True), (SHARED, False)):
        cases.extend(Case(path.parent, is_own) for path in sorted(place.glob("*/input.txt")))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(Case.ask, cases))


def faults_of(cases, look):
    """Run look over all cases and fail with everything that is wrong, not only the first."""
    wrong = []
    for case in cases:
        try:
            look(case)
        except (tap.Failure, KeyError, TypeError, ValueError) as failure:
            wrong.append(f"{case.name}: {type(failure).__name__}: {failure}")
    for line in wrong[:40]:
        note("  " + line)
    check(not wrong, f"{len(wrong)} of {len(cases)} cases")


def rate(cases, is_right, what):
    """The share of right cases; the others are listed."""
    missed = [c for c in cases if not is_right(c)]
    share = (len(cases) - len(missed)) / len(cases)
    note(f"{what} right: {len(cases) - len(missed)} of {len(cases)}, {100 * share:.1f} %")
    for case in missed:
        answer = case.answer()
        note(f"  {case.name}: {answer['cause']} {answer['step']} {answer['certainty']}; "
             f"wanted {' or '.join(case.wanted)} {case.label['step']}")
    return share


# ---- how good ----------------------------------------------------------------------


@tap.case("the cause is right in at least 90 % of our own cases")
def own_cause():
    check(len(of(True)) > 500, f"only {len(of(True))} cases were found")
    check(rate(of(True), Case.is_cause_right, "cause") >= 0.90, "too few")


@tap.case("the cause is among the first three answers in at least 93 % of our own cases")
def own_near():
    check(rate(of(True), Case.is_near, "cause within three") >= 0.93, "too few")


@tap.case("the step is right in at least 72 % of our own cases")
def own_step():
    check(rate(of(True), Case.is_step_right, "step") >= 0.72, "too few")


@tap.case("no answer that is wrong is called certain")
def never_certain_and_wrong():
    for certainty in CERTAINTIES:
        called = [c for c in cases if c.answer()["certainty"] == certainty]
        note(f"{certainty}: {sum(c.is_cause_right() for c in called)} of {len(called)} right")
    wrong = [c for c in cases if c.answer()["certainty"] == "certain" and not c.is_cause_right()]
    for case in wrong:
        note(f"  {case.name}: {case.answer()['cause']}; wanted {' or '.join(case.wanted)}")
    check(not wrong, f"{len(wrong)} wrong answers are called certain")


@tap.case("of the 25 cases that are not ours 24 causes and 22 steps are right, and none is wrong with certainty")
def shared():
    if not of(False):
        raise Skip("there is no folder ../shared/cases")
    equal(len(of(False)), 25, "cases")
    causes, steps = rate(of(False), Case.is_cause_right, "cause"), rate(of(False), Case.is_step_right, "step")
    check(causes >= 24 / 25 and steps >= 22 / 25, f"causes {causes:.0%}, steps {steps:.0%}")
    wrong = [c.name for c in of(False) if c.answer()["certainty"] == "certain" and not c.is_cause_right()]
    equal(wrong, [], "wrong and called certain")


# ---- what an answer looks like -------------------------------------------------------


def is_step(text):
    fault, _, step = text.partition(":")
    return fault in FAULTS and step in STEPS


def is_nothing(answer):
    """No SMTP was found in the paste: nothing is named. Such an answer is right for none of the cases."""
    return all(answer[key] is None for key in KEYS[:7]) and not answer["evidence"] and not answer["alternatives"]


def is_code(value):
    return value is None or type(value) is int and 100 <= value <= 599


def look_at_finding(found):
    check(found["cause"] in CAUSES, f"cause {found['cause']}")
    check(is_step(found["step"]), f"step {found['step']}")
    check(is_code(found["code"]), f"code {found['code']}")
    check(found["certainty"] in CERTAINTIES, f"certainty {found['certainty']}")
    check(isinstance(found["summary"], str) and found["summary"].strip(), "no summary")


def lines_of(paste):
    """The lines of a paste as text; one with NULs is UTF-16."""
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):
        is_wide = paste[:2] in (b"\xff\xfe", b"\xfe\xff") if codec == "utf-16" else b"\0" in paste
        text = paste.decode(codec, "replace") if is_wide else ""
        if "\n" in text and "250" in text:
            return text.split("\n")
    return paste.decode("utf-8", "replace").split("\n")


def is_quoted_from(text, line):
    """A line has words of what is said to stand there. A verb alone may be known from a label: "to: 550 no"."""
    words = re.findall(r"[A-Za-z0-9]{3,}", text)
    return text in STEPS or not words or any(word in line for word in words)


@tap.case("every answer has exactly the promised keys, with values of the vocabulary")
def keys():
    def look(case):
        for way in ("json", "json-ja"):
            answer = case.answer(way)
            equal(list(answer), KEYS, "keys")
            equal(case.done[way].returncode, int(is_nothing(answer)), "exit")
            check(answer["summary"].strip() and answer["fix"].strip(), "no summary or no fix")
            if is_nothing(answer):
                continue
            look_at_finding(answer)
            check(answer["enhanced"] is None or re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", answer["enhanced"]),
                  f"enhanced {answer['enhanced']}")
            check(answer["fault_side"] in SIDES, f"fault_side {answer['fault_side']}")
    faults_of(cases, look)


@tap.case("line and evidence are places of the paste, and what is quoted stands there")
def evidence():
    def look(case):
        answer, lines = case.answer(), lines_of(case.input)
        check(answer["line"] is None or 1 <= answer["line"] <= len(lines), f"line {answer['line']} of {len(lines)}")
        for proof in answer["evidence"]:
            equal(sorted(proof), ["line", "text"], "keys of evidence")
            check(1 <= proof["line"] <= len(lines), f"evidence in line {proof['line']} of {len(lines)}")
            line = lines[proof["line"] - 1]
            check(is_quoted_from(proof["text"], line),
                  f"{proof['text']!r} does not stand in line {proof['line']}: {line!r}")
    faults_of(cases, look)


@tap.case("alternatives differ from the answer and from one another, and are no surer than it")
def alternatives():
    def look(case):
        answer = case.answer()
        causes = [answer["cause"]]
        for other in answer["alternatives"]:
            equal(sorted(other), sorted(ALTERNATIVE_KEYS), "keys of an alternative")
            look_at_finding(other)
            check(other["cause"] not in causes, f"{other['cause']} comes twice")
            causes.append(other["cause"])
            check(CERTAINTIES.index(other["certainty"]) >= CERTAINTIES.index(answer["certainty"]),
                  f"{other['cause']} is surer than the answer")
    faults_of(cases, look)


@tap.case("a person gets the same answer as a script: cause, certainty and line")
def same():
    def look(case):
        answer, text = case.answer(), case.done["text"].stdout.decode("utf-8")
        check(is_nothing(answer) or f"{answer['cause']}, " in text, f"{answer['cause']} is not named")
        check(answer["line"] is None or f"line {answer['line']}" in " ".join(text.split()), f"line {answer['line']}")
        for way in ("text", "lines"):
            equal(case.done[way].returncode, case.done["json"].returncode, f"exit, {way}")
    faults_of(cases, look)


@tap.case("asked in Japanese every answer is the same one, with a Japanese summary and fix")
def japanese():
    def look(case):
        english, answer = case.answer(), case.answer("json-ja")
        for key in ("cause", "step", "code", "enhanced", "certainty", "line", "fault_side", "evidence"):
            equal(answer[key], english[key], key)
        for key in ("summary", "fix"):
            check(JAPANESE.search(answer[key]), f"{key}: {answer[key]}")
            check(not JAPANESE.search(english[key]), f"{key} in English: {english[key]}")
        check(all(JAPANESE.search(other["summary"]) for other in answer["alternatives"]), "alternatives")
    faults_of(cases, look)


# ---- secrets -------------------------------------------------------------------------


def secrets_of(paste):
    """The words of a paste that hold a login: in base64, or plain behind a user name."""
    found = set(re.findall(rb"user@example\.(?:com|org|net):(\w*secret\w*)", paste))
    for word in BASE64.findall(paste):
        try:
            plain = base64.b64decode(word, validate=True)
        except binascii.Error:
            continue
        if LOGIN.search(plain):
            found.add(word)
    return found


@tap.case("no login of any paste is shown: not in the conversation, not below a line, not as JSON")
def no_secret():
    seen = collections.Counter()

    def look(case):
        for secret in secrets_of(case.input):
            seen[secret] += 1
            for way, done in case.done.items():
                check(secret not in done.stdout + done.stderr, f"{secret.decode()} is shown ({way})")
                check(secret.rstrip(b"=") not in done.stdout, f"{secret.decode()} is shown in part ({way})")
    faults_of(cases, look)
    note(f"{sum(seen.values())} logins in the pastes, {len(seen)} different ones")
    check(seen[base64.b64encode(b"secret")] >= 5 and seen[base64.b64encode(b"\0user@example.com\0secret")] >= 20,
          f"the pastes hardly hold any: {seen}")


# ---- the cases themselves --------------------------------------------------------------


@tap.case("every cause of the catalog has three cases in three formats")
def spread():
    formats = collections.defaultdict(set)
    counts = collections.Counter(c.label["cause"] for c in of(True))
    for case in of(True):
        formats[case.label["cause"]].add(case.label["format"])
    poor = [f"{cause}: {counts[cause]} cases, {len(formats[cause])} formats" for cause in CAUSES
            if counts[cause] < 3 or len(formats[cause]) < 3]
    for line in poor:
        note("  " + line)
    check(not poor, f"{len(poor)} of {len(CAUSES)} causes")


@tap.case("every label speaks the vocabulary")
def labels():
    def look(case):
        label = case.label
        equal(label["id"], case.name, "id")
        check(all(cause in CAUSES for cause in case.wanted), f"causes {case.wanted}")
        equal(len(set(case.wanted)), len(case.wanted), "a cause given twice")
        check(is_step(label["step"]), f"step {label['step']}")
        check(label["fault_side"] in SIDES, f"fault_side {label['fault_side']}")
        check(is_code(label["code"]), f"code {label['code']}")
        check(case.input.strip(), "an empty paste")
    faults_of(cases, look)


if __name__ == "__main__":
    tap.main()
