#!/usr/bin/env python3
"""explain, compare, codes, and what play and sessions say: forms, languages, statuses, nothing raw on a terminal."""

import contextlib
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import time
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import IS_SANITIZED, PROGRAM, ROOT, Server, postern, run
from tap import check, equal, note, poll
from wire import Wire

BUILD = pathlib.Path(os.environ.get("POSTERN_BUILD") or ROOT / "build")
CATALOG = ROOT / "catalog"
JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
PASTE = b"""S: 220 mx.example.net ESMTP Postfix
C: EHLO c.example.org
S: 250 mx.example.net
C: MAIL FROM:<a@example.org>
S: 250 2.1.0 Ok
C: MAIL FROM:<b@example.org>
S: 503 5.5.1 Error: nested MAIL command
"""


def english(*words, **more):
    return run(*words, "--lang", "en", **more)


def said(done, status=0):
    """Standard output as text, after a look at the exit status and standard error."""
    equal(done.returncode, status, f"exit of {' '.join(done.args[1:])}: {done.stderr.decode()}")
    equal(done.stderr, b"", "on standard error")
    return done.stdout.decode("utf-8")


def refused(words, sentence, status=2, **more):
    """The program says one line on standard error, nothing else, and ends with status."""
    done = run(*words, **more)
    text = done.stderr.decode("utf-8")
    equal((done.returncode, done.stdout), (status, b""), f"{words}: {text}")
    check(re.fullmatch(r"postern: .+\n", text) and sentence in text, f"{words}: {text!r} without {sentence!r}")


def slugs():
    return re.findall(r"^cause: (.+)$", (CATALOG / "causes.txt").read_text(encoding="utf-8"), re.MULTILINE)


def firsts(key, name):
    return re.findall(rf"^{key}: (.+)$", (CATALOG / name).read_text(encoding="utf-8"), re.MULTILINE)


# ---- what may be asked ------------------------------------------------------------------


FORMS = [
    ("a reply code", ["503"], "503  Bad sequence of commands\n"),
    ("an enhanced code", ["5.5.1"], "5.5.1  Invalid command\n"),
    ("a code of a vendor", ["5.7.606"], "5.7.606  "),
    ("a verb", ["MAIL"], "MAIL  Command\n"),
    ("a verb in small letters", ["mail"], "MAIL  Command\n"),
    ("an EHLO keyword", ["CHUNKING"], "CHUNKING  Extension\n"),
    ("a keyword in small letters", ["size"], "SIZE  Extension\n"),
    ("a cause", ["nested-mail"], "nested-mail  MAIL while a transaction is open\n"),
]


@tap.table("{0} is explained by its page", FORMS)
def page(_, words, beginning):
    text = said(english("explain", *words))
    check(text.startswith(beginning), text[:200])


@tap.case("both codes of a reply are explained by both pages, as one word or as two")
def both_codes():
    for words in (["503 5.5.1"], ["503", "5.5.1"]):
        text = said(english("explain", *words))
        check(text.startswith("503  Bad sequence of commands\n") and "\n5.5.1  Invalid command\n" in text, text)
        lines = said(english("explain", "--json", *words)).splitlines()
        equal([json.loads(line).get("code") for line in lines][:1], [503])
        equal([json.loads(line).get("enhanced") for line in lines][1:], ["X.5.1"])


@tap.case("a reply line and an error message are diagnosed, quoted or as words")
def texts():
    for words in (["503 5.5.1 Error: nested MAIL command"], "503 5.5.1 Error: nested MAIL command".split(),
                  ["smtplib.SMTPSenderRefused: (503, b'5.5.1 Error: nested MAIL command', 'a@example.org')"]):
        equal(json.loads(said(english("explain", "--json", *words)))["cause"], "nested-mail", words)
        text = said(english("explain", *words))
        check("nested-mail" in text and "503" in text, text)


@tap.case("a file, standard input, --file and --file - give the same answer")
def sources(folder):
    path = folder / "paste.txt"
    path.write_bytes(PASTE)
    answers = [said(english("explain", path)), said(english("explain", "--file", path)),
               said(english("explain", "-f", path)), said(english("explain", input=PASTE)),
               said(english("explain", "-f", "-", input=PASTE)), said(english("explain", "--file=-", input=PASTE))]
    equal(set(answers), {answers[0]}, "answers")
    check("nested-mail" in answers[0] and "\u25b6 S: 503" in answers[0], answers[0])


@tap.case("forms go before files, a file before a verb; a paste may have CRLF, and no line end at all")
def order(folder):
    for name in ("503", "MAIL"):
        (folder / name).write_bytes(PASTE)
    check(said(english("explain", "503", cwd=folder)).startswith("503  "), "the code")
    check("nested-mail" in said(english("explain", "MAIL", cwd=folder)), "the file")
    lines = [json.loads(said(english("explain", "--json", input=paste)))
             for paste in (PASTE, PASTE.replace(b"\n", b"\r\n"), PASTE.rstrip(b"\n"))]
    equal([(a["cause"], a["line"]) for a in lines], [("nested-mail", 7)] * 3)


