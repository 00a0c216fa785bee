#!/bin/bash
# check.sh BUILD - the checks that need no running program; exits 1 if one failed
#
# All of them run, so that one round shows everything that has to be fixed.
set -uo pipefail
cd "$(dirname "$0")/.."
build=$1
failed=()
export PYTHONDONTWRITEBYTECODE=1

step() {
  local name=$1
  shift
  "$@" || failed+=("$name")
}
step layers tools/check_layers.py
step purity tools/check_purity.py "$build"
step banned tools/check_banned.py
step unused tools/check_unused.py "$build"
step citations tools/check_citations.py
step format tools/format.sh
tools/longest.py || failed+=(longest)

if [ ${#failed[@]} -gt 0 ]; then
  echo "check: failed: ${failed[*]}"
  exit 1
fi
echo "check: all is well"
