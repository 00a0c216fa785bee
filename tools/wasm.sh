#!/bin/bash
# wasm.sh - compile the engine and the playground to a WebAssembly module
#
#   tools/wasm.sh CLANG LINKER SCRATCH DEPFILE OUT SOURCE...
#
# SCRATCH has the generated headers (include) and the lean tables of the catalog; it gets
# the objects. DEPFILE is written for ninja. No C library, no imports, static memory:
# what the linker cannot resolve is an error. It works on two files at a time.
set -euo pipefail
clang=$1 linker=$2 scratch=$3 depfile=$4 out=$5
shift 5
root=$(cd "$(dirname "$0")/.." && pwd)
objects=$scratch/wasm
mkdir -p "$objects"

compile() {
  local source=$1 object
  object=$objects/$(echo "${source#"$root"/}" | tr -c 'A-Za-z0-9.\n' _).o
  "$clang" --target=wasm32 -std=gnu17 -Oz -flto -ffreestanding -fno-builtin -nostdlib \
    -fvisibility=hidden -fmacro-prefix-map="$root/=" -Wall -Wextra -isystem "$root/tools/freestanding" \
    -I"$scratch/include" -I"$root/include" -I"$root/src" \
    -MMD -MF "$object.d" -MT engine.wasm -c "$source" -o "$object"
}
export -f compile
export clang scratch root objects
printf '%s\0' "$@" | xargs -0 -n 1 -P 2 bash -euo pipefail -c 'compile "$0"'

names=()
for source in "$@"; do
  names+=("$objects/$(echo "${source#"$root"/}" | tr -c 'A-Za-z0-9.\n' _).o")
done
"$linker" --no-entry --gc-sections --strip-all --lto-O2 -z stack-size=65536 \
  -o "$out" "${names[@]}"

# one rule: what ninja calls OUT depends on all that was read
{
  printf '%s:' "$out"
  for name in "${names[@]}"; do
    sed -e '1s/^[^:]*://' -e 's/\\$//' "$name.d" | tr '\n' ' '
  done
  printf '\n'
} >"$depfile"