@tap.case("the answer is for people: conversation with the fault marked, verdict, cause, why, who, fix")
def answer():
    text = said(english("explain", input=PASTE))
    for word in ("C: MAIL FROM:<b@example.org>", "\u25b6 S: 503 5.5.1", "Verdict", "Cause", "Why", "Who must act",
                 "What to do", "nested-mail, ", "line 7: 503 5.5.1", "RFC 5321"):
        check(word in text, f"{word}: {text}")
    equal(text.count("\u25b6"), 1, "marks")


@tap.table("--every-line puts a sentence below each line of the conversation ({0})", [("en",), ("ja",)])
def every_line(language):
    text = said(run("explain", "-e", "--lang", language, input=PASTE))
    equal(text, said(run("explain", "--every-line", "--lang", language, input=PASTE)))
    lines = text.split("\n\n")[0].split("\n")
    spoken = [i for i, line in enumerate(lines) if re.match(r" +\d+ [ \u25b6] [CS]: ", line)]
    equal(len(spoken), 7, f"lines of the conversation in {text}")
    for i in spoken:
        below = lines[i + 1] if i + 1 < len(lines) else ""
        check(re.match(r" {11}\S", below), f"below {lines[i]!r}: {below!r}")
        equal(bool(JAPANESE.search(below)), language == "ja", f"language of {below!r}")


@tap.case("--json is one object a line, whatever is asked")
def json_lines(folder):
    (folder / "paste.txt").write_bytes(PASTE)
    for words, keys in ((["503"], ["code", "name", "means"]), (["5.7.1"], ["enhanced", "name"]),
                        (["CHUNKING"], ["extension"]), (["MAIL"], ["command"]), (["nested-mail"], ["cause", "name"]),
                        (["503 nested MAIL"], ["cause", "step"]), ([folder / "paste.txt"], ["cause", "evidence"])):
        lines = said(english("explain", "--json", *words)).splitlines()
        equal(len(lines), 1, f"lines for {words}")
        check(all(key in json.loads(lines[0]) for key in keys), f"{words}: {lines[0]}")


@tap.case("a long conversation is shown at its beginning and around the fault, --every-line shows all of it")
def long_conversation():
    paste = b"".join(b"C: NOOP\nS: 250 2.0.0 Ok number %d\n" % n for n in range(60)) + PASTE.split(b"\n", 1)[1]
    text = said(english("explain", input=paste))
    check("Ok number 1\n" in text and "\u25b6 S: 503" in text and "Ok number 30\n" not in text, text)
    check("Ok number 30\n" in said(english("explain", "-e", input=paste)), "a line is left out")


# ---- exit statuses -------------------------------------------------------------------------


@tap.case("a text without SMTP is exit 1, and says what to paste; so is an empty one")
def nothing():
    for paste in (b"", b"\n\n", b"the weather is fine today\n", b"\0" * 100, b"\xff" * 100):
        text = said(english("explain", input=paste), 1)
        check("No SMTP" in text and "What to do" in text, text)
        done = json.loads(said(english("explain", "--json", input=paste), 1))
        equal((done["cause"], done["evidence"], done["alternatives"]), (None, [], []))
    said(english("explain", "good morning"), 1)
    check(JAPANESE.search(said(run("explain", "--lang", "ja", input=b""), 1)), "in Japanese")


WRONG = [
    (["explain", "593"], "no code 593; nearest: 503, 553"),
    (["explain", "593", "5.5.1"], "no code 593; nearest: 503, 553"),
    (["explain", "503", "5.99.99"], "no enhanced code 5.99.99"),
    (["explain", "5.99.99"], "no enhanced code 5.99.99; 'postern codes --enhanced' lists them\n"),
    (["explain", "999"], "no code 999"),
    (["explain", "--every-lin3"], "--every-lin3: no such option"),
    (["explain", "--jsn"], "--jsn: no such option: did you mean --json?\n"),
    (["explain", "-x"], "-x: no such option"),
    (["explain", "--lang", "de", "503"], '"de" is not valid; use en or ja'),
    (["explain", "--lang"], "the argument is missing"),
    (["explain", "--color", "pink", "503"], '"pink" is not valid; use auto, always or never'),
    (["explain", "-f", "-", "503"], "cannot be combined: give one of them\n"),
    (["compare", "250"], "two codes are expected"),
    (["compare", "250", "503", "550"], "two codes are expected"),
    (["compare", "250", "593"], "no code 593; nearest: 503, 553"),
    (["compare", "abc", "503"], "no code abc"),
    (["compare", "--lang", "fr", "250", "503"], '"fr" is not valid; use en or ja'),
    (["compare", "--every-line", "250", "503"], "no such option"),
    (["codes", "one", "two"], "one WORD is expected"),
    (["codes", "--class", "7"], "--class"),
    (["codes", "--class", "x"], "--class"),
    (["codes", "--causes", "--enhanced"], "one list at a time"),
    (["codes", "--lang", "JA"], '"JA" is not valid; use en or ja'),
    (["play", "--lang", "de"], '"de" is not valid; use en or ja'),
    (["play", "503"], "takes no operands"),
    (["sessions", "show", "--lang", "de", "latest"], '"de" is not valid; use en or ja'),
]


@tap.case("wrong usage is exit 2 and one line that says what is wrong")
def wrong_usage():
    for words, sentence in WRONG:
        refused(words, sentence)


