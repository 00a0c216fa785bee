#!/usr/bin/env python3
"""The pages in a browser: live, in both languages, by keyboard, without script, for everybody, and small.

Each *.mjs beside this file drives one browser against a server of its own, and tells of each point; the cases below
name the points. POSTERN_SCREENSHOTS=1 takes the pictures of docs/screenshots again; else only those that are missing are
taken. While one writes: POSTERN_SCRIPTS="keys work" runs these scripts only, POSTERN_POINTS these points (a regular
expression), and POSTERN_PICTURES=FOLDER keeps a picture of every page.
"""
# timeout: 900

import base64
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
sys.path.insert(0, str(HERE))
import content
import picture
import tap
from server import PROGRAM, ROOT, Server
from tap import check, equal, note
from web import Web

NPM = pathlib.Path(os.environ.get("POSTERN_NPM") or ROOT / "build" / "npm")
results, troubles = {}, {}

PAGES = [
    {"name": "/", "path": "/"},
    {"name": "/ found", "path": "/?q=invoice"},
    {"name": "/message/ID", "path": "/message/{invoice}"},
    *({"name": f"/message/ID?view={view}", "path": f"/message/{{invoice}}?view={view}"} for view in ("html", "text", "headers", "raw", "tree")),
    {"name": "/message/ID in Japanese", "path": "/message/{ja-order}"},
    {"name": "/sessions", "path": "/sessions"},
    {"name": "/sessions/ID", "path": "/sessions/{session}"},
    {"name": "/sessions/ID without QUIT", "path": "/sessions/{dropped}"},
    {"name": "/codes", "path": "/codes"},
    *({"name": f"/codes/{code}", "path": f"/codes/{code}"} for code in ("503", "5.7.1", "STARTTLS", "nested-mail")),
    {"name": "/codes?q=", "path": "/codes?q=spam"},
    {"name": "/compare", "path": "/compare"},
    {"name": "/compare/250/503", "path": "/compare/250/503"},
    {"name": "/explain", "path": "/explain"},
    {"name": "/explain of a paste", "path": "/explain", "paste": content.PASTE},
    {"name": "/try", "path": "/try"},
    {"name": "/status", "path": "/status"},
    {"name": "no such message", "path": "/message/0123456789ABCDEFGHJKMNPQRS", "status": 404},
    {"name": "no such session", "path": "/sessions/0123456789ABCDEFGHJKMNPQRS", "status": 404},
    {"name": "no such code", "path": "/codes/nonsense", "status": 404},
    {"name": "no such pair", "path": "/compare/250/nonsense", "status": 404},
]


def english_words():
    """Regular expressions of English texts of ui/words.txt that are different in Japanese."""
    found = re.findall(r"^text: (.*)\ntext\.ja: (.*)$", (ROOT / "ui" / "words.txt").read_text(encoding="utf-8"), re.MULTILINE)
    words = [text for text, japanese in found
             if text != japanese and len(re.sub(r"%\d|\W", "", text)) > 3 and re.search(r"[a-z]{3}", text)]  # SMTP, QUIT are no words
    check(len(words) > 200, "ui/words.txt was not understood")
    return [re.sub(r"%\d", ".+?", re.sub(r"([.*+?^${}()|\[\]\\/])", r"\\\1", text)) for text in words]


