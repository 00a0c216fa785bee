"""foreign.py - programs and packages of other people that some tests need, and what to do when they are not there

A test program that is nothing without the npm packages has a line "# needs: npm" in its head. tests/run.py then
counts one failure for all such programs and runs none of them; started alone, the program ends with the same words.
"""

import os
import pathlib

from tap import Failure

ROOT = pathlib.Path(__file__).resolve().parents[2]
NPM = pathlib.Path(os.environ.get("POSTERN_NPM") or ROOT / "build" / "npm")


def need_npm():
    if not (NPM / "installed.sum").exists():
        raise Failure(f"the npm packages of the tests are not in {NPM}: run tools/npm.sh {NPM}, which says why they cannot be installed")


def need_browser():
    need_npm()
    chromium = os.environ.get("POSTERN_CHROMIUM", "/usr/bin/chromium")
    if not os.access(chromium, os.X_OK):
        raise Failure(f"there is no {chromium}: run tools/deps.sh test")
