#!/bin/bash
# sanitize.sh - build with a sanitizer and run the tests under it
#
#   tools/sanitize.sh COMPILER SANITIZERS [run.py OPTION...]
#   tools/sanitize.sh gcc address,undefined
#   tools/sanitize.sh clang-14 thread          only where threads are used: store, net, server, web
#
# A finding ends the program with an error status, so its test fails.
set -euo pipefail
cd "$(dirname "$0")/.."
compiler=$1 sanitizers=$2
shift 2
folder=build-${compiler%%-*}-${sanitizers%%,*}

# In instrumented code gcc warns of null dereferences that do not exist: warnings stay warnings.
# The sanitizer's own crypt_r calls that of the library, which must be linked.
CI='' CC=$compiler tools/build.sh "$folder" -Db_sanitize="$sanitizers" -Db_lundef=false -Db_asneeded=false \
  -Dc_args=-fno-sanitize-recover=all
tools/peers.sh build/peers >/dev/null
tools/npm.sh build/npm

only=()
if [ "$sanitizers" = thread ]; then only=(unit/store unit/net unit/server unit/web sockets/ web/); fi
export POSTERN_SANITIZED=1
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:${ASAN_OPTIONS-}
export UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS-}
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tools/tsan.supp:${TSAN_OPTIONS-}
exec tests/run.py --build "$folder" --slow 4 "$@" "${only[@]}"
