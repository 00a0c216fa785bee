#!/bin/bash
# peers.sh - put Postfix's smtp-source and smtp-sink into a folder, without installing
# the MTA
#
#   tools/peers.sh FOLDER     prints the path of a program that behaves as smtp-source;
#                             smtp-sink is beside it
#
# The Debian package is fetched and unpacked, nothing of it is configured or started.
# Both programs want Postfix's own libraries, so small scripts set the search path.
# Without a package archive in reach it says so and leaves none. Tests that need
# smtp-source are then skipped and `make test` counts one failure for that; the benchmark
# leaves smtp-sink out.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
if [ -x "$folder/smtp-source" ] && [ -x "$folder/smtp-sink" ]; then echo "$folder/smtp-source"; exit 0; fi

give_up() {
  echo "peers.sh: no smtp-source: $1: tests with this client will be skipped" >&2
  exit 0
}
command -v apt-get >/dev/null || give_up "there is no apt-get"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { (cd "$work" && apt-get download -q postfix) >"$work/log" 2>&1; }
if ! fetch; then
  if [ "$(id -u)" -eq 0 ]; then apt-get update -q >"$work/log" 2>&1 || true; fi
  fetch || give_up "apt-get download postfix failed ($(tail -n 1 "$work/log"))"
fi
dpkg -x "$work"/postfix_*.deb "$work/root"
rm -rf "$folder/postfix"
mkdir -p "$folder/postfix"
cp "$work"/root/usr/sbin/smtp-{source,sink} "$work"/root/usr/lib/postfix/libpostfix-*.so "$folder/postfix/"
for name in smtp-source smtp-sink; do
  absent=$(LD_LIBRARY_PATH=$folder/postfix ldd "$folder/postfix/$name" | awk '/not found/ {print $1}' | paste -sd' ')
  [ -z "$absent" ] || give_up "these libraries are missing: $absent (run tools/deps.sh test)"
  cat >"$folder/$name.new" <<END
#!/bin/sh
LD_LIBRARY_PATH='$folder/postfix' exec '$folder/postfix/$name' "\$@"
END
  chmod +x "$folder/$name.new"
  mv "$folder/$name.new" "$folder/$name"
done
echo "$folder/smtp-source"