def drive(folder, script, is_filled=True, **more):
    """Run script in a browser against a server of its own; its points go to results."""
    own = folder / script
    own.mkdir()
    try:
        check((NPM / "installed.sum").exists(), f"the npm packages of the tests are not in {NPM}: run tools/npm.sh {NPM}, which says why they cannot be had")
        chromium = os.environ.get("POSTERN_CHROMIUM", "/usr/bin/chromium")
        check(os.access(chromium, os.X_OK), f"there is no {chromium}: run tools/deps.sh test")
        server = Server(own, web="127.0.0.1:0")
        web = Web(server.web)
        ids = content.fill(server, web) if is_filled else {}
        given = {"origin": web.origin, "smtp": server.address, "store": server.store, "program": PROGRAM, "folder": str(own),
                 "supervisor": server.process.pid, "ids": ids, **more}
        given = {**given, "pages": [{**page, "path": page["path"].format(**ids)} for page in more.get("pages", [])]}
        with open(own / "browser.err", "wb") as err:
            done = subprocess.run(["node", HERE / f"{script}.mjs"], stdout=subprocess.PIPE, stderr=err, timeout=600, input=json.dumps(given).encode(),
                                  env={**os.environ, "POSTERN_NPM": str(NPM), "HOME": str(own)})
        for line in done.stdout.splitlines():
            result = json.loads(line)
            results[result["point"]] = result
        check(done.returncode == 0, (own / "browser.err").read_text()[-3000:])
        server.stop()
    except Exception as trouble:  # the points that were not shown say it
        troubles[script] = f"{script}.mjs: {type(trouble).__name__}: {trouble}"


def shown(name, script):
    """A case of that point."""
    result = results.get(name)
    check(result, f"it was not shown. {troubles.get(script, '')}")
    for text in result["notes"]:
        note(text)
    check(not result["faults"], "\n".join(result["faults"]))


@tap.before
def browse(folder):
    more = {"pages": {"pages": PAGES, "words": english_words()},
            "work": {"letters": {content.LETTERS[n][0]: base64.b64encode(content.letter(n)).decode() for n in range(len(content.LETTERS))}}}
    for script in os.environ.get("POSTERN_SCRIPTS", "live pages keys work").split():
        drive(folder, script, **more.get(script, {}))
    wanted = [name for name in PICTURES if os.environ.get("POSTERN_SCREENSHOTS") == "1" or not (PICTURE_FOLDER / f"{name}.png").exists()]
    if wanted:
        PICTURE_FOLDER.mkdir(exist_ok=True)
        drive(folder, "screens", pictures=wanted, to=str(PICTURE_FOLDER))
        for name in wanted:
            path = PICTURE_FOLDER / f"{name}.png"
            if path.exists():
                path.write_bytes(picture.pack(path.read_bytes()))
            if path.exists() and shutil.which("optipng"):
                subprocess.run(["optipng", "-quiet", path], check=False, timeout=60)


# ---- live

LIVE = ["mail appears", "deletion is seen", "reading is seen", "mail appears, 20 pages listen", "a stalled browser slows nobody",
        "a session is listed while it goes on", "the inspector follows a session line by line", "the faulty line is marked and the missing step named",
        "opened lines stay open over a refresh", "the end of a session is seen", "a lost connection is told, and the page becomes live again",
        "a tab nobody looks at holds no connection"]


@tap.table("live, without a reload, in less than a second: {}", [(name,) for name in LIVE])
def is_live(name):
    shown(name, "live")


# ---- every page


@tap.table("page: nothing fails, all fits, the language is right: {1}, {0}", [(language, page["name"]) for page in PAGES for language in ("en", "ja")])
def looks_right(language, name):
    shown(f"page {language} {name}", "pages")


@tap.table("axe finds no violation: {}", [(page["name"],) for page in PAGES])
def is_accessible(name):
    shown(f"axe {name}", "pages")


# ---- by keyboard

KEYS = ["Tab reaches everything, and its place is seen", "the first Tab is a link that skips to the content", "g and a letter go to each page",
        "j and k move, Enter opens, Escape goes back", "j, k and Enter in sessions and the inspector", "x selects, m and M mark, # deletes, without a question",
        "deleting keeps the search and the place",
        "a message with the focus that is deleted elsewhere leaves it to the next, the last one to the one before", "# deletes the open message", "M marks the open message unread, e exports, 1 to 5 show its views",
        "/ goes to the search, Escape leaves it", "? shows the keys, Escape shuts them, and keys do nothing meanwhile", "typing is no command",
        "composing Japanese is no command, nor are keys with Ctrl", "\"Delete all\" asks, and takes no for an answer"]


