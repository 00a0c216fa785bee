#!/usr/bin/env python3
"""The catalog: everything in it is explained in both languages, its conversations are true, its samples are known
again, and what is odd in it is refused when the tree is built."""

import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import ROOT, run
from tap import check, equal, note

CATALOG = ROOT / "catalog"
BUILD = pathlib.Path(os.environ.get("POSTERN_BUILD") or ROOT / "build")
JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
LANGUAGES = ("en", "ja")


def entries(path):
    """The entries of one file (FORMAT.md), each a dictionary; a block is the list of its lines."""
    found, entry, key = [], {}, None
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line:
            found += [entry] if entry else []
            entry, key = {}, None
        elif line.startswith("  "):
            entry[key].append(line[2:])
        elif not line.startswith("#"):
            key, _, value = line.partition(":")
            entry[key] = value[1:] if value else []
    return found


CODES = [e for path in sorted(CATALOG.glob("codes/*.txt")) for e in entries(path)]
ENHANCED = entries(CATALOG / "enhanced.txt")
EXTENSIONS = entries(CATALOG / "extensions.txt")
COMMANDS = entries(CATALOG / "commands.txt")
CAUSES = entries(CATALOG / "causes.txt")
PHRASES = {e["phrase"]: e for e in entries(CATALOG / "phrases.txt")}
LINTS = entries(CATALOG / "lints.txt")
WORDINGS = [e for path in sorted(CATALOG.glob("wordings/*.txt")) for e in entries(path) if "wording" in e]


