#!/usr/bin/env python3
"""Every page in both languages, light and dark, wide and narrow: nothing fails, all fits, axe finds nothing."""
# needs: npm
# takes: 90
# timeout: 600

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
sys.path.insert(0, str(HERE))
import foreign
import tap
from drive import PAGES, drive, shown
from server import ROOT
from tap import check


def english_words():
    """Regular expressions of English texts of ui/words.txt that are different in Japanese."""
    found = re.findall(r"^text: (.*)\ntext\.ja: (.*)$", (ROOT / "ui" / "words.txt").read_text(encoding="utf-8"), re.MULTILINE)
    words = [text for text, japanese in found
             if text != japanese and len(re.sub(r"%\d|\W", "", text)) > 3 and re.search(r"[a-z]{3}", text)]  # SMTP, QUIT are no words
    check(len(words) > 200, "ui/words.txt was not understood")
    return [re.sub(r"%\d", ".+?", re.sub(r"([.*+?^${}()|\[\]\\/])", r"\\\1", text)) for text in words]


@tap.before
def browse(folder):
    foreign.need_browser()
    drive(folder, "pages", pages=PAGES, words=english_words())


@tap.table("page: nothing fails, all fits, the language is right: {1}, {0}", [(language, page["name"]) for page in PAGES for language in ("en", "ja")])
def looks_right(language, name):
    shown(f"page {language} {name}", "pages")


@tap.table("axe finds no violation: {}", [(page["name"],) for page in PAGES])
def is_accessible(name):
    shown(f"axe {name}", "pages")


if __name__ == "__main__":
    tap.main()
