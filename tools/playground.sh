#!/bin/bash
# playground.sh BUILD - copy the page for trying SMTP to BUILD/playground
#
# Four files that work in any folder of any web server; nothing else is loaded.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
if [ ! -f "$build/ui/engine.wasm" ]; then
  echo "playground: $build/ui/engine.wasm was not built: clang-14 or lld-14 was missing when the build folder was made: run make deps, then meson setup --reconfigure $build" >&2
  exit 1
fi
mkdir -p "$build/playground"
cp ui/try.html ui/try.js ui/try.css "$build/ui/engine.wasm" "$build/playground/"
echo "$build/playground: give it to any web server, for instance: python3 -m http.server -b 127.0.0.1 -d $build/playground 8000"
