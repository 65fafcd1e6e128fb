#!/usr/bin/env bash
# What is attached to a release, from what the builds left:  assemble.sh VERSION REPOSITORY BUILT TARGET
# BUILT holds the published files, and for each program NAME.parts.json (parts.py). TARGET gets the files, the SPDX list of
# their parts, manifests for winget, scoop and Chocolatey, the release notes out of CHANGELOG.md, and SHA256SUMS of it all.
set -euo pipefail
[ $# -eq 4 ] || { sed -n '2,4s/^# //p' "$0"; exit 2; }
version=$1 repository=$2 built=$3 target=$4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$target"
for file in "$built"/*; do
  case $file in
    *.parts.json) ;;
    *) cp "$file" "$target/" ;;
  esac
done
cp "$here/../pooltag.txt" "$target/"
for program in "$target"/*.zip "$target"/*.deb "$target"/*-linux-*.tar.gz; do
  [ -e "$program" ] || { echo "assemble.sh: $built lacks ${program##*/}" >&2; exit 1; }
  [ -e "$built/${program##*/}.parts.json" ] || { echo "assemble.sh: $built lacks ${program##*/}.parts.json" >&2; exit 1; }
done
python3 "$here/spdx.py" "$version" "$repository" "$built"/*.parts.json >"$target/poolwho-$version.spdx.json"
python3 "$here/manifests.py" "$version" "$repository" "$target/poolwho-$version-windows-x64.zip" "$target/manifests"
tar -C "$target" --sort=name --owner=0 --group=0 --numeric-owner -czf "$target/poolwho-$version-manifests.tar.gz" manifests
rm -r "$target/manifests"
"$here/notes.sh" "$version" >"$target/../notes-$version.md"
(cd "$target" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
echo "assembled $(find "$target" -type f | wc -l) files for $version"
