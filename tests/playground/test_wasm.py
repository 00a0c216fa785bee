#!/usr/bin/env python3
"""test_wasm.py - engine.wasm says what the engine says, and needs nothing

Conversations of tests/conversations are replayed in the module as the page plays them;
those that need settings, a mailbox that refuses, TLS or a clock are left out.
"""

import base64
import gzip
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/tools"))
import tap  # noqa: E402
from tap import check, equal, note  # noqa: E402

WASM = pathlib.Path(os.environ["POSTERN_BUILD"]) / "ui/engine.wasm"
MAX_GZIP = 60 * 1024
PROFILES = ["mx", "submission", "submissions", "lmtp", "test"]
ENGLISH, JAPANESE = 0, 1
SVG = "{http://www.w3.org/2000/svg}"


class Engine:
    """The module in node."""

    def __init__(self):
        self.node = subprocess.Popen(["node", str(ROOT / "tests/playground/engine.mjs"), str(WASM)],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.output = []  # reply lines not looked at yet

    def ask(self, **request):
        self.node.stdin.write(json.dumps(request) + "\n")
        self.node.stdin.flush()
        line = self.node.stdout.readline()
        check(line, "node ended")
        return json.loads(line)

    def take(self, answer):
        self.output += base64.b64decode(answer["output"]).decode("utf-8", "replace").split("\r\n")[:-1]
        self.reports = [json.loads(report) for report in answer["reports"]]
        self.allowed = answer["allowed"]
        return self.reports[-1] if self.reports else None

    def open(self, profile="test", language=ENGLISH):
        self.output = []
        return self.take(self.ask(do="open", profile=PROFILES.index(profile), language=language))

    def feed(self, octets):
        if isinstance(octets, str):
            octets = octets.encode()
        return self.take(self.ask(do="feed", octets=base64.b64encode(octets).decode()))

    def diagram(self):
        return self.ask(do="diagram")["svg"]


# ---- the module ------------------------------------------------------------------------


@tap.case("the module imports nothing")
def pure():
    facts = Engine().ask(do="facts")
    equal(facts["imports"], [], "imports")
    for name in ("open", "feed", "input", "input_size", "output", "output_size", "report", "phase", "allowed",
                 "language", "diagram", "picture"):
        check("play_" + name in facts["exports"], "no export play_" + name)


@tap.case(f"the module is smaller than {MAX_GZIP} octets in gzip")
def small():
    octets = WASM.read_bytes()
    size = len(gzip.compress(octets, 9))
    note(f"{len(octets)} octets, {size} in gzip")
    check(size < MAX_GZIP, size)


# ---- conversations ---------------------------------------------------------------------

BEGINNINGS = {
    "greeting": ["S: 220 mx.example.net *"],
    "hello": ["S: 220 mx.example.net ESMTP *", "C: EHLO c.example", "S: 250-*"],
    "lmtp": ["S: 220 mx.example.net LMTP *", "C: LHLO c.example", "S: 250-*"],
    "envelope only": ["C: MAIL FROM:<a@example.org>", "S: 250 2.1.0 *", "C: RCPT TO:<ann@example.net>", "S: 250 2.1.5 *"],
    "data": ["C: DATA", "S: 354 *"],
}
BEGINNINGS["sender"] = BEGINNINGS["hello"] + BEGINNINGS["envelope only"][:2]
BEGINNINGS["envelope"] = BEGINNINGS["hello"] + BEGINNINGS["envelope only"]
BEGINNINGS["content"] = BEGINNINGS["envelope"] + BEGINNINGS["data"]
BEGINNINGS["message"] = BEGINNINGS["envelope only"] + BEGINNINGS["data"] + ["C: .", "S: 250 2.0.0 *"]

# Not to be had in the playground: settings, the double's mailboxes, passwords and limits, TLS, proxies, time.
LEFT_OUT = re.compile(
    r"^(set (?!profile )|tls|timer|shutdown|eof|one block|out-of-sync|delays|event-notes)"
    r"|STARTTLS|XCLIENT|SIZE|^S(\*\d+)?: (550 5\.[17]|452|535|552|454|5\*|4\*)|nobody|full@|^S: 501 5\.5\.2 \*", re.MULTILINE)
READ_BY_OTHERS = ("=", "test", "wait", "sender", "recipients", "stored", "nothing-stored", "shown", "hidden", "close")


def cases_of(path):
    """[(name, lines)], beginnings written out."""
    for block in re.split(r"\n\n+", path.read_text(encoding="utf-8").strip()):
        if LEFT_OUT.search(block):
            continue
        name, *lines = block.split("\n")
        written = []
        for line in lines:
            word, _, rest = line.partition(" ")
            written += BEGINNINGS[rest] if word == "begin" else [line]
        yield name[2:], written


def raw_octets(text):
    """raw "a\\r\\n" 5000*"x" """
    octets = b""
    for count, piece in re.findall(r'(?:(\d+)\*)?"((?:[^"\\]|\\.)*)"', text):
        plain = re.sub(r"\\(x[0-9A-Fa-f]{2}|.)", lambda m: {"r": "\r", "n": "\n", "t": "\t", "0": "\0"}.get(
            m[1], chr(int(m[1][1:], 16)) if m[1][0] == "x" and len(m[1]) == 3 else m[1]), piece)
        # what is not escaped is UTF-8, what is escaped is one octet
        octets += int(count or 1) * b"".join(c.encode("latin-1") if ord(c) < 256 else c.encode() for c in plain)
    return octets


def matches(pattern, text):
    pattern = re.sub(r"\S+ durable=disk", "* durable=none", pattern)
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def expect(engine, pattern, where):
    check(engine.output, where, "no reply for", pattern)
    found = engine.output.pop(0)
    check(matches(pattern, found), where, f"expected {pattern!r}, found {found!r}")
    return found


def play(engine, name, lines):
    report = None
    profile = next((line.split()[2] for line in lines if line.startswith("set profile")), "mx")
    report = engine.open(profile)
    for line in lines:
        word, _, rest = line.partition(" ")
        repeated = re.fullmatch(r"([CS])\*(\d+):", word)
        kind, count = (repeated[1] + ":", int(repeated[2])) if repeated else (word, 1)
        if kind == "C:":
            for _ in range(count):
                report = engine.feed(rest + "\r\n") or report
        elif kind == "raw":
            report = engine.feed(raw_octets(rest)) or report
        elif kind == "S:" and re.fullmatch(r"\d{3}-\*", rest):
            while expect(engine, rest[:3] + "*", name)[3:4] == "-":
                pass
        elif kind == "S:":
            for _ in range(count):
                expect(engine, rest, name)
        elif kind == "@":
            if not engine.output:
                equal(report["letter"], rest, name)
        else:
            check(kind in READ_BY_OTHERS or line.startswith(("set profile", "#")), name, "not understood:", line)
    equal(engine.output, [], name)


FILES = sorted(path for path in (ROOT / "tests/conversations").glob("*.txt")
               if path.stem not in ("FORMAT", "starttls", "xclient") and any(cases_of(path)))


@tap.table("conversations about {0} go the same way in the module", [(path.stem,) for path in FILES], timeout=120)
def conversations(stem):
    engine = Engine()
    cases = list(cases_of(ROOT / "tests/conversations" / (stem + ".txt")))
    for name, lines in cases:
        play(engine, name, lines)
    note(f"{len(cases)} cases")


@tap.case("most of the conversations are among those replayed")
def enough():
    count = sum(len(list(cases_of(path))) for path in FILES)
    note(f"{count} cases in {len(FILES)} files")
    check(count >= 120, count)


# ---- the order of commands, cell by cell -------------------------------------------------

LINES = {
    "HELO": "HELO c.example", "EHLO": "EHLO c.example", "MAIL": "MAIL FROM:<a@example.org>", "RCPT": "RCPT TO:<b@example.net>",
    "DATA": "DATA", "BDAT": "BDAT 2\r\nhi", "BDAT-LAST": "BDAT 2 LAST\r\nhi", "RSET": "RSET", "NOOP": "NOOP",
    "VRFY": "VRFY b@example.net", "EXPN": "EXPN all", "HELP": "HELP", "QUIT": "QUIT", "FOOB": "FOOB",
}
WAYS = {
    "G": [], "H": ["HELO"], "E": ["EHLO"], "M0": ["EHLO", "MAIL"], "P": ["EHLO", "MAIL", "RCPT"],
    "B": ["EHLO", "MAIL", "RCPT", "BDAT"], "F": ["EHLO", "MAIL", "BDAT"],
}


def matrix():
    for line in (ROOT / "tests/model/matrix.csv").read_text().splitlines()[1:]:
        state, command, code, enhanced, after, rule, _ = line.split(",", 6)
        # behind a refused chunk the matrix has a chunk that was too large
        if state in WAYS and command in LINES and (state, command[:4]) != ("F", "BDAT"):
            yield state, command, code, after


def send(engine, command):
    end = "" if command.startswith("BDAT") else "\r\n"
    return engine.feed(LINES[command] + end)


@tap.case("every cell of the matrix that can be had without settings has its code and its phase", timeout=120)
def cells():
    engine, count = Engine(), 0
    for state, command, code, after in matrix():
        engine.open("mx")
        for step in WAYS[state]:
            send(engine, step)
        before, allowed = engine.reports[-1], engine.reports[-1]["allowed"]
        equal(before["letter"], state[0], f"{state} is reached")
        report = send(engine, command)
        replies = [line for line in report["lines"] if line["kind"] == "reply"]
        equal(str(replies[-1]["code"]), code, f"{state} {command}: code")
        equal(report["letter"], after[0], f"{state} {command}: phase")
        if command in allowed:
            check(replies[-1]["code"] != 503, f"{state} {command} is allowed and was refused")
        count += 1
    note(f"{count} cells")
    check(count >= 90, count)


# ---- what the page shows ------------------------------------------------------------------


@tap.case("a refused command is explained, in the language asked for, with the way to it")
def explained():
    engine = Engine()
    for language, word in ((ENGLISH, "MAIL FROM was left out"), (JAPANESE, "抜けている")):
        engine.open("test", language)
        engine.feed("EHLO c.example\r\n")
        last = engine.feed("DATA\r\n")["lines"][-1]
        equal((last["code"], last["name"], last["cause"], last["command"]), (503, "no-mail", "mail-missing", "DATA"))
        equal(last["way"], ["MAIL", "RCPT"], "way")
        check(word in last["why"] and last["fix"], last)
    last = engine.feed("NONSENSE\r\n")["lines"][-1]
    check("way" not in last and last["fix"], last)


@tap.case("every way the module proposes is accepted when it is gone")
def gone():
    engine = Engine()
    tried = 0
    for state, command, _, _ in list(matrix()):
        engine.open("mx")
        for step in WAYS[state]:
            send(engine, step)
        last = send(engine, command)["lines"][-1]
        for step in last.get("way", []):
            equal(send(engine, step)["lines"][-1]["code"], 250, f"{state} {command}: {step}")
        if "way" in last:
            check(send(engine, command)["lines"][-1]["code"] < 400, f"{state} {command} behind its way")
            tried += 1
    check(tried >= 20, tried)


@tap.case("secrets are in no report")
def secrets():
    engine = Engine()
    engine.open()
    engine.feed("EHLO c.example\r\n")
    report = engine.feed("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n")
    check("AGFubg" not in json.dumps(report), report)
    equal((report["lines"][0]["hidden"], report["lines"][-1]["code"]), (16, 235))
    equal(engine.feed("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n")["lines"][-1]["code"], 503, "a second login")


@tap.case("a report is JSON whatever the client sent, and however much")
def hostile():
    engine = Engine()
    engine.open("test", JAPANESE)
    for octets in (b"\x00\xff\"\\<&\x1b[31m\xe2\x80\xae\r\n", b"x" * 40000 + b"\r\n", b"\r\n" * 3000):
        engine.open("test", JAPANESE)
        engine.feed(octets)
    engine.open("test")
    engine.feed("EHLO c.example\r\n")
    message = "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n.\r\n"
    report = engine.feed(message * 450)
    equal((report["phase"], report["is_cut"]), ("ehlo", True))


@tap.case("half a line waits for the rest")
def halves():
    engine = Engine()
    engine.open()
    equal(engine.feed("EHLO c.ex")["lines"], [])
    equal(engine.feed("ample\r\nMAIL FROM:<a@exam")["phase"], "ehlo")
    equal(engine.feed("ple.org>\r\n")["phase"], "mail")


@tap.case("a chunk of BDAT and content are announced as what comes next")
def takes():
    engine = Engine()
    equal(engine.open()["takes"], "command")
    engine.feed("EHLO c.example\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\n")
    report = engine.feed("BDAT 10\r\n")
    equal((report["takes"], report["chunk"]), ("chunk", 10))
    equal(engine.feed("1234")["chunk"], 6)
    equal(engine.feed("567890")["takes"], "command")
    equal(engine.feed("RSET\r\nAUTH LOGIN\r\n")["takes"], "login")
    engine.feed("YW5u\r\nYW5u\r\n")
    engine.feed("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\n")
    equal(engine.feed("DATA\r\n")["takes"], "content")
    equal(engine.feed(".\r\nQUIT\r\n")["takes"], "nothing")


@tap.case("the picture is well-formed, walks along, and has an edge for every change of phase")
def picture():
    engine = Engine()
    engine.open("test", JAPANESE)
    changes = set()
    for line in ("EHLO c.example", "AUTH LOGIN", "YW5u", "YW5u", "HELO c.example", "EHLO c.example",
                 "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.net>", "BDAT 0", "BDAT 0 LAST", "MAIL FROM:<a@example.org>",
                 "RCPT TO:<b@example.net>", "DATA", ".", "MAIL FROM:<a@example.org>", "RSET", "DATA", "QUIT"):
        report = engine.feed(line + "\r\n")
        tree = xml.etree.ElementTree.fromstring(engine.diagram())
        equal([g.get("data-phase") for g in tree.iter(SVG + "g") if "current" in g.get("class", "").split()],
              [report["phase"]], line)
        missing = [g.get("data-commands") for g in tree.iter(SVG + "g") if "missing" in g.get("class", "").split()]
        equal(missing, ["MAIL"] if report["lines"][-1].get("way") else [], line)
        changes |= {(entry["before"], entry["after"]) for entry in report["lines"] if entry["before"] != entry["after"]}
    edges = {(g.get("data-from"), g.get("data-to")) for g in tree.iter(SVG + "g") if g.get("data-from")}
    check(len(changes) >= 12, changes)
    equal(sorted(changes - edges), [], "changes without an edge")


# ---- the page ------------------------------------------------------------------------------

WORDS = """
import { words, linesToSend } from %s;
console.log(JSON.stringify([words, linesToSend("S: 220 x\\r\\nC: EHLO a\\nS: 250 y\\nC: QUIT\\n"), linesToSend("EHLO a\\nQU")]));
"""


@tap.case("the words of the page stand in both languages, and pasted conversations lose the server's lines")
def page(folder):
    module = pathlib.Path(folder) / "try.mjs"  # by this name it is a module to any node
    shutil.copy(ROOT / "ui/try.js", module)
    script = WORDS % json.dumps(module.as_uri())
    source = (ROOT / "ui/try.js").read_text(encoding="utf-8")
    done = subprocess.run(["node", "--input-type=module", "-e", script],
                          capture_output=True, text=True, check=False)
    equal(done.returncode, 0, done.stderr)
    words, conversation, plain = json.loads(done.stdout)
    equal(sorted(words["en"]), sorted(words["ja"]), "keys")
    for key in words["en"]:
        check(words["en"][key] and words["ja"][key], key)
        equal("%1" in words["en"][key], "%1" in words["ja"][key], key)
        used = re.search(rf"'{key}'", source.split("/* ---- the engine", 1)[1]) or key in (*PROFILES, "means")
        check(used, f"nobody uses the words {key}")
    equal(conversation, ["EHLO a", "QUIT", ""])
    equal(plain, ["EHLO a", "QU"])


@tap.case("the page loads nothing from elsewhere and has no script or style in it")
def strict():
    html = (ROOT / "ui/try.html").read_text(encoding="utf-8")
    check("<noscript>" in html and "default-src 'none'" in html)
    equal(re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", html), [], "inline")
    for name in ("try.html", "try.js", "try.css"):
        text = (ROOT / "ui" / name).read_text(encoding="utf-8")
        equal(re.findall(r"https?://(?!www\.w3\.org/2000/svg)[^\s\"']+|@import|url\(", text), [], name)


tap.main()
