#!/usr/bin/env python3
"""npm clients of Mailpit and MailHog that other people wrote, unchanged, against our server.

The scenarios are in foreign.mjs; the packages are those of package.json, put into build/npm by
tools/npm.sh.
"""
# needs: npm

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from foreign import NPM, need_npm
from server import Server
from tap import check
from web import SECRET_HASH

HERE = pathlib.Path(__file__).resolve().parent
SCENARIOS = ["mailpit-api: send, list, read, headers, source", "mailpit-api: application, checks, tags, chaos",
             "mailpit-api: read status, search, waiting, deleting", "cypress-mailpit: every command of the plugin",
             "mailhog: messages, searches, decoded parts, deleting", "cypress-mailhog: every command of the plugin",
             "nodemailer: what it composes is read back through the API"]


@tap.before
def look_for_packages(folder):
    need_npm()


def play(server, name, **env):
    done = subprocess.run(["node", HERE / "foreign.mjs", name], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "POSTERN_NPM": str(NPM), "WEB": f"http://127.0.0.1:{server.web[1]}",
                               "SMTP_PORT": str(server.address[1]), "NO_COLOR": "1", **env})
    check(done.returncode == 0, (done.stderr or done.stdout)[-3000:])


@tap.table("{}", [(name,) for name in SCENARIOS], timeout=90)
def foreign(folder, name):
    play(Server(folder, web="127.0.0.1:0"), name)


@tap.table("with a login: {}", [(name,) for name in SCENARIOS if not name.startswith("nodemailer")], timeout=90)
def foreign_login(folder, name):
    users = folder / "users"
    users.write_text(f"ann:{SECRET_HASH}\n")
    play(Server(folder, "--web-user", users, web="127.0.0.1:0"), name, USERNAME="ann", PASSWORD="secret")


if __name__ == "__main__":
    tap.main()