@tap.case("a file that is missing and a folder in its place are exit 1 and one line")
def no_file(folder):
    refused(["explain", "--file", folder / "none.txt"], "none.txt: cannot read it: No such file", 1)
    refused(["explain", "--file", folder], "cannot read it", 1)
    refused(["explain", folder], "cannot read it", 1)


@tap.case("--help is a page of its own for each command, exit 0")
def help_pages():
    for command in ("explain", "compare", "codes"):
        text = said(run(command, "--help"))
        check(text.startswith(f"Usage: postern {command} ") and "--lang" in text and "--json" in text, text)
    check("Exit status: 0 explained, 1 nothing" in said(run("explain", "--help")), "statuses")


# ---- languages -----------------------------------------------------------------------------


LOCALES = [
    ({"LC_ALL": "ja_JP.UTF-8", "LC_MESSAGES": "C", "LANG": "en_US.UTF-8"}, [], "ja"),
    ({"LC_ALL": "C", "LC_MESSAGES": "ja_JP.UTF-8", "LANG": "ja_JP.UTF-8"}, [], "en"),
    ({"LC_ALL": "", "LC_MESSAGES": "ja_JP.UTF-8", "LANG": "C"}, [], "ja"),
    ({"LC_ALL": "", "LC_MESSAGES": "en_GB.UTF-8", "LANG": "ja_JP.UTF-8"}, [], "en"),
    ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja_JP.eucJP"}, [], "ja"),
    ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja"}, [], "ja"),
    ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_DE.UTF-8"}, [], "en"),
    ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, [], "en"),
    ({"LC_ALL": "ja_JP.UTF-8", "LC_MESSAGES": "ja", "LANG": "ja"}, ["--lang", "en"], "en"),
    ({"LC_ALL": "C", "LC_MESSAGES": "C", "LANG": "C"}, ["--lang", "ja"], "ja"),
    ({"LC_ALL": "C", "LC_MESSAGES": "C", "LANG": "C"}, ["--lang", "en", "--lang", "ja"], "ja"),
]


@tap.case("LC_ALL, LC_MESSAGES and LANG choose the language in that order, --lang wins over them")
def language():
    asked = (["explain", "503"], ["explain", "--json", "nested-mail"], ["explain"], ["compare", "250", "503"],
             ["codes", "--causes"], ["codes", "--class", "2"])
    for env, options, wanted in LOCALES:
        for words in asked:
            text = said(run(*words, *options, env=env, input=PASTE))
            equal("ja" if JAPANESE.search(text) else "en", wanted, f"language of {words} {options} with {env}")


# ---- the terminal ----------------------------------------------------------------------------


def on_terminal(*words, env=None, input=PASTE):
    """The program with a terminal as its standard output; what arrived there."""
    master, slave = pty.openpty()
    process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.PIPE, stdout=slave, stderr=subprocess.PIPE,
                               env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "NO_COLOR": "", **(env or {})})
    os.close(slave)
    with contextlib.suppress(BrokenPipeError), process.stdin:  # not every command reads it
        process.stdin.write(input)
    out = b""
    try:
        while piece := os.read(master, 65536):
            out += piece
    except OSError:  # the other side is closed
        pass
    os.close(master)
    process.stderr.close()
    equal(process.wait(20), 0, f"exit of {words}")
    return out


@tap.case("a terminal gets colours; NO_COLOR, TERM=dumb, --color never and a pipe give no escape sequence")
def colours():
    for words in (["explain", "503"], ["explain"], ["compare", "250", "503"]):
        check(b"\x1b[" in on_terminal(*words), f"{words}: no colours on a terminal")
        for env, options in (({"NO_COLOR": "1"}, []), ({"TERM": "dumb"}, []), ({}, ["--color", "never"])):
            out = on_terminal(*words, *options, env=env)
            check(len(out) > 300 and b"\x1b" not in out, f"{words} {options} {env}: {out[:200]!r}")
        check(b"\x1b" not in run(*words, input=PASTE, env={"TERM": "xterm"}).stdout, f"{words} into a pipe")


@tap.case("--color always colours a pipe too, whatever NO_COLOR and TERM say, and each colour is ended")
def always():
    for words in (["explain", "503"], ["explain"], ["explain", "-e"], ["compare", "250", "503"], ["codes", "mail"]):
        done = run(*words, "--color", "always", "--lang", "en", input=PASTE, env={"NO_COLOR": "1", "TERM": "dumb"})
        plain = english(*words, input=PASTE).stdout
        check(words[0] == "codes" or b"\x1b[" in done.stdout, f"{words}: no colours")
        equal(re.sub(rb"\x1b\[\d*m", b"", done.stdout), plain, f"{words} without its colours")
        for line in done.stdout.split(b"\n"):
            found = re.findall(rb"\x1b\[(\d*)m", line)
            check(not found or words == ["explain", "-e"] or found[-1] == b"0", f"{words}: open at the end of {line!r}")
    check(b"\x1b" not in run("explain", "--json", "--color", "always", input=PASTE).stdout, "JSON has no colours")


