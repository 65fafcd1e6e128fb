#!/usr/bin/env bash
# A release, dry: everything that .github/workflows/release.yml does on Debian, and a look at what it would attach.
#   check.sh BUILD SOURCE [WINDOWS]
# Without a Windows build or a static program a stand-in takes its place, so that the steps after it are run all the same.
# Not run here: Visual C++ and the upload.
set -euo pipefail
build=$1 source=$2 windows=${3:-}
umask 022
work=$build/release-test
rm -rf "$work" && mkdir -p "$work/build/static/licences" "$work/windows"
fail() { echo "release: $*"; exit 1; }
python=$(PATH=/usr/bin:$PATH command -v python3)
export PATH=/usr/bin:$PATH SOURCE_DATE_EPOCH=1795824000
version=$(sed -n 's/^project(poolwho VERSION \([0-9.]*\) .*/\1/p' "$source/CMakeLists.txt")
release=$source/data/release
repository=https://github.com/OWNER/poolwho

# What a release says about itself: the same number everywhere, and a dated section of its own. What came later stands above
# it as unreleased, and is no part of the notes.
grep -q "\"version\": \"$version\"" "$source/vcpkg.json" || fail "vcpkg.json is not at $version"
"$release/notes.sh" "$version" | grep -q '^- ' || fail "CHANGELOG.md says nothing about $version"
! "$release/notes.sh" 99.0.0 >"$work/notes.log" 2>&1 || fail "a version without a section has notes"
! "$release/notes.sh" Unreleased >"$work/notes.log" 2>&1 || fail "what is unreleased can be released"

(cd "$build" && cpack -G DEB -B "$work/deb" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }
cp "$work"/deb/*.deb "$work/build/"
if [ -x "$build/static/poolwho" ]; then
  cp -r "$build/static/poolwho" "$build/static/licences" "$work/build/static/"
else
  echo "stand-in for the static program"
  cp "$build/poolwho" "$work/build/static/"
fi
deps=${windows:+$(dirname "$windows")/windows-deps}
if [ -z "$windows" ] || [ ! -e "$windows/poolwho.exe" ]; then
  echo "stand-in for the Windows build"
  windows=$work/windows deps=$work/windows-deps
  mkdir -p "$deps/sources"
  touch "$deps"/sources/{zydis_1.0,capstone_1.0,sqlite3_1.0,boost1.74_1.74.0}.orig.tar.gz
  echo program >"$windows/poolwho.exe"
  cat >"$windows/CPackConfig.cmake" <<CPACK
set(CPACK_GENERATOR ZIP)
set(CPACK_PACKAGE_NAME poolwho)
set(CPACK_PACKAGE_VERSION $version)
set(CPACK_PACKAGE_FILE_NAME poolwho-$version-win64)
set(CPACK_PACKAGE_DESCRIPTION "stand-in")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "stand-in")
set(CPACK_INSTALLED_DIRECTORIES "$windows;.")
set(CPACK_CMAKE_GENERATOR Ninja)
CPACK
fi

"$release/collect.sh" "$version" "$work/build" "$windows" "$deps" "$work/built"
"$release/assemble.sh" "$version" "$repository" "$work/built" "$work/out/files"
(cd "$work/out/files" && sha256sum --check --quiet --strict SHA256SUMS) || fail "SHA256SUMS does not hold"
"$python" "$source/tests/release/check_files.py" "$version" "$repository" "$work/out/files" "$source"

# A gap ends a release.
mkdir -p "$work/empty/sources"
! "$python" "$release/parts.py" mingw "$windows/poolwho.exe" --deps "$work/empty" >"$work/gap.log" 2>&1 || fail "parts without versions pass"
grep -q 'zydis' "$work/gap.log" || fail "the missing version is not named"
cp -r "$work/built" "$work/incomplete" && rm "$work"/incomplete/*.deb.parts.json
! "$release/assemble.sh" "$version" "$repository" "$work/incomplete" "$work/bad/files" >"$work/incomplete.log" 2>&1 || fail "a package without its list of parts passes"
grep -q 'deb.parts.json' "$work/incomplete.log" || fail "the missing list is not named"
echo "a release of $version would attach:" && cat "$work/out/files/SHA256SUMS"
