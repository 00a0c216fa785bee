#!/bin/bash
# build.sh - set up a build folder if necessary, and build it
#
#   tools/build.sh FOLDER [MESON OPTION...]
#
# With CI=true a warning is an error. CC chooses the compiler, when the folder is new.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
shift
werror=false
[ "${CI-}" = true ] && werror=true

if [ ! -f "$folder/build.ninja" ]; then
  meson setup "$folder" . -Dwerror=$werror "$@" >"$folder.setup.log" 2>&1 || {
    cat "$folder.setup.log" >&2
    rm -f "$folder.setup.log"
    exit 1
  }
  mv "$folder.setup.log" "$folder/setup.log"
fi
# Quiet on success: ninja's progress goes to a log, which is shown on failure.
if [ -t 1 ]; then
  ninja -C "$folder"
else
  ninja -C "$folder" >"$folder/build.log" 2>&1 || {
    sed '/^\[[0-9]*\/[0-9]*\]/d' "$folder/build.log" >&2
    exit 1
  }
  grep -A6 'warning:' "$folder/build.log" >&2 || true
fi
