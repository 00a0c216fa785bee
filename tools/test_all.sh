#!/bin/bash
# test_all.sh - all checks and tests, one step after another
#
# A step runs even if an earlier one failed; the table at the end shows all of them.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
results=()
status=0

step() { # step NAME COMMAND...
  local name=$1 began=$SECONDS verdict=ok
  shift
  echo "==== $name"
  "$@" || { verdict=FAILED; status=1; }
  results+=("$(printf '%-7s %-28s %5d s' $verdict "$name" $((SECONDS - began)))")
}

valgrind_units() {
  POSTERN_SANITIZED=1 tests/run.py --build build --units --slow 20 \
    --wrap "valgrind -q --error-exitcode=99 --leak-check=full --suppressions=tools/valgrind.supp" unit/
}

step build tools/build.sh build
step check tools/check.sh build
tools/peers.sh build/peers >/dev/null
tools/npm.sh build/npm
step "tests, long rounds" tests/run.py --build build --all --slow 10
step "address+undefined, gcc" tools/sanitize.sh gcc address,undefined
step "address+undefined, clang" tools/sanitize.sh clang-14 address,undefined
step "thread, clang" tools/sanitize.sh clang-14 thread
step "valgrind, unit tests" valgrind_units
step "analyze" tools/analyze.sh
step "fuzz, 60 s each" tools/fuzz.sh "" 60

echo
printf '%s\n' "${results[@]}"
exit $status
