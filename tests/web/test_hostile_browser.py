#!/usr/bin/env python3
"""Hostile mail in a real browser: nothing of it runs, loads from elsewhere, leads away or submits.

browser/hostile.mjs opens the page of each letter of hostile.py that has HTML (and some whose harm is
in names and subjects), then its view alone, and clicks what can be clicked in it.
"""
# needs: npm
# takes: 100
# timeout: 600

import json
import os
import pathlib
import socket
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tap
from foreign import NPM, need_browser
from hostile import CORPUS
from letters import deliver, letter
from server import Server
from tap import check, equal
from web import Web

HERE = pathlib.Path(__file__).resolve().parent
NAMES = [name for name, one in CORPUS.items()
         if one.has_html and not one.huge or name.startswith(("subject-script", "subject-enc", "names-", "name-", "attached-", "list-", "text-links", "header-names", "type-"))]
opened, clicked = {}, {}  # "page NAME" and "view NAME": what the browser told
web = server = None
calls, calls_of_opening = [], []  # what came to the place that all names in hostile mail lead to


def trap(listener):
    """Note the first octets of each connection, which is as much as it takes to tell that a mail was read."""
    while True:
        peer, _ = listener.accept()
        peer.settimeout(2)
        try:
            calls.append(peer.recv(2000))
        except OSError:
            calls.append(b"")
        peer.close()


def run(folder, listener, letters, click):
    """{name: result} of browser/hostile.mjs."""
    with open(folder / "browser.err", "wb") as err:
        done = subprocess.run(["node", HERE / "browser" / "hostile.mjs"], stdout=subprocess.PIPE, stderr=err, timeout=400,
                              input=json.dumps({"origin": web.origin, "click": click, "letters": letters}).encode(),
                              env={**os.environ, "POSTERN_NPM": str(NPM), "HOME": str(folder),
                                   "POSTERN_TRAP": f"127.0.0.1:{listener.getsockname()[1]}"})
    check(done.returncode == 0, (folder / "browser.err").read_text()[-3000:])
    return {result["name"]: result for result in map(json.loads, done.stdout.splitlines())}


@tap.before
def browse(folder):
    """One browser for all: it opens everything, the cases then look at what it told of their letter."""
    global web, server
    need_browser()
    server = Server(folder, web="127.0.0.1:0")
    web = Web(server.web)
    ids = []
    for name in NAMES:
        deliver(server.address, ("evil@evil.invalid", ["victim@x.test"], CORPUS[name].octets()))
        ids.append(web.get("/api/v1/messages?limit=1").expect(200).json["messages"][0]["ID"])
    deliver(server.address, letter("witness"))  # must stay, and stay unread
    letters = []
    for name, identity in zip(NAMES, ids):
        own = [f"/api/v1/message/{identity}/part/", f"/view/{identity}.html"]
        letters.append({"name": f"page {name}", "url": f"{web.origin}/message/{identity}", "own": own})
        if CORPUS[name].has_html:
            letters.append({"name": f"view {name}", "url": f"{web.origin}/view/{identity}.html", "own": own})
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=trap, args=(listener,), daemon=True).start()
    opened.update(run(folder, listener, letters, False))
    calls_of_opening.extend(calls)
    clicked.update(run(folder, listener, [one for one in letters if one["name"].startswith("page html-")], True))


@tap.table("in a browser nothing of it gets out: {}", [(name,) for name in NAMES])
def harmless(name):
    for where in ("page", "view") if CORPUS[name].has_html else ("page",):
        result = opened.get(f"{where} {name}")
        check(result, f"the browser told nothing of the {where}")
        check("status" not in result, f"the {where} was not there: {result}")
        check(not result["faults"], f"{where}: {result['faults'][:6]}")
        if where == "page" and CORPUS[name].has_html:
            check(result["frames"], "the page shows no frame with the mail")
    result = clicked.get(f"page {name}")
    check(not result or not result["faults"], f"clicked: {result and result['faults'][:6]}")


@tap.case("opening hostile mail makes no connection to where it points, not even one without a request")
def no_calls():
    check(not calls_of_opening, f"{len(calls_of_opening)} connections: {[call[:100] for call in calls_of_opening[:10]]}")


@tap.case("whatever was clicked in hostile mail: no letter was deleted, sent or read by it")
def untouched():
    found = web.get("/api/v1/messages?limit=0").expect(200).json
    equal(found["total"], len(NAMES) + 1, "messages")
    equal(found["messages"][0]["MessageID"], "witness@app.test")
    check(not found["messages"][0]["Read"], "a picture in a mail marked another message read")


if __name__ == "__main__":
    tap.main()
