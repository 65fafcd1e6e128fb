#!/usr/bin/env bash
# The Debian package: lintian has nothing to say, it installs, works, brings its man page and completion, and leaves
# nothing behind.   check.sh BUILD
set -euo pipefail
build=$1
umask 022
work=$build/package-test
rm -rf "$work" && mkdir -p "$work"
(cd "$build" && cpack -G DEB -B "$work" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }
deb=$(ls "$work"/*.deb)
said=$(lintian --allow-root --fail-on error,warning "$deb" 2>&1 | grep -v '^running with root' || true)
[ -z "$said" ] || { echo "$said"; exit 1; }
if [ "$(id -u)" -eq 0 ]; then
  dpkg -i "$deb" >"$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log"; exit 1; }
  program=/usr/bin/poolwho
  man=/usr/share/man/man1/poolwho.1.gz
else
  dpkg-deb -x "$deb" "$work/root"  # the best that can be done without rights
  program=$work/root/usr/bin/poolwho
  man=$work/root/usr/share/man/man1/poolwho.1.gz
fi
"$program" --version | grep -q '^poolwho '
"$program" lookup Leak -q >/dev/null || [ $? -eq 1 ]
[ -x "${program%/bin/poolwho}/libexec/poolwho/poolwho-lief" ] || { echo "the second reader is not in the package"; exit 1; }
gzip -dc "$man" | grep -q '^\.SH OPTIONS'
if [ "$(id -u)" -eq 0 ]; then
  dpkg -L poolwho | grep -q bash-completion
  dpkg -P poolwho >/dev/null
  [ ! -e /usr/bin/poolwho ] && [ ! -d /usr/share/doc/poolwho ] || { echo "the package leaves files behind"; exit 1; }
fi
echo "package $(basename "$deb") is clean"
