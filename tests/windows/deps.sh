#!/usr/bin/env bash
# The libraries of the Windows build, for mingw-w64, into TARGET:  deps.sh TARGET
# Debian packages none of them for mingw, so the *source* packages are fetched with a source list of our own (made from
# the machine's own, which stays untouched) and only the sources that are needed are compiled. Header-only libraries are
# linked in from the machine. Nothing happens when TARGET is up to date.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
target=$(cd "$1" && pwd)
stamp=$(cat "$here/deps.sh" "$here/../fetch_sources.sh" "$here/mingw.cmake" "$here"/deps/* | sha256sum)
[ "$(cat "$target/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

sources=$target/sources
mkdir -p "$target/include"
# The Zydis library needs Zycore's headers only; those are the machine's.
"$here/../fetch_sources.sh" "$target" zydis capstone sqlite3 boost1.74

unpack() {  # unpack PACKAGE FOLDER [MEMBER...]
  local name=$1 folder=$sources/$2
  shift 2
  rm -rf "$folder" && mkdir -p "$folder"
  tar -x -C "$folder" --strip-components=1 -f "$(compgen -G "$sources/${name}_*.orig.tar.*")" "$@"
}
unpack zydis zydis
unpack capstone capstone
unpack sqlite3 sqlite3
unpack boost1.74 boost --wildcards 'boost/libs/filesystem/src/*' 'boost/libs/program_options/src/*' boost/LICENSE_1_0.txt
# SQLite's sources become one file by its own scripts, which want tclsh.
(cd "$sources/sqlite3" && ./configure --disable-tcl --disable-shared >configure.log 2>&1 && make sqlite3.c >make.log 2>&1)

for header in boost nlohmann Zycore xxhash.h doctest; do
  [ -e "/usr/include/$header" ] || { echo "deps.sh: /usr/include/$header is missing" >&2; exit 1; }
  ln -sfn "/usr/include/$header" "$target/include/$header"
done
cmake -S "$here/deps" -B "$target/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE="$here/mingw.cmake" \
  -DPOOLWHO_WINDOWS_DEPS="$target" -DCMAKE_INSTALL_PREFIX="$target" >"$target/configure.log" 2>&1 ||
  { cat "$target/configure.log" >&2; exit 1; }
cmake --build "$target/build" >"$target/build.log" 2>&1 || { cat "$target/build.log" >&2; exit 1; }
cmake --install "$target/build" >/dev/null
echo "$stamp" >"$target/stamp"
