#!/usr/bin/env python3
"""check_layers.py - which file may include which header

Two rules:
1. A file of a room includes only headers of its own room, of rooms its line in
   src/LAYERS names, and of include/postern.
2. A foreign header stays behind its door (DOORS below). Pure rooms see only what
   exists without a system (PURE_HEADERS).
"""

import fnmatch
import re

from sources import ROOT, Findings, c_files

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)

# header pattern, files that may include it
DOORS = [
    ("uv.h", ["src/net/*"]),
    ("sys/socket.h", ["src/net/*"]),
    ("sys/un.h", ["src/net/*"]),
    ("netinet/*", ["src/net/*"]),
    ("arpa/*", ["src/net/*"]),
    ("netdb.h", ["src/net/*"]),
    ("sys/epoll.h", ["src/net/*"]),
    ("sqlite3.h", ["src/store/sqlite*"]),
    ("libpq-fe.h", ["src/store/postgres*"]),
    ("openssl/*", ["src/net/tls*"]),
    ("gsasl.h", ["src/auth/*"]),
    ("crypt.h", ["src/auth/*"]),
    ("microhttpd.h", ["src/http/*", "src/live/events.c", "src/live/websocket.c", "src/api/api_wait.c"]),
    ("gmime/*", ["src/mime/*"]),
    ("libxml/*", ["src/mime/*"]),
    ("wslay/*", ["src/live/websocket.c"]),
    ("gdk-pixbuf/*", ["src/mime/thumb.c"]),
    ("zlib.h", ["src/http/*"]),
    ("seccomp.h", ["src/web/sandbox*"]),
    ("glib.h", ["src/mime/*", "src/http/guard.c", "src/inbox/*", "src/live/websocket.c", "src/api/mailpit_message.c"]),
    ("cyaml/*", ["src/cli/config*"]),
    ("jansson.h", ["src/json/*"]),
    ("libsmartcols/*", ["src/cli/*"]),
    ("getopt.h", ["src/cli/*"]),
]

PURE_ROOMS = ["engine", "catalog", "explain", "diagram"]
PURE_HEADERS = {"assert.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
                "stdint.h", "string.h"}


def read_layers():
    """{room: set of rooms it may include}, in the order of src/LAYERS."""
    layers = {}
    for line in (ROOT / "src/LAYERS").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            room, _, others = line.partition(":")
            layers[room.strip()] = set(others.split())
    return layers


def check_order(layers, findings):
    """A room may name only rooms above it in the file: so the graph has no cycle."""
    seen = set()
    for room, others in layers.items():
        for other in sorted(others - seen):
            findings.add(ROOT / "src/LAYERS", 0, f"{room} names {other}, which is not above it",
                         "order the rooms from the bottom up, without a cycle")
        seen.add(room)


def check_own(path, line, header, room, layers, findings):
    """An include in quotes: "room/file.h" or "postern/file.h"."""
    other, _, rest = header.partition("/")
    if not rest:
        if not path.name.endswith(".c") or (path.parent / header).exists():
            findings.add(path, line, f'"{header}" names no room',
                         f'write "{room}/{header}", or <{header}> if it is foreign')
        return
    if other == "postern" or other == room:
        return
    if other not in layers:
        findings.add(path, line, f'"{header}": there is no room {other} in src/LAYERS',
                     "add the room there, or use <> for a foreign header")
    elif other not in layers[room]:
        findings.add(path, line, f"{room} may not include {other} (src/LAYERS)",
                     "move the function to a room that both may use, or pass in what is needed")


def check_foreign(path, line, header, room, findings):
    """An include in angle brackets."""
    name = str(path.relative_to(ROOT))
    for pattern, doors in DOORS:
        if fnmatch.fnmatch(header, pattern) and not any(fnmatch.fnmatch(name, d) for d in doors):
            findings.add(path, line, f"<{header}>: only {' '.join(doors)} may include it",
                         "use what that room offers instead")
    if room in PURE_ROOMS and header not in PURE_HEADERS:
        findings.add(path, line, f"<{header}> in {room}, a pure room",
                     "pure rooms use " + " ".join(sorted(PURE_HEADERS)))


def main():
    layers = read_layers()
    findings = Findings("layers")
    check_order(layers, findings)
    count = 0
    for path in c_files("src", "include"):
        parts = path.relative_to(ROOT).parts
        room = parts[1] if parts[0] == "src" else "postern"
        if room not in layers and room != "postern":
            findings.add(path, 0, f"room {room} is not in src/LAYERS", "add a line for it")
            continue
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            count += 1
            line = text.count("\n", 0, match.start(2)) + 1
            if match.group(1) == "<":
                check_foreign(path, line, match.group(2), room, findings)
            elif room == "postern" and not match.group(2).startswith("postern/"):
                findings.add(path, line, f'the public face includes "{match.group(2)}"',
                             "include/postern depends on no room")
            elif room != "postern":
                check_own(path, line, match.group(2), room, layers, findings)
    findings.finish(f"{count} includes follow src/LAYERS")


main()
