#!/bin/bash
# analyze.sh - compile src/ with gcc -fanalyzer; a finding is an error
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build-analyze
[ -f $folder/build.ninja ] || CC=gcc meson setup $folder . -Dc_args=-fanalyzer >/dev/null
# Compile every source: one that is up to date would report nothing.
find $folder/src -name '*.o' -delete 2>/dev/null || true
mapfile -t objects < <(ninja -C $folder -t targets all | sed -n 's/^\(src\/.*\.o\): .*/\1/p')
ninja -k 0 -C $folder "${objects[@]}" >$folder/analyze.log 2>&1 || { tail -n 40 $folder/analyze.log >&2; exit 1; }
found=$(grep -c '\[-Wanalyzer' $folder/analyze.log || true)
if [ "$found" -gt 0 ]; then
  grep -A12 '\[-Wanalyzer' $folder/analyze.log
  echo "analyze: $found findings: the complete text is in $folder/analyze.log"
  exit 1
fi
echo "analyze: ${#objects[@]} sources, no findings"
