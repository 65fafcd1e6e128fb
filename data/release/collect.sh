#!/usr/bin/env bash
# The files that a Debian machine publishes, under the names of a release, each with the list of its parts:
#   collect.sh VERSION BUILD WINDOWS DEPS TARGET
# BUILD holds the .deb (bootstrap.sh deb) and static/ (bootstrap.sh static), WINDOWS the mingw build, DEPS its libraries.
# A part that was not built is named and left out; assemble.sh refuses a release without it.
set -euo pipefail
[ $# -eq 5 ] || { sed -n '2,5s/^# //p' "$0"; exit 2; }
version=$1 build=$2 windows=$3 deps=$4 target=$5
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$target"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
parts() { python3 "$here/parts.py" "$1" "$2" --deps "$deps" >"$2.parts.json"; }

deb=$(find "$build" -maxdepth 1 -name "poolwho_${version}_*.deb" -print -quit)
if [ -n "$deb" ]; then
  cp "$deb" "$target/"
  parts deb "$target/${deb##*/}"
else
  echo "collect.sh: no .deb of version $version in $build"
fi
if [ -x "$build/static/poolwho" ]; then
  folder=poolwho-$version-linux-$(uname -m)
  mkdir "$work/$folder"
  cp -r "$build/static/poolwho" "$build/static/licences" "$here/../../README.md" "$here/../../CHANGELOG.md" "$work/$folder/"
  tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -czf "$target/$folder.tar.gz" "$folder"
  parts static "$target/$folder.tar.gz"
else
  echo "collect.sh: no static program in $build"
fi
if [ -e "$windows/poolwho.exe" ]; then
  (cd "$windows" && cpack -G ZIP -B "$work/zip") >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log"; exit 1; }
  zip=$target/poolwho-$version-windows-x64.zip
  cp "$work"/zip/poolwho-*.zip "$zip"
  parts mingw "$zip"
  # For those who want one file and nothing to unpack.
  python3 -m zipfile -e "$zip" "$work/unpacked"
  cp "$work"/unpacked/*/poolwho.exe "$target/"
else
  echo "collect.sh: no program for Windows in $windows"
fi
