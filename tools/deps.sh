#!/bin/bash
# deps.sh - the Debian packages this tree needs, and why; installs missing ones
#
#   tools/deps.sh GROUP...          install what is missing (silent when nothing is)
#   tools/deps.sh --list GROUP...   print the table
#
# It runs before every make target, so the usual case, nothing missing, costs one
# dpkg-query. As root it calls apt-get directly, otherwise through sudo; without either
# it prints the exact command and stops.
set -euo pipefail

table() {
  cat <<'END'
build    gcc                  the compiler (C17)
build    libc6-dev            C library headers
build    make                 this Makefile
build    meson                describes the build
build    ninja-build          runs the build
build    pkg-config           finds the libraries below
build    libuv1-dev           event loop and sockets (src/net)
build    libsqlite3-dev       the store (src/store)
build    libjansson-dev       JSON on the command line and the control socket
build    libsmartcols-dev     tables on the command line
build    libunistring-dev     line breaks and width of text, including Japanese (src/cli)
build    libcmocka-dev        unit tests, built with everything else
build    libmicrohttpd-dev    HTTP of the pages and the API (src/http)
build    libgmime-3.0-dev     MIME: parsing messages for reading (src/mime)
build    libxml2-dev          text and links of HTML mail (src/mime)
build    libwslay-dev         websocket frames (src/live)
build    libgdk-pixbuf-2.0-dev  thumbnails of attached pictures (src/mime)
build    zlib1g-dev           compression of pages (src/http)
build    libseccomp-dev       the web role's sandbox (src/web)
build    libcrypt-dev         password hashes of the pages' logins (src/auth)
build    python3              Meson, the test driver and the checks
build    clang-14             compiles the engine to WebAssembly for the playground page (ui)
build    lld-14               links it
test     swaks                third-party client in tests/sockets, tests/browser
test     curl                 third-party client in tests/sockets
test     netcat-openbsd       third-party client in tests/sockets
test     nodejs               loads engine.wasm in tests/playground
test     libnsl2              needed by Postfix's smtp-source (tools/peers.sh)
test     libicu72             needed by Postfix's smtp-source
test     libdb5.3             needed by Postfix's smtp-source
test     nodejs               runs third-party npm clients, drives the browser in tests/web, tests/browser
test     npm                  installs those clients (tools/npm.sh)
test     chromium             the browser of tests/web and tests/browser
check    binutils             nm, for purity and unused functions
check    clang-format-14      the format of the sources
check    clang-14             compiles the pure rooms for wasm32
check    git                  which lines changed
check    pmccabe              lines and paths of functions, for the ranking
bench    binutils             size of the programs
testall  clang-14             second compiler, sanitizers, fuzzers
testall  libclang-rt-14-dev   run-time of sanitizers and libFuzzer
testall  llvm-14              symbols in sanitizer reports, coverage
testall  valgrind             memory checks of the unit tests
END
}

list=no
if [ "${1-}" = --list ]; then list=yes; shift; fi
if [ $# -eq 0 ]; then
  echo "deps.sh: no group given: name one or more of: $(table | awk '{print $1}' | uniq | paste -sd' ')" >&2
  exit 2
fi
rows=$(table | awk -v groups=" $* " 'index(groups, " " $1 " ")')
if [ $list = yes ]; then echo "$rows"; exit 0; fi
names=$(awk '{print $2}' <<<"$rows" | sort -u)

if ! command -v dpkg-query >/dev/null; then
  echo "deps.sh: not a Debian system: cannot query packages: install what these provide:" $names >&2
  exit 0
fi
present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $names 2>/dev/null |
  awk '$1 == "installed" {print $2}' | sort -u || true)
missing=$(comm -23 <(echo "$names") <(echo "$present"))
[ -n "$missing" ] || exit 0
# Another package may provide the same (a nodejs that includes npm): then nothing is missing.
provided=$(dpkg-query -W -f '${db:Status-Status}, ${Provides}\n' | sed -n 's/^installed, //p' | tr ',' '\n' |
  sed 's/(.*//; s/ //g' | sort -u)
missing=$(comm -23 <(echo "$missing") <(echo "$provided") | paste -sd' ')
[ -n "$missing" ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "deps.sh: packages are missing: cannot install them (not root, no sudo): run as root: apt-get install --no-install-recommends $missing" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "deps.sh: installing: $missing" >&2
export DEBIAN_FRONTEND=noninteractive
install_missing() {
  # shellcheck disable=SC2086 -- a list of names
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
}
# The package lists may be absent or outdated: update them only if the first attempt fails.
if ! install_missing; then
  "${as_root[@]}" apt-get update -q >&2 && install_missing || {
    echo "deps.sh: apt-get failed: see above: fix that, or run: ${as_root[*]} apt-get install --no-install-recommends $missing" >&2
    exit 1
  }
fi