# What must never reach a terminal as it is, by what it does there.
HOSTILE = [b"\x1b[31m", b"\x1b]0;title\x07", b"\x1b[2J\x1b[H", b"\x1bP1$r\x1b\\", b"\x9b31m", b"\xc2\x9b31m",
           b"\xc2\x90x\xc2\x9c", b"\xc2\x85", b"\xe2\x80\xae", b"\xe2\x80\xad", b"\xe2\x80\xaa", b"\xe2\x81\xa6",
           b"\xe2\x81\xa9", b"\xe2\x80\x8e", b"\xe2\x80\x8f", b"\xd8\x9c", b"\xe2\x80\xa8", b"\xe2\x80\xa9",
           b"\xef\xbb\xbf", b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe3\x81", b"\0", b"\x07",
           b"\x08\x08\x08", b"\x7f", b"\r", b"\x0b\x0c", b"\x0e", b"\x05"]
# Where it stands in a paste.
PLACES = [
    b"220 mx.example.net ESMTP %s Postfix\nEHLO c%s.example\n250-mx\n250-SIZE %s 1000\n250-%s\n250 HELP\n"
    b"MAIL FROM:<a%s@example.org> SIZE=%s\n250 2.1.0 Ok\nDATA\n503 5.5.1 Error: need RCPT %s command\n",
    b"C: EHLO %s\nS: 250 AUTH PLAIN %s\nC: AUTH PLAIN %s\nS: 535 5.7.8 %s Error: authentication failed\n",
    b"C: MAIL FROM:<a@example.org>\nS: 250 Ok\nC: RCPT TO:<b@example.net>\nS: 250 Ok\nC: DATA\nS: 354 go\n%s\n.\n"
    b"S: 250 2.0.0 Ok: queued as 4F%s2A\n",
    b"Nov 25 10:00:00 m%sx postfix/smtp[%s]: 4F2A: to=<%s@example.net>, relay=mx%s, dsn=5.1.1, status=bounced "
    b"(host mx said: 550 5.1.1 User %s unknown (in reply to RCPT TO command))\n",
    b"%sTraceback%s\nsmtplib.SMTPRecipientsRefused: {'b%s@example.net': (550, b'5.7.1 Relaying %s denied')}\n",
    b"%s503 5.5.1 %s nested MAIL%s\n",
    b"503%s 5.5.1%s Bad %s sequence\n",
]
BIDI = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def raw_in(octets):
    """The first thing in what was written that a terminal would act on; None if there is nothing."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"no UTF-8: {octets[max(0, error.start - 20):error.start + 10]!r}"
    for i, c in enumerate(text):
        if (ord(c) < 0x20 and c != "\n") or 0x7f <= ord(c) < 0xa0 or c in BIDI:
            return f"U+{ord(c):04X} in {text[max(0, i - 20):i + 10]!r}"
    return None


def never_raw(*options):
    wrong, asked = [], 0
    for place in PLACES:
        for hostile in HOSTILE:
            done = run("explain", *options, input=place.replace(b"%s", hostile))
            asked += 1
            check(done.returncode in (0, 1), f"exit {done.returncode} for {hostile!r}: {done.stderr!r}")
            out = done.stdout
            if "always" in options:
                out = re.sub(rb"\x1b\[(0|1|2|31|32|33|35|36)m", b"", out)
            found = raw_in(out) or raw_in(done.stderr)
            if found:
                wrong.append(f"{hostile!r} in {place[:30]!r}: {found}")
    for line in wrong[:20]:
        note("  " + line)
    check(not wrong, f"{len(wrong)} of {asked} pastes reach the output raw")


@tap.table("controls, escape sequences, bidi overrides and bad UTF-8 of a paste are never shown raw: explain {0}",
           [("--lang en",), ("--lang ja",), ("--every-line --lang en",), ("--every-line --lang ja",),
            ("--color always",)])
def hostile_shown(options):
    never_raw(*options.split())


@tap.case("controls, bidi overrides and bad UTF-8 of a paste are not raw in JSON either")
def hostile_json():
    never_raw("--json")


@tap.case("words of the command line are not shown raw: not in an answer, not in a complaint")
def hostile_words():
    wrong = []
    words = [h for h in HOSTILE if b"\0" not in h]
    for hostile in words:
        for command in ([b"explain", b"503 5.5.1 nested " + hostile + b" MAIL"], [b"explain", hostile + b"503"],
                        [b"compare", b"250", b"503" + hostile], [b"codes", b"zz" + hostile],
                        [b"explain", b"--file", b"/none/" + hostile], [b"explain", b"--lang", hostile],
                        [b"explain", b"--" + hostile]):
            done = subprocess.run([os.fsencode(PROGRAM), *command], input=b"", capture_output=True, timeout=20,
                                  check=False)
            found = raw_in(done.stdout) or raw_in(done.stderr)
            if found:
                wrong.append(f"{b' '.join(command)!r}: {found}")
    for line in wrong[:20]:
        note("  " + line)
    check(not wrong, f"{len(wrong)} outputs")


# ---- tables ----------------------------------------------------------------------------------


def width(text):
    """The columns a text takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cells(line):
    """(column, character) of each character of a line."""
    column, found = 0, []
    for c in line:
        found.append((column, c))
        column += width(c)
    return found