@tap.table("by keyboard: {}", [(name,) for name in KEYS])
def has_keys(name):
    shown(name, "keys")


# ---- what people do

WORK = ["without script: inbox, search, message and its views", "without script: tags, marking and deleting by form",
        "without script: sessions and the inspector", "without script: codes, comparison, a paste", "without script: the playground and the rest say so",
        "the playground: a wrong order is refused and RCPT named", "the playground: the diagram walks along, the buttons are the legal ones",
        "the playground: start over, another service, the end, history", "the playground in Japanese",
        "the search finds words, two Japanese characters, and what terms say", "a tag leads to what has it; tags are set on the message's page",
        "a message is read when it was opened, and can be marked unread", "the export is the octets that were sent", "an attachment is what was sent",
        "a session is copied as a transcript, and its link", "the language switch keeps the page and the query, and is remembered",
        "a paste explained keeps its answer in the other language",
        "HTML mail shows the pictures it brings, and not what its scripts say", "Enter in the field of tags saves them",
        "a search that cannot be read as a whole says so", "Accept-Language chooses", "pages of a hundred messages, and their search"]


@tap.table("{}", [(name,) for name in WORK])
def works(name):
    shown(name, "work")


# ---- weight

WEIGHT_MAX = 150_000


@tap.case("weight: a page and all files of the pages, packed, have less than 150 KB")
def is_light(folder):
    server = Server(folder, web="127.0.0.1:0")
    web = Web(server.web, headers={"Accept-Encoding": "gzip"})
    ids = content.fill(server, web)
    files = [path.name for path in (ROOT / "ui").glob("*.*") if path.suffix in (".css", ".js", ".svg", ".json") and path.name != "words.txt"]
    total = 0
    for name in [*sorted(files), "engine.wasm"]:
        answer = web.get(f"/ui/{name}").expect(200)
        sent, packed = len(answer.body), len(gzip.compress(answer.unpacked(), 6, mtime=0))
        note(f"/ui/{name}: {len(answer.unpacked())} octets, packed {packed}, sent {sent}")
        check(sent <= packed * 1.1 + 100, f"/ui/{name} is sent unpacked: {sent} octets")
        total += packed
    for path in [page["path"].format(**ids) for page in PAGES if page.get("status", 200) == 200 and "paste" not in page]:
        answer = web.get(path).expect(200)
        packed = len(gzip.compress(answer.unpacked(), 6, mtime=0))
        note(f"{path.replace(ids['invoice'], 'ID').replace(ids['session'], 'ID')}: {len(answer.unpacked())} octets, packed {packed}")
        check(total + packed < WEIGHT_MAX, f"{path} and all files: {total + packed} octets")
        for address in re.findall(r"""(?:src|href)=["'](/ui/[^"']+)["']""", answer.unpacked().decode()):
            check(address[4:].split("?")[0] in [*files, "engine.wasm"], f"{path} loads {address}")
    note(f"all files: {total} octets packed")


# ---- pictures for the manual

PICTURES = ["inbox", "inspector-503", "compare-250-503", "inbox-ja", "inspector-503-ja", "try"]
PICTURE_MAX = 200_000
PICTURE_FOLDER = ROOT / "docs" / "screenshots"


@tap.table("the screenshot {} is there", [(name,) for name in PICTURES])
def is_pictured(name):
    if name in results:
        shown(name, "screens")
    path = PICTURE_FOLDER / f"{name}.png"
    check(path.exists(), f"there is no {path}: {troubles.get('screens', 'run with POSTERN_SCREENSHOTS=1')}")
    octets = path.read_bytes()
    equal(picture.size(octets), (1280, 800), path.name)
    check(len(octets) < PICTURE_MAX, f"{path.name}: {len(octets)} octets")


if __name__ == "__main__":
    tap.main()
