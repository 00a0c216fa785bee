#!/bin/bash
# format.sh - are the C sources formatted as .clang-format says?
#
#   tools/format.sh            list the files that are not; exits 1 if there are any
#   tools/format.sh --fix      format in place
set -euo pipefail
cd "$(dirname "$0")/.."
tool=clang-format-14
mapfile -t files < <(find include src tests bench fuzz tools docs/examples -name '*.[ch]' | sort)
[ ${#files[@]} -gt 0 ] || exit 0

if [ "${1-}" = --fix ]; then exec "$tool" -i "${files[@]}"; fi

touched=$(git diff --name-only HEAD -- '*.[ch]' 2>/dev/null || true)
untidy=()
for file in "${files[@]}"; do
  "$tool" "$file" | cmp -s - "$file" || untidy+=("$file")
done
if [ ${#untidy[@]} -eq 0 ]; then
  echo "format: ${#files[@]} files follow .clang-format"
  exit 0
fi
for file in "${untidy[@]}"; do
  lines=$("$tool" "$file" | diff "$file" - | grep -c '^<' || true)
  where=""
  if grep -qxF "$file" <<<"$touched"; then where=" (changed since the last commit)"; fi
  echo "$file: $lines lines are not formatted$where: run make fmt"
done
echo "format: ${#untidy[@]} to fix"
exit 1