def each(work, items):
    """Two at a time, the results in order."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, items))


def all_right(work, items, what):
    """work returns what is wrong with an item, or nothing."""
    items = list(items)
    wrong = [w for w in each(work, items) if w]
    for line in wrong[:40]:
        note("  " + line)
    check(not wrong, f"{len(wrong)} of {len(items)} {what}")


def in_language(entry, key, language):
    return entry[key if language == "en" else f"{key}.{language}"]


# ---- every entry is explained --------------------------------------------------------


def explained(what, language, title):
    """Ask for what; the complaint if the page is not as it must be."""
    done = run("explain", what, "--lang", language)
    text = done.stdout.decode("utf-8")
    if done.returncode != 0 or done.stderr:
        return f"{what} {language}: exit {done.returncode}: {done.stderr.decode()}"
    first, empty, *rest = text.split("\n")
    if first != title or empty != "":
        return f"{what} {language}: the title is {first!r}, not {title!r}"
    if (language == "ja") != bool(JAPANESE.search("\n".join(rest))):
        line = next((line for line in rest if JAPANESE.search(line)), "no Japanese")
        return f"{what} {language}: {line}"
    return None


def explained_in_both(pages):
    """pages: what to ask for, and its title by language."""
    jobs = [(what, language, title(language)) for what, title in pages for language in LANGUAGES]
    all_right(lambda job: explained(*job), jobs, "pages")
    note(f"{len(jobs)} pages")


@tap.case("every reply code is explained in English and in Japanese")
def codes():
    check(len(CODES) > 70, "codes")
    explained_in_both((e["code"], lambda lang, e=e: f"{e['code']}  {in_language(e, 'name', lang)}") for e in CODES)


def enhanced_forms(entry):
    """The codes an entry is asked for by: its classes, or its range's ends and a code inside."""
    code = entry["enhanced"]
    if code.startswith("X."):
        return [code] + [f"{c}{code[1:]}" for c in "245"]
    if "to" not in entry:
        return [code]
    head, first = code.rsplit(".", 1)
    last = entry["to"].rsplit(".", 1)[1]
    return [f"{head}.{n}" for n in (int(first), (int(first) + int(last)) // 2, int(last))]


def enhanced_entry(code):
    """Which entry is about code: itself, a range with it, or the one for all classes."""
    head, number = code.rsplit(".", 1)
    for entry in ENHANCED:
        if entry["enhanced"] == code:
            return entry
    for entry in ENHANCED:
        if "to" in entry and entry["enhanced"].rsplit(".", 1)[0] == head and \
                int(entry["enhanced"].rsplit(".", 1)[1]) <= int(number) <= int(entry["to"].rsplit(".", 1)[1]):
            return entry
    return next(e for e in ENHANCED if e["enhanced"] == "X" + code[1:])


@tap.case("every enhanced code is explained in both languages: all classes, the vendors' own, and inside each range")
def enhanced():
    wanted = sorted({code for entry in ENHANCED for code in enhanced_forms(entry)})
    equal({e["enhanced"] for e in ENHANCED} - set(wanted), set(), "not asked for")
    check(sum("to" in e for e in ENHANCED) >= 5 and sum(e["status"] == "vendor" for e in ENHANCED) >= 20, "kinds")
    explained_in_both((code, lambda lang, code=code: f"{code}  {in_language(enhanced_entry(code), 'name', lang)}")
                      for code in wanted)


VERBS = {e["command"] for e in COMMANDS}


def titled(word, phrase):
    return lambda lang: f"{word}  {in_language(PHRASES[phrase], 'text', lang)}"


@tap.case("every extension that is no verb is explained in both languages")
def extensions():
    explained_in_both((e["extension"], titled(e["extension"], "label-extension"))
                      for e in EXTENSIONS if e["extension"] not in VERBS)


@tap.case("every command is explained in both languages")
def commands():
    explained_in_both((e["command"], titled(e["command"], "label-command")) for e in COMMANDS)


@tap.case("a word that is a verb and an EHLO keyword is explained as both")
def verb_and_keyword():
    def look(entry):
        word = entry["extension"]
        for language in LANGUAGES:
            text = "".join(run("explain", word, "--lang", language).stdout.decode().split())
            if "".join(in_language(entry, "means", language).split()) not in text:
                return f"explain {word} --lang {language}: what the extension adds is not told"
        return None
    all_right(look, (e for e in EXTENSIONS if e["extension"] in VERBS), "words")


@tap.case("every cause is explained in both languages")
def causes():
    check(len(CAUSES) > 60, "causes")
    explained_in_both((e["cause"], lambda lang, e=e: f"{e['cause']}  {in_language(e, 'name', lang)}") for e in CAUSES)


@tap.case("the pages hold the texts of the catalog, whole, and as JSON too")
def whole():
    def look(job):
        what, entry, keys, language = job
        text = "".join(run("explain", what, "--lang", language).stdout.decode().split())
        answer = json.loads(run("explain", what, "--lang", language, "--json").stdout)
        for key in keys:
            wanted = in_language(entry, key, language)
            if "".join(wanted.split()) not in text:
                return f"{what} {language}: {key} is not there: {wanted}"
            if answer[key] != wanted:
                return f"{what} {language}: {key} as JSON: {answer[key]!r}"
        return None
    jobs = [(e["code"], e, ("means", "seen", "fix", "server", "client")) for e in CODES]
    jobs += [(e["cause"], e, ("summary", "why", "fix")) for e in CAUSES]
    jobs += [(e["enhanced"], e, ("means", "fix")) for e in ENHANCED]
    all_right(look, [(*job, language) for job in jobs for language in LANGUAGES], "pages")


# ---- pairs -----------------------------------------------------------------------------


def compared(job):
    """Compare two codes; the complaint if that is not as it must be."""
    first, second, language = job
    done = run("compare", first, second, "--lang", language)
    text = done.stdout.decode("utf-8")
    if done.returncode != 0 or done.stderr:
        return f"compare {first} {second}: exit {done.returncode}: {done.stderr.decode()}"
    if text.split("\n")[0].split() != [first, second]:
        return f"compare {first} {second}: the heading is {text.split(chr(10))[0]!r}"
    if (language == "ja") != bool(JAPANESE.search(text)):
        return f"compare {first} {second} --lang {language}: not in that language"
    answer = json.loads(run("compare", first, second, "--lang", language, "--json").stdout)
    if [answer["a"]["code"], answer["b"]["code"]] != [int(first), int(second)]:
        return f"compare {first} {second} --json: other codes"
    for key in ("difference", "use_a", "use_b"):
        if (language == "ja") != bool(JAPANESE.search(answer[key])):
            return f"compare {first} {second} --json: {key}: {answer[key]!r}"
    if "".join(answer["difference"].split()) not in "".join(text.split()):
        return f"compare {first} {second}: the difference is not told: {answer['difference']}"
    return None


@tap.case("every pair of the catalog is compared in both languages, either way round, with its own words")
def pairs():
    def look(job):
        pair, language, is_turned = job
        codes = pair["pair"].split()
        codes = codes[::-1] if is_turned else codes
        wrong = compared((*codes, language))
        if wrong:
            return wrong
        answer = json.loads(run("compare", *codes, "--lang", language, "--json").stdout)
        uses = [answer["use_a"], answer["use_b"]]
        if answer["difference"] != in_language(pair, "difference", language):
            return f"compare {' '.join(codes)}: the difference is not that of the pair"
        if (uses[::-1] if is_turned else uses) != [in_language(pair, "first", language),
                                                   in_language(pair, "second", language)]:
            return f"compare {' '.join(codes)}: {uses}"
        return None
    known = entries(CATALOG / "pairs.txt")
    check(len(known) > 20, "pairs")
    all_right(look, itertools.product(known, LANGUAGES, (False, True)), "comparisons")


@tap.case("200 other pairs of codes are compared in both languages")
def other_pairs():
    known = {frozenset(e["pair"].split()) for e in entries(CATALOG / "pairs.txt")}
    others = [p for p in itertools.combinations([e["code"] for e in CODES], 2) if frozenset(p) not in known]
    chosen = random.Random(5321).sample(others, 200)
    all_right(compared, [(*pair, language) for pair in chosen for language in LANGUAGES], "comparisons")


@tap.case("enhanced codes are compared in both languages")
def enhanced_pairs():
    def look(job):
        first, second, language = job
        done = run("compare", first, second, "--lang", language)
        text = done.stdout.decode()
        if done.returncode or text.split("\n")[0].split() != [first, second]:
            return f"compare {first} {second}: exit {done.returncode}: {text.split(chr(10))[0]!r}"
        if (language == "ja") != bool(JAPANESE.search(text)):
            return f"compare {first} {second} --lang {language}: not in that language"
        answer = json.loads(run("compare", first, second, "--lang", language, "--json").stdout)
        names = [in_language(enhanced_entry(code), "name", language) for code in (first, second)]
        return None if [answer["a"]["name"], answer["b"]["name"]] == names else f"compare {first} {second}: {answer}"
    codes = sorted({code for entry in ENHANCED for code in enhanced_forms(entry) if code[0] != "X"})
    chosen = random.Random(3463).sample(list(itertools.combinations(codes, 2)), 60)
    all_right(look, [(*pair, language) for pair in chosen for language in LANGUAGES], "comparisons")


# ---- conversations -----------------------------------------------------------------------


BLOCKS = ("example", "failing", "repaired")


def play(folder, titled_blocks):
    """Play conversations against the engine; the points that are not ok."""
    path = folder / "catalog.txt"
    path.write_text("".join(f"# {title}\n" + "\n".join(lines) + "\n\n" for title, lines in titled_blocks),
                    encoding="utf-8")
    done = subprocess.run([BUILD / "tests" / "model" / "run_conversations", path], capture_output=True, text=True,
                          timeout=60, check=False)
    lines = done.stdout.splitlines()
    plan = re.search(r"^1\.\.(\d+)", done.stdout, re.MULTILINE)
    points = [line for line in lines if re.match(r"(not )?ok\b", line)]
    check(plan and int(plan.group(1)) == len(points) > 0, f"no plan, or another number of points: {done.stdout[-300:]}")
    bad = [" ".join(lines[max(0, i - 4):i + 1]) for i, line in enumerate(lines) if line.startswith("not ok")]
    return len(points), bad, done.returncode


@tap.case("the conversations of the codes are true: the engine plays its side as they say")
def conversations(folder):
    blocks = [(f"{e['code']} {key}", e[key]) for e in CODES for key in BLOCKS if key in e]
    check(len(blocks) >= 40, f"{len(blocks)} conversations")
    count, bad, status = play(folder, blocks)
    for line in bad[:20]:
        note("  " + line)
    check(not bad and status == 0, f"{len(bad)} of {count} points, exit {status}")
    note(f"{len(blocks)} conversations, {count} points")


@tap.case("a conversation that is not true would be noticed")
def untrue_conversation(folder):
    block = next(e["failing"] for e in CODES if e["code"] == "503")
    equal([line for line in block if line.startswith("S: 503")], ["S: 503 5.5.1 DATA: send RCPT TO first"])
    _, bad, status = play(folder, [("503 turned", [line.replace("S: 503", "S: 554") for line in block])])
    check(bad and status != 0, "the engine played it")


def replies(lines):
    """The codes a conversation shows, in order."""
    return [m.group(1) for m in (re.match(r"S(?:\*\d+)?: (\d{3})", line) for line in lines) if m]


def refusals(codes):
    return sum(code[0] in "45" for code in codes)


@tap.case("a failing conversation shows its own code, the repaired one ends better")
def ends():
    wrong = []
    for entry in CODES:
        code = entry["code"]
        if "example" in entry and code not in replies(entry["example"]):
            wrong.append(f"{code} example: {replies(entry['example'])}")
        if "failing" not in entry:
            continue
        failing, repaired = replies(entry["failing"]), replies(entry["repaired"])
        if code not in failing:
            wrong.append(f"{code} failing: {failing}")
        if repaired[-1][0] not in "23" or refusals(repaired) >= refusals(failing):
            wrong.append(f"{code}: failing {failing}, repaired {repaired}")
        if not any(line.startswith("C:") for line in entry["repaired"]):
            wrong.append(f"{code} repaired: nobody speaks")
    for line in wrong:
        note("  " + line)
    check(not wrong, f"{len(wrong)} conversations")


COMMON = "220 221 250 334 354 421 450 451 452 500 501 502 503 504 530 535 538 550 552 553 554 555".split()


@tap.case("the usual codes have a conversation: 2yz and 3yz an example, 4yz and 5yz a failing and a repaired one")
def have():
    sent = {e["code"] for e in entries(CATALOG / "replies.txt") if "code" in e}
    wrong = [e["code"] for e in CODES if e["code"] in sent and e["status"] != "wild"
             and ("example" if e["code"][0] in "23" else "failing") not in e]
    note(f"sent by Postern, without a conversation: {' '.join(wrong) or 'none'}")
    check(not set(wrong) & set(COMMON), wrong)


# ---- samples -------------------------------------------------------------------------------


@tap.case("what real servers say is known again: each sample of the wordings gives its own cause; "
          "where servers say the very same for different reasons, the cause of one of them", timeout=60)
def samples():
    def look(entry):
        done = run("explain", "--json", entry["sample"])
        if done.returncode != 0:
            return "wrong", f"exit {done.returncode}"
        answer = json.loads(done.stdout)
        if answer["cause"] == entry["cause"]:
            return None, None
        others = [other["cause"] for other in answer["alternatives"]]
        return ("near" if entry["cause"] in others else "wrong"), answer["cause"]

    def text(entry):
        return entry["sample"].lower()

    causes = collections.defaultdict(set)
    for entry in WORDINGS:
        causes[text(entry)].add(entry["cause"])
    check(len(WORDINGS) > 1200, f"{len(WORDINGS)} wordings")
    found = list(zip(WORDINGS, each(look, WORDINGS)))
    for kind in ("near", "wrong"):
        for entry, (verdict, said) in found:
            if verdict == kind:
                note(f"  {kind}: {entry['wording']}: {said}, not {entry['cause']}: {entry['sample'][:120]}")
    wrong = [entry["wording"] for entry, (verdict, said) in found
             if verdict is not None and said not in causes[text(entry)]]
    check(not wrong, wrong)


# ---- the generator refuses ---------------------------------------------------------------------


def generate(folder):
    """gen_catalog over the catalog in folder."""
    out = folder / "tables"
    out.mkdir(exist_ok=True)
    files = [*sorted((folder / "catalog").glob("*.txt")), *sorted((folder / "catalog").glob("*/*.txt"))]
    return subprocess.run([BUILD / "tools" / "gen_catalog", "tables", out,
                           *(path for path in files if path.name not in ("replies.txt", "html_support.txt"))],
                          capture_output=True, text=True, timeout=20, check=False)


def copy(folder):
    shutil.copytree(CATALOG, folder / "catalog")
    return folder / "catalog"


@tap.case("every lint has its own name, a session that shows it, a near miss, and sections of RFCs")
def lints():
    check(len(LINTS) > 40, "lints")
    equal(len({e["lint"] for e in LINTS}), len(LINTS), "names")
    tests = (ROOT / "tests/unit/explain/test_lint.c").read_text(encoding="utf-8")
    for entry in LINTS:
        name = entry["lint"].upper().replace("-", "_")
        check(len(re.findall(rf"LINT\({name}\)", tests)) >= 2, f"{name} has no two sessions in test_lint.c")
        check(all(re.fullmatch(r"RFC \d+ \d+(\.\d+)*", place) for place in entry["rfc"].split("; ")), entry["rfc"])


@tap.case("the catalog as it is goes through the generator")
def undamaged(folder):
    copy(folder)
    done = generate(folder)
    equal((done.returncode, done.stderr), (0, ""))
    for name in ("codes.c", "enhanced.c", "extensions.c", "verbs.c", "causes.c", "lints.c", "pairs.c", "wordings.c",
                 "messages.c", "phrases.c", "patterns.c"):
        check((folder / "tables" / name).stat().st_size > 500, name)


# What is damaged, in which file, and how: what is sought (a pattern, once) and what comes in its place.
DAMAGES = [
    ("a text without its Japanese", "codes/503.txt", r"means\.ja: .*\n", ""),
    ("a text without its English", "causes.txt", r"summary: .*\n", ""),
    ("a phrase in one language", "phrases.txt", r"text\.ja: .*\n", ""),
    ("a lint in one language", "lints.txt", r"why\.ja: .*\n", ""),
    ("a lint of no severity", "lints.txt", r"severity: .*", "severity: fatal"),
    ("Japanese text without Japanese", "causes.txt", r"why\.ja: .*", "why.ja: in English again"),
    ("a see: that leads nowhere", "codes/503.txt", r"see: .*", "see: 250 599"),
    ("an also: that leads nowhere", "causes.txt", r"also: .*", "also: no-such-cause"),
    ("an also: that is the cause itself", "causes.txt", r"also: .*", "also: early-talker"),
    ("a cause: that leads nowhere", "wordings/postfix.txt", r"cause: .*", "cause: no-such-cause"),
    ("a cause: of a message that leads nowhere", "messages.txt", r"cause: .*", "cause: no-such-cause"),
    ("a code: that leads nowhere", "wordings/postfix.txt", r"code: .*", "code: 599"),
    ("an enhanced code that leads nowhere", "codes/503.txt", r"enhanced: .*", "enhanced: 5.99.99"),
    ("a pair that leads nowhere", "pairs.txt", r"pair: .*", "pair: 250 599"),
    ("an unknown key", "codes/503.txt", r"seen: ", "sean: "),
    ("a key that cannot be Japanese", "codes/503.txt", r"retry: .*", r"\g<0>\nretry.ja: 再試行しない"),
    ("a key given twice", "codes/503.txt", r"(acts: .*)", r"\1\n\1"),
    ("a key that is missing", "codes/503.txt", r"acts: .*\n", ""),
    ("an empty value", "codes/503.txt", r"acts: .*", "acts:"),
    ("a word that is no actor", "codes/503.txt", r"acts: .*", "acts: everybody"),
    ("a step that is none", "causes.txt", r"step: .*", "step: forgotten:EHLO"),
    ("failing without repaired", "codes/503.txt", r"repaired:\n(  .*\n)+", ""),
    ("a bad pattern: a bracket left open", "wordings/postfix.txt", r"pattern: .*", "pattern: ^503 [abc"),
    ("a bad pattern: a group left open", "generic.txt", r"pattern: .*", "pattern: (no valid rcpt"),
    ("a bad pattern: nothing to repeat", "messages.txt", r"pattern: .*", "pattern: *wrong version"),
    ("a code that does not fit its file name", "codes/101.txt", r"code: 101", "code: 102"),
    ("a code that is none", "codes/101.txt", r"code: 101", "code: 099"),
    ("a name used twice", "wordings/postfix.txt", r"wording: (.*)", "wording: postfix-503-error-nested-mail-command"),
    ("a wording of no product", "wordings/postfix.txt", r"product: .*\n", ""),
    ("a Japanese term the glossary avoids", "causes.txt", r"name\.ja: .*", "name.ja: リトライの失敗"),
    ("a longer term cut short", "causes.txt", r"name\.ja: .*", "name.ja: サーバの応答"),
    ("a blank at the end of a line", "causes.txt", r"side: .*", r"\g<0> "),
    ("an indented line below no block", "causes.txt", r"side: .*", r"\g<0>\n  S: 220 x"),
    ("a line that is no entry", "causes.txt", r"side: .*", r"\g<0>\nand so on"),
    ("an entry that begins in the middle", "causes.txt", r"side: .*", r"\g<0>\n\nstep: early:EHLO"),
]


@tap.table("the generator refuses {0} ({1})", DAMAGES)
def refused(folder, what, name, sought, instead):
    path = copy(folder) / name
    text = path.read_text(encoding="utf-8")
    damaged, count = re.subn("^" + sought, instead, text, count=1, flags=re.MULTILINE)
    check(count == 1 and damaged != text, f"{name} has nothing to damage: {sought}")
    path.write_text(damaged, encoding="utf-8")
    done = generate(folder)
    equal(done.returncode, 1, f"exit: {done.stderr}")
    check(re.match(rf"^\S*/catalog/{re.escape(name)}:[1-9]\d*: .+\n$", done.stderr), f"message: {done.stderr!r}")


# ---- the glossary --------------------------------------------------------------------------------


def texts(language):
    """Every text of the catalog in a language, with where it stands."""
    for path in [*CATALOG.glob("*.txt"), *CATALOG.glob("codes/*.txt")]:
        if path.name == "terms.txt":
            continue
        for entry in entries(path):
            for key in entry:
                if key + ".ja" in entry:
                    yield f"{path.name}: {next(iter(entry.values()))}: {key}", in_language(entry, key, language)


def avoided(language):
    """What is avoided, and the term that may be longer (サーバ, サーバー)."""
    key = "avoid" if language == "en" else "avoid.ja"
    return [(e[key], in_language(e, "term", language)) for e in entries(CATALOG / "terms.txt") if key in e]


@tap.table("no {0} text of the catalog uses a term that the glossary avoids", [("en",), ("ja",)])
def glossary(language):
    wrong, count = [], 0
    for where, text in texts(language):
        count += 1
        for word, term in avoided(language):
            if language == "en":
                has = re.search(rf"\b{re.escape(word)}s?\b", text, re.IGNORECASE)
            else:
                has = word in text.replace(term, "")
            if has:
                wrong.append(f"{where} says {word!r}: {text}")
    for line in wrong[:40]:
        note("  " + line)
    check(count > 500 and len(avoided(language)) >= 5, "texts and terms")
    check(not wrong, f"{len(wrong)} of {count} texts")


if __name__ == "__main__":
    tap.main()
