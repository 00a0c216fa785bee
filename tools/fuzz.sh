#!/bin/bash
# fuzz.sh - run libFuzzer targets: fuzz/fuzz_NAME.c, with seeds made from the conversations
#
#   tools/fuzz.sh NAME SECONDS      one target; NAME "" runs each in turn
#
# The corpus is kept in build-fuzz/corpus/NAME, crashing inputs in build-fuzz/crash-*.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 seconds=${2:-60}
CI='' CC=clang-14 tools/build.sh build-fuzz -Db_sanitize=address,undefined -Db_lundef=false \
  "-Dc_args=-fsanitize=fuzzer-no-link -fno-sanitize-recover=all"

mapfile -t targets < <(find build-fuzz/fuzz -maxdepth 1 -type f -executable -name "fuzz_${name:-*}" | sort)
if [ ${#targets[@]} -eq 0 ]; then
  echo "fuzz.sh: no target ${name:-at all}: there are: $(cd fuzz && ls fuzz_*.c 2>/dev/null | sed 's/fuzz_\(.*\)\.c/\1/' | paste -sd' ')" >&2
  exit 2
fi
status=0
for target in "${targets[@]}"; do
  short=${target##*/fuzz_}
  mkdir -p "build-fuzz/corpus/$short"
  seeds=()
  if [ -d "build-fuzz/fuzz/seeds/$short" ]; then seeds=("build-fuzz/fuzz/seeds/$short"); fi
  echo "fuzz: $short for $seconds s"
  log=build-fuzz/$short.log
  if "$target" -max_total_time="$seconds" -artifact_prefix=build-fuzz/crash-"$short"- -timeout=10 \
    -rss_limit_mb=2048 "build-fuzz/corpus/$short" "${seeds[@]}" >"$log" 2>&1; then
    grep '^Done' "$log" || tail -n 1 "$log"
  else
    status=1
    tail -n 60 "$log"
  fi
done
exit $status
