#!/usr/bin/env python3
"""The pages in a browser: live, by keyboard, without script, and what people do with them.

The cases below name the points that live.mjs, keys.mjs and work.mjs report. While one writes: POSTERN_SCRIPTS="keys work"
runs these scripts only.
"""
# needs: npm
# takes: 80
# timeout: 600

import base64
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
sys.path.insert(0, str(HERE))
import content
import foreign
import tap
from drive import drive, shown


@tap.before
def browse(folder):
    foreign.need_browser()
    letters = {content.LETTERS[n][0]: base64.b64encode(content.letter(n)).decode() for n in range(len(content.LETTERS))}
    for script in os.environ.get("POSTERN_SCRIPTS", "live keys work").split():
        drive(folder, script, **({"letters": letters} if script == "work" else {}))


# ---- live

LIVE = ["mail appears", "deletion is seen", "reading is seen", "mail appears, 20 pages listen", "a stalled browser slows nobody",
        "a session is listed while it goes on", "the inspector follows a session line by line", "the faulty line is marked and the missing step named",
        "opened lines stay open over a refresh", "the end of a session is seen", "a lost connection is told, and the page becomes live again",
        "a tab nobody looks at holds no connection"]


@tap.table("live, without a reload, in less than a second: {}", [(name,) for name in LIVE])
def is_live(name):
    shown(name, "live")


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


if __name__ == "__main__":
    tap.main()