def look_at_table(text, columns, heading):
    """The third column begins at one display column in all rows, and no line is too wide."""
    lines = text.split("\n")
    equal(lines[0].split(), heading, "heading")
    second, third = (width(lines[0][:lines[0].rindex(word)]) for word in heading)
    rows = lines[1:lines.index("")]
    check(len(rows) > 10, "rows")
    filled = 0
    for line in rows:
        at = dict(cells(line))
        for begin in (second, third):
            check(at.get(begin - 1, " ") == " ", f"something stands before column {begin}: {line!r}")
            check(width(line) <= begin or begin in at, f"a character lies across column {begin}: {line!r}")
        behind = [column for column, c in cells(line) if column >= third and c != " "]
        between = [column for column, c in cells(line) if second <= column < third and c != " "]
        check(not behind or behind[0] == third, f"the third cell begins at column {behind[:1]}, not {third}: {line!r}")
        check(not between or between[0] == second, f"the second cell begins at {between[:1]}, not {second}: {line!r}")
        filled += bool(behind)
    check(filled > 10, "the third column is hardly filled")
    for line in lines:
        check(width(line) <= columns, f"{width(line)} columns, not {columns}: {line!r}")


PAIRS = [("250", "503"), ("421", "554"), ("354", "550"), ("450", "451")]


@tap.table("the table of compare lines up and is no wider than {0} columns ({1})",
           [(columns, language) for columns in (80, 100, 60) for language in ("ja", "en")])
def tables(columns, language):
    for pair in PAIRS:
        text = said(run("compare", *pair, "--lang", language, env={"COLUMNS": str(columns)}))
        look_at_table(text, columns, list(pair))


@tap.case("pages are no wider than the terminal, in both languages")
def widths():
    for columns in (60, 80, 100):
        for language in ("en", "ja"):
            for words in (["503"], ["550"], ["5.7.1"], ["CHUNKING"], ["MAIL"], ["nested-mail"], ["503 nested MAIL"]):
                text = said(run("explain", *words, "--lang", language, env={"COLUMNS": str(columns)}))
                for line in text.split("\n"):
                    check(width(line) <= columns, f"{words} {language}: {width(line)} columns, not {columns}: {line!r}")


# ---- large pastes --------------------------------------------------------------------------------


def peak(words, stdin):
    """Run the program; its exit status, the most memory it held in octets, its output."""
    out = stdin.with_suffix(".out")
    with open(stdin, "rb") as source, open(out, "wb") as sink:
        process = subprocess.Popen([PROGRAM, *map(str, words)], stdin=source, stdout=sink, stderr=subprocess.PIPE)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    complaint = process.stderr.read()
    process.stderr.close()
    equal(complaint, b"", "on standard error")
    return process.returncode, usage.ru_maxrss * 1024, out


def write_log(out):
    line = ("Nov 25 10:00:%02d mx postfix/smtpd[%d]: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 450 4.2.0 "
            "<a@example.net>: Recipient address rejected: Greylisted; from=<b@example.org> proto=ESMTP helo=<h>\n")
    for n in range(70000):
        out.write((line % (n % 60, n % 3000)).encode())


def write_line(out):
    out.write(b"503 5.5.1 Error: ")
    for _ in range(600000):
        out.write(b"nested MAIL command ")


def write_nuls(out):
    for _ in range(10):
        out.write(b"\0" * 1000000)


def write_session(out):
    for n in range(180000):
        out.write(b"C: MAIL FROM:<a%d@example.org>\nS: 250 2.1.0 Ok\nC: RSET\nS: 250 Ok\n" % n)
    out.write(PASTE)


LARGE = [("a long log", write_log), ("one huge line", write_line), ("nothing but NULs", write_nuls),
         ("a very long session", write_session)]


@tap.table("a paste of 10 MB and more - {0} - is answered in bounded memory", LARGE, timeout=120)
def large(folder, _, write):
    path = folder / "paste"
    with open(path, "wb") as out:
        write(out)
    size = path.stat().st_size
    check(size >= 10_000_000, size)
    for words in (["explain", "--file", path], ["explain"], ["explain", "--json"], ["explain", "--every-line"]):
        start = time.monotonic()
        status, memory, out = peak(words, path)
        note(f"{' '.join(map(str, words[1:])) or 'standard input'}: {size / 1e6:.1f} MB, exit {status}, "
             f"{memory / 1e6:.1f} MB, {time.monotonic() - start:.1f} s, {out.stat().st_size} octets of output")
        check(status in (0, 1), f"exit {status}")
        check(IS_SANITIZED or memory < 64 * 1024 * 1024 + size, f"{memory} octets for a paste of {size}")


# ---- the library's example ------------------------------------------------------------------------


