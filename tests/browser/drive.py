"""drive.py - run a *.mjs script of this folder in a browser, and look up what it reports of each point

A script drives one browser against a server of its own. While one writes: POSTERN_POINTS shows only these points (a
regular expression), and POSTERN_PICTURES=FOLDER keeps a picture of every page.
"""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
sys.path.insert(0, str(HERE))
import content
import foreign
from server import PROGRAM, Server
from tap import check, note
from web import Web

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


def drive(folder, script, is_filled=True, **more):
    """Run script in a browser against a server of its own; its points go to results."""
    own = folder / script
    own.mkdir()
    try:
        foreign.need_browser()
        server = Server(own, web="127.0.0.1:0")
        web = Web(server.web)
        ids = content.fill(server, web) if is_filled else {}
        given = {"origin": web.origin, "smtp": server.address, "store": server.store, "program": PROGRAM, "folder": str(own),
                 "supervisor": server.process.pid, "ids": ids, **more}
        given = {**given, "pages": [{**page, "path": page["path"].format(**ids)} for page in more.get("pages", [])]}
        with open(own / "browser.err", "wb") as err:
            done = subprocess.run(["node", HERE / f"{script}.mjs"], stdout=subprocess.PIPE, stderr=err, timeout=600, input=json.dumps(given).encode(),
                                  env={**os.environ, "POSTERN_NPM": str(foreign.NPM), "HOME": str(own)})
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
