#!/bin/bash
# npm.sh - install the npm packages of tests/web/package.json, for tests only
#
#   tools/npm.sh FOLDER     FOLDER/node_modules, exactly as tests/web/package-lock.json says
#
# Nothing is done while the lock file is the one that was installed. No package's script
# is run and no browser is fetched: the tests use Debian's chromium. When the packages
# cannot be had it says so and leaves none; `make test` then counts one failure and does not run
# the tests that need them.
set -euo pipefail
source=$(cd "$(dirname "$0")/../tests/web" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
stamp=$folder/installed.sum
wanted=$(sha256sum <"$source/package-lock.json")
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

give_up() {
  rm -f "$stamp"
  echo "npm.sh: the npm packages of the tests are not installed: $1: tests that need them will not run" >&2
  exit 0
}
command -v npm >/dev/null || give_up "there is no npm (run tools/deps.sh test)"
rm -f "$stamp"
cp "$source/package.json" "$source/package-lock.json" "$folder/"
options=(--ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-timeout=60000)
if ! CYPRESS_INSTALL_BINARY=0 npm ci --prefix "$folder" "${options[@]}" >"$folder/npm.log" 2>&1; then
  give_up "npm ci failed ($(grep -m 1 -E 'npm (ERR!|error)' "$folder/npm.log" || tail -n 1 "$folder/npm.log"))"
fi
echo "$wanted" >"$stamp"
