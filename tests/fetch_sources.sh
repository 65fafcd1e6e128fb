#!/usr/bin/env bash
# Debian source packages, for libraries that Debian does not package in the form needed:
#   fetch_sources.sh TARGET PACKAGE...   downloads the original sources of each into TARGET/sources, once
# The source list is one of our own, made from the machine's, which stays untouched.
set -euo pipefail
mkdir -p "$1"
target=$(cd "$1" && pwd)
shift
missing=()
for package in "$@"; do
  compgen -G "$target/sources/${package}_*.orig.tar.*" >/dev/null || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

mkdir -p "$target/sources" "$target/apt/lists/partial" "$target/apt/cache/archives/partial"
# The release alone: its sources stay as long as it does, those of updates come and go with their versions.
apt-get indextargets --format 'deb-src $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 'Component: main' \
  'Origin: Debian' | grep -v -e '-updates main$' -e '-security main$' | sort -u >"$target/apt/sources.list"
fetch() {
  (cd "$target/sources" && apt-get -qq -o Dir::Etc::sourcelist="$target/apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$target/apt/lists" -o Dir::Cache="$target/apt/cache" -o APT::Sandbox::User="$(id -un)" "$@")
}
fetch update
fetch source --download-only "${missing[@]}"
