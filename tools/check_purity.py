#!/usr/bin/env python3
"""check_purity.py BUILD - the pure rooms need nothing but mem*, str* and assert

Pure means: no I/O, no allocation, no clock, no global state. Two proofs:
1. nm over the archives of the pure rooms: every symbol they need is mem*, str*,
   __assert_fail, or defined in one of them; none of them owns writable data.
2. clang compiles their sources for bare wasm32, where there is no C library except
   the headers in tools/freestanding.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

from sources import ROOT, Findings

PURE_TARGETS = ["base_pure", "catalog", "engine", "explain", "diagram"]
ALLOWED = re.compile(r"^(mem\w+|str\w+|__assert_fail|_GLOBAL_OFFSET_TABLE_)$")
# .data.rel.ro is read-only once the program is loaded: it holds tables of pointers.
WRITABLE = re.compile(r"^(\.data(?!\.rel\.ro)|\.bss|\.tdata|\.tbss|\*COM\*)")
CLANG = "clang-14"


def pure_targets(build):
    text = subprocess.run(["meson", "introspect", "--targets", str(build)], check=True,
                          capture_output=True, text=True).stdout
    return [t for t in json.loads(text)
            if t["name"] in PURE_TARGETS and t["type"] == "static library"]


def symbols(archive):
    """[(section, name)] of one archive; the section of what it needs is "*UND*"."""
    text = subprocess.run(["nm", "-f", "sysv", str(archive)], check=True, capture_output=True,
                          text=True).stdout
    rows = (line.split("|") for line in text.splitlines() if line.count("|") == 6)
    return [(row[6].strip(), row[0].strip()) for row in rows]


def check_symbols(archives, findings):
    listed = [(archive, *symbol) for archive in archives for symbol in symbols(archive)]
    defined = {name for _, section, name in listed if section != "*UND*"}
    for archive, section, name in listed:
        if section == "*UND*" and name not in defined and not ALLOWED.match(name):
            findings.add(archive, 0, f"it needs {name}",
                         "pure rooms have no I/O, allocation or clock: leave that to the caller")
        if WRITABLE.match(section):
            findings.add(archive, 0, f"it owns writable data: {name}",
                         "make it const, or let the caller provide it")


def objects_of(target):
    """[(source, include options)] as the target compiles them."""
    for part in target["target_sources"]:
        if part.get("language") != "c":
            continue
        options = [p for p in part["parameters"] if p.startswith("-I")]
        for source in part["sources"] + part["generated_sources"]:
            if source.endswith(".c"):
                yield source, options


def check_bare(targets, findings, build):
    if not shutil.which(CLANG):
        print(f"purity: {CLANG} is not installed: skipping the wasm32 half: run make deps")
        return 0
    count = 0
    for target in targets:
        for source, options in objects_of(target):
            count += 1
            # -I paths in Meson's answer may be relative to the build folder
            result = subprocess.run(
                [CLANG, "--target=wasm32", "-ffreestanding", "-nostdlib", "-std=gnu17", "-Os",
                 "-isystem", str(ROOT / "tools/freestanding"), *options, "-c", source,
                 "-o", "/dev/null"], capture_output=True, text=True, cwd=build)
            if result.returncode != 0:
                findings.add(pathlib.Path(source), 0, "does not compile for bare wasm32",
                             "use only what tools/freestanding has\n" + result.stderr.strip())
    return count


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    findings = Findings("purity")
    targets = pure_targets(build)
    archives = [pathlib.Path(t["filename"][0]) for t in targets]
    check_symbols(archives, findings)
    count = check_bare(targets, findings, build)
    names = " ".join(t["name"] for t in targets) or "no room yet"
    findings.finish(f"{names}: nothing but mem* str* assert; {count} sources compile for wasm32")


main()
