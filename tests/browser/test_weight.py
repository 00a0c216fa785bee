#!/usr/bin/env python3
"""The pages are small, and the manual has its pictures of them.

POSTERN_SCREENSHOTS=1 takes the pictures of docs/screenshots again; else only those that are missing are taken.
"""
# timeout: 300

import gzip
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
from drive import PAGES, drive, results, shown, troubles
from server import ROOT, Server
from tap import check, equal, note
from web import Web


@tap.before
def take_pictures(folder):
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
