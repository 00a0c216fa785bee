#!/bin/bash
# cover.sh - which lines of src/ the tests run; prints the table, keeps the count of every line
#
# A server that a test kills with SIGKILL leaves no counts: the numbers are a lower bound.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build-cover
CI='' CC=clang-14 tools/build.sh $folder -Doptimization=1 -Db_lundef=false \
  "-Dc_args=-fprofile-instr-generate -fcoverage-mapping" -Dc_link_args=-fprofile-instr-generate
tools/peers.sh build/peers >/dev/null
tools/npm.sh build/npm
rm -rf $folder/profiles
status=0
LLVM_PROFILE_FILE=$PWD/$folder/profiles/%m.%p.profraw tests/run.py --build $folder --slow 2 || status=$?

find $folder/profiles -name '*.profraw' >$folder/profiles.txt
llvm-profdata-14 merge -sparse -f $folder/profiles.txt -o $folder/tests.profdata
objects=()
while read -r program; do objects+=(-object "$program"); done < <(
  find $folder/tests $folder/src -type f -executable ! -name '*.so*')
report() { llvm-cov-14 "$1" "${objects[@]}" -instr-profile=$folder/tests.profdata -ignore-filename-regex='tests/|tools/|bench/|fuzz/' "${@:2}" 2>/dev/null; }
report show >$folder/lines.txt
report report | tee $folder/coverage.txt
echo "cover: every line with its count: $folder/lines.txt"
exit $status
