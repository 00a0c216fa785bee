#!/bin/bash
# peers.sh - put Postfix's smtp-source into a folder, without installing the MTA
#
#   tools/peers.sh FOLDER     prints the path of a program that behaves as smtp-source
#
# The Debian package is fetched and unpacked, nothing of it is configured or started.
# smtp-source wants Postfix's own libraries, so a small program sets the search path.
# Without a package archive in reach it says so and leaves none; tests that need the
# program then report themselves as skipped.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
program=$folder/smtp-source
if [ -x "$program" ]; then echo "$program"; exit 0; fi

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
cp "$work/root/usr/sbin/smtp-source" "$work"/root/usr/lib/postfix/libpostfix-*.so "$folder/postfix/"
absent=$(LD_LIBRARY_PATH=$folder/postfix ldd "$folder/postfix/smtp-source" | awk '/not found/ {print $1}' | paste -sd' ')
[ -z "$absent" ] || give_up "these libraries are missing: $absent (run tools/deps.sh test)"
cat >"$program.new" <<END
#!/bin/sh
LD_LIBRARY_PATH='$folder/postfix' exec '$folder/postfix/smtp-source' "\$@"
END
chmod +x "$program.new"
mv "$program.new" "$program"
echo "$program"