@tap.case("the example program runs on a case, names its cause, and is short")
def example():
    program = BUILD / "docs" / "examples" / "example_explain"
    done = subprocess.run([program], input=PASTE, capture_output=True, timeout=20, check=False)
    equal((done.returncode, done.stderr), (0, b""))
    check(re.search(rb"^cause +nested-mail$", done.stdout, re.MULTILINE), done.stdout)
    for case in sorted((ROOT / "tests" / "explain" / "cases").glob("*-smtplib*/input.txt")):
        done = subprocess.run([program], input=case.read_bytes(), capture_output=True, timeout=20, check=False)
        cause = json.loads(english("explain", "--json", case).stdout)["cause"]
        check(f"cause    {cause}\n" in done.stdout.decode(), f"{case.parent.name}: {cause}: {done.stdout!r}")
    equal(subprocess.run([program], input=b"", capture_output=True, timeout=20, check=False).returncode, 1, "nothing")
    lines = (ROOT / "docs" / "examples" / "explain.c").read_text(encoding="utf-8").splitlines()
    check(len(lines) <= 60, f"{len(lines)} lines")


@tap.case("the example server receives mail for its domain, relays for nobody, and says durable=none")
def example_server():
    steps = ((None, "220 "), ("EHLO c.example", "250 "), ("MAIL FROM:<ann@example.org>", "250 2.1.0 "), ("DATA", "503 5.5.1 "),
             ("RCPT TO:<bob@elsewhere.example>", "550 5.7.1 "), ("RCPT TO:<bob@example.net>", "250 2.1.5 "), ("DATA", "354 "),
             ("Subject: Hello\r\n\r\n..It works.\r\n.", "250 2.0.0 Ok: queued as 1 durable=none"), ("QUIT", "221 "))
    with subprocess.Popen([BUILD / "docs" / "examples" / "example_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as server:
        for line, expected in steps:
            if line is not None:
                server.stdin.write(line.encode() + b"\r\n")
                server.stdin.flush()
            reply = server.stdout.readline().decode()
            while reply[3:4] == "-":
                reply = server.stdout.readline().decode()
            check(reply.startswith(expected), f"{line}: {reply}")
        message = server.communicate(timeout=20)[1]
    equal((message, server.returncode), (b"Subject: Hello\r\n\r\n.It works.\r\n", 0))


# ---- codes ------------------------------------------------------------------------------------------


def rows(*words, status=0):
    """The first words of the rows of a list, without its heading."""
    return [line.split()[0] for line in said(english("codes", *words), status).splitlines()[1:] if line]


def objects(*words):
    return [json.loads(line) for line in said(english("codes", "--json", *words)).splitlines()]


@tap.case("codes lists every code, --class only those of a class, as text and as JSON")
def codes():
    known = sorted(path.stem for path in CATALOG.glob("codes/*.txt"))
    equal(rows(), known)
    equal([str(o["code"]) for o in objects()], known, "JSON")
    for number in "2345":
        wanted = [code for code in known if code[0] == number]
        equal(rows("--class", number), wanted)
        equal(rows("-c", number), wanted)
        equal([str(o["code"]) for o in objects("--class", number)], wanted, "JSON")


@tap.case("codes lists enhanced codes, causes, extensions, commands and wordings, all of them, as text and as JSON")
def lists():
    for option, key, wanted in (("--enhanced", "enhanced", firsts("enhanced", "enhanced.txt")),
                                ("--causes", "cause", slugs()),
                                ("--extensions", "extension", firsts("extension", "extensions.txt")),
                                ("--commands", "command", firsts("command", "commands.txt"))):
        equal(rows(option), wanted, option)
        equal([o[key] for o in objects(option)], wanted, f"{option} --json")
        check(JAPANESE.search(said(run("codes", option, "--lang", "ja"))), f"{option} in Japanese")
    names = [name for path in CATALOG.glob("wordings/*.txt") for name in firsts("wording", path)]
    found = objects("--wordings")
    equal(sorted(o["wording"] for o in found), sorted(names), "wordings")
    equal(len(said(english("codes", "--wordings")).splitlines()), len(names) + 1, "rows of wordings")
    check(all(o["cause"] in slugs() and o["sample"] and o["product"] for o in found), "fields of a wording")


@tap.case("codes WORD searches names and meanings in both languages; a number shows what servers say with it")
def search():
    equal(rows("--causes", "greylist")[:1], ["greylisted"])
    equal([o["enhanced"] for o in objects("--enhanced", "5.7.606")], ["5.7.606"])
    check("greylisted" in said(english("codes", "GREYLIST")), "in small or capital letters")
    check("503" in rows("\u30b3\u30de\u30f3\u30c9\u306e\u9806\u5e8f"), "a Japanese word")
    text = said(english("codes", "503"))
    check("Bad sequence of commands" in text and "Postfix" in text and "nested MAIL command" in text, text[:500])
    found = objects("--wordings", "Postfix")
    check(any(o["product"] == "Postfix" for o in found), "a product")
    check(all("postfix" in (o["product"] + o["sample"]).lower() for o in found), "what has Postfix in it")
    check(all(str(o["code"])[0] == "4" for o in objects("--wordings", "--class", "4")), "a class of wordings")


@tap.case("codes WORD finds as JSON what it finds as text")
def search_json():
    check("nested-mail" in said(english("codes", "nested")), "as text")
    done = english("codes", "--json", "nested")
    check(done.returncode == 0 and b'"nested-mail"' in done.stdout, f"exit {done.returncode}: {done.stderr.decode()}")


@tap.case("codes that finds nothing is exit 1 and says so, with the nearest codes for a number")
def search_nothing():
    refused(["codes", "no such word at all"], 'nothing has "no such word at all" in it', 1)
    refused(["codes", "593"], "nearest: 503, 553", 1)
    refused(["codes", "--causes", "zzzz"], 'nothing has "zzzz" in it', 1)
    refused(["codes", "--json", "zzzz"], 'nothing has "zzzz" in it', 1)


# ---- play, HELP and recorded sessions -----------------------------------------------------------------


def play(*lines, options=()):
    return said(run("play", *options, input="".join(line + "\r\n" for line in lines).encode()))


@tap.case("play says why a 503 came, what to do and its cause, in the language asked for")
def play_explains():
    text = play("EHLO c.example", "DATA", "QUIT", options=["--lang", "ja"])
    found = re.search(r"^S: 503 5\.5\.1 .*\n +理由: (.+)\n +対処: (.+)\n +原因: (\S+)$", text, re.MULTILINE)
    check(found, text)
    check(JAPANESE.search(found.group(1)) and JAPANESE.search(found.group(2)), found.groups())
    equal(found.group(3), "mail-missing")
    text = play("EHLO c.example", "DATA", "QUIT", options=["--lang", "en"])
    found = re.search(r"^S: 503 5\.5\.1 .*\n +Why: .+\n +What to do: .+\n +Cause: mail-missing$", text, re.MULTILINE)
    check(found and not JAPANESE.search(text), text)


@tap.case("HELP 503 tells what was answered with 503 and why; a code nobody got is told in general, an unknown one not")
def play_help():
    text = play("EHLO c.example", "DATA", "HELP 503", "HELP 450", "HELP 999", "QUIT")
    parts = [part for part in re.split(r"^C: ", text, flags=re.MULTILINE) if part.startswith("HELP")]
    equal(len(parts), 3, "answers")
    replies = [re.findall(r"^S: (214)[- ]2\.0\.0 (.*)$", part, re.MULTILINE) for part in parts]
    check(all(replies), f"each is answered with 214: {text}")
    of_503, of_450, of_999 = (" ".join(line for _, line in lines) for lines in replies)
    check("DATA was answered with 503" in of_503 and "MAIL FROM" in of_503 and "mail-missing" in of_503, of_503)
    check("The last error reply of this session, if any, was not 450" in of_450 and "mailbox" in of_450, of_450)
    equal(of_999, "The last error reply of this session, if any, was not 999")


@tap.case("a recorded session with a 503 is explained: for people, as JSON, in Japanese; HELP 503 on the wire too")
def session(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.command("EHLO c.example", 250)
        wire.command("MAIL FROM:<a@example.org>", 250)
        wire.command("MAIL FROM:<b@example.org>", 503, "5.5.1")
        answer = wire.command("HELP 503", 214)
        check("MAIL was answered with 503" in answer.text and "nested-mail" in answer.text, answer)
        wire.command("QUIT", 221)
        wire.expect_closed()
    poll(lambda: server.postern("sessions", "list", "--json"), 10, "the recorded session")
    text = server.postern("sessions", "show", "latest", "--explain", "--lang", "en").decode()
    check("nested-mail, " in text and "\u25b6 S: 503 5.5.1" in text and not JAPANESE.search(text), text)
    text = server.postern("sessions", "show", "latest", "--explain", "--lang", "ja").decode()
    check("nested-mail" in text and len(JAPANESE.findall(text)) > 100, text)
    for language in ("en", "ja"):
        found = json.loads(server.postern("sessions", "show", "latest", "--json", "--explain", "--lang", language))
        equal((found["explain"]["cause"], found["explain"]["code"]), ("nested-mail", 503))
        equal(bool(JAPANESE.search(found["explain"]["fix"])), language == "ja", "language")
        check(len(found["lines"]) > 8 and found["faults"] == 1, found)
    check("explain" not in json.loads(server.postern("sessions", "show", "latest", "--json")), "not asked for")


@tap.case("hostile octets and logins of a recorded session are not shown when it is explained")
def hostile_session(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.command("EHLO c.example", 250)
        wire.command("AUTH PLAIN AHVzZXJAZXhhbXBsZS5jb20Ac2VjcmV0")
        wire.send(b"MAIL FROM:<\x1b[31m\xe2\x80\xae\xc2\x9b\xff@example.org>\r\n")
        wire.reply()
        wire.command("QUIT", 221)
        wire.expect_closed()
    poll(lambda: server.postern("sessions", "list", "--json"), 10, "the recorded session")
    for options in (["--lang", "en"], ["--lang", "ja"], ["--json"]):
        out = server.postern("sessions", "show", "latest", "--explain", *options)
        check(b"AHVzZXJA" not in out, f"{options}: the login is shown")
        check(b"\x1b" not in out, f"{options}: an escape sequence")
        equal(None if "--json" in options else raw_in(out), None, f"{options}: raw")


@tap.case("every refusal of the order of commands has a cause that exists, and every cause in replies.txt does")
def reply_causes():
    text = (CATALOG / "replies.txt").read_text(encoding="utf-8")
    ordered = 0
    for entry in text.split("\n\n"):
        keys = dict(re.findall(r"^([a-z.]+): +(.*)$", entry, re.MULTILINE))
        if "reply" not in keys:
            continue
        check("cause" not in keys or keys["cause"] in slugs(), f"{keys['reply']}: cause {keys.get('cause')}")
        if "id" in keys:
            ordered += 1
            check("cause" in keys, f"{keys['reply']} ({keys['id']}) has no cause")
            check(json.loads(postern("explain", "--json", keys["cause"]))["cause"] == keys["cause"], keys["cause"])
    check(ordered >= 20, f"only {ordered} replies have an id")


@tap.case("a refusal that nothing is known of is still an answer, if a weak one")
def weak():
    for words, cause in (("to=<bob@example.net>, dsn=4.0.0, stat=Def during client DATA 250", "server-local-problem"),
                         ("host said: 5.0.0 Zzz (in reply to MAIL FROM command)", "policy-refusal"),
                         ("C: FOO\nS: 599 Zzz", "policy-refusal")):
        answer = json.loads(run("explain", "--json", input=words.encode()).stdout)
        equal((answer["cause"], answer["certainty"]), (cause, "possible"), words)
        check(answer["evidence"], f"{words}: no evidence")


def cause_of(text):
    return json.loads(run("explain", "--json", input=text.encode()).stdout)["cause"]


DELIVERED = ("S: 220 mx\nC: EHLO x\nS: 250 mx\nC: MAIL FROM:<a@b.c>\nS: 250 ok\nC: RCPT TO:<b@c.d>\nS: 250 ok\n"
             "C: DATA\nS: 354 go\n%s\nC: .\nS: 250 ok\nC: QUIT\nS: 221 bye\n")


@tap.case("what looks like a reply in the message is content, with marks and without: the final dot decides")
def content():
    for line in ("550 5.1.1 user unknown", "421 things", "250 apples", "503", "The code 550 came"):
        marked = DELIVERED % f"C: {line}"
        for text in (marked, marked.replace("C: ", " -> ").replace("S: ", "<-  "),
                     marked.replace("C: ", "> ").replace("S: ", "< "), marked.replace("C: ", "").replace("S: ", "")):
            equal(cause_of(text), "benign-message", text)


@tap.case("a connection that broke is not in order; one that was closed behind QUIT is")
def broken():
    start = "220 mx ESMTP\nEHLO me\n"
    for text in (start + "Connection closed by foreign host.\n", start + "read: Connection reset by peer\n",
                 "<-  220 mx\n -> EHLO me\n<-  250 mx\n -> MAIL FROM:<a@b>\n*** Remote host closed connection "
                 "unexpectedly.\n", "SMTP connect() failed.", "SMTP Error: Could not connect to SMTP host."):
        check(cause_of(text) not in (None, "benign-message"), f"{text}: {cause_of(text)}")
    equal(cause_of("C: STARTTLS\nS: 220 ready\nConnection reset by peer\n"), "tls-negotiation-failed")
    equal(cause_of(DELIVERED % "C: hi" + "Connection closed by foreign host.\n"), "benign-message")


@tap.case("a line that only speaks of SMTP is no SMTP")
def prose():
    for text in ("My SMTP server does not work", "npm install smtp", "import smtplib", "smtp.example.com"):
        equal(cause_of(text), None, text)


@tap.case("a secret does not come out, whoever says it again")
def secrets():
    secret = "AGJvYgBTdXAzclNlY3JldCE="
    for text in (f"C: AUTH {secret}\nS: 501 bad\n", f"C: AUTH PLAIN {secret}\nS: 501 5.5.2 cannot decode {secret}\n",
                 f'C: {secret}\nS: 500 5.5.2 unrecognised command "{secret}"\n',
                 f"SMTP log: AUTH PLAIN {secret} failed: authentication failed",
                 f"10:00 SEND AUTH LOGIN\n10:00 RECV 334 UGFzc3dvcmQ6\n10:00 SEND {secret}\n10:00 RECV 535 no\n",
                 f"220 mx ESMTP EHLO me 250 AUTH LOGIN PLAIN AUTH PLAIN 334 x {secret} 535 5.7.8 no\n"):
        for options in ([], ["-e"], ["--json"]):
            check(secret.encode() not in run("explain", *options, input=text.encode()).stdout, f"{options} {text}")


@tap.case("what was meant is named: full-width digits, a full stop behind, a word nearly right")
def meant():
    for words in ("\uff15\uff10\uff13", "503\u3002"):
        equal(postern("explain", words, "--lang", "en").decode().splitlines()[0], "503  Bad sequence of commands")
    for word, near in (("nested-mai", "nested-mail"), ("MIAL", "MAIL"), ("CHUNKIN", "CHUNKING"), ("5003", "503")):
        done = run("explain", word)
        check(done.returncode == 2 and near in done.stderr.decode(), f"{word}: {done.stderr}")


@tap.case("README.md, docs and manual pages show what the program prints, and their links lead somewhere")
def readme():
    done = subprocess.run([ROOT / "tools" / "readme.py", "--build", BUILD, "--check"], capture_output=True, text=True,
                          timeout=60, check=False)
    equal((done.returncode, done.stderr), (0, ""), done.stdout)
    check(re.fullmatch(r"README\.md, docs: (1\d|2\d) blocks are true\n", done.stdout), done.stdout)


if __name__ == "__main__":
    tap.main()
