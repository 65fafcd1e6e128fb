#!/usr/bin/env bash
# Commands for a fresh Debian 12 machine. Each installs what is missing, builds, and then
#   ./bootstrap.sh run [ARGS]   runs poolwho (without ARGS: who allocates with 'Leak' on the sample volume)
#   ./bootstrap.sh deb          leaves the Debian package in build/run
#   ./bootstrap.sh static       leaves one file that needs no library, for any Linux: build/run/static/poolwho
#   ./bootstrap.sh unit         builds and runs the unit tests that need doctest and nothing else
#   ./bootstrap.sh test         builds with warnings as errors, here and for Windows, and runs every test
#   ./bootstrap.sh packages [BUILD]   installs what the tests want, and unpacks their drivers in BUILD (build/test)
#   ./bootstrap.sh windows      leaves the Windows program in build/windows/poolwho.exe
set -euo pipefail
cd "$(dirname "$0")"

run_packages=(g++ cmake ninja-build liblief-dev libzydis-dev libcapstone-dev libboost-dev libboost-program-options-dev
  libboost-filesystem-dev nlohmann-json3-dev nettle-dev libsqlite3-dev libxxhash-dev libhivex-dev libevtx-dev libbfio-dev)
deb_packages=(dpkg-dev file)
static_packages=(libzycore-dev xz-utils)
test_packages=(clang-14 clang-16 lld-14 llvm-14 gcc-mingw-w64-x86-64 gcc-mingw-w64-i686 doctest-dev python3-hivex python3-evtx python3-unicorn openssl
  osslsigncode wine wine64
  lintian chromium chromium-driver python3-selenium python3-yaml python3-jsonschema
  slurmctld slurmd slurm-client munge ansible-core
  sqlite3 parallel ripgrep hyperfine jq python3 cppcheck)
windows_packages=(g++ cmake ninja-build g++-mingw-w64-x86-64-posix make tcl xz-utils libboost-dev nlohmann-json3-dev
  libxxhash-dev libzycore-dev doctest-dev)

say() { printf '== %s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; return; fi
  command -v sudo >/dev/null || { say "root installs packages, and there is no sudo: run as root: apt-get install --no-install-recommends ${missing[*]-}"; exit 2; }
  sudo "$@"
}

updated=
update_lists() {
  if [ -z "$updated" ]; then as_root apt-get update -qq; fi
  updated=yes
}

need() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return
  command -v apt-get >/dev/null || { say "this is no Debian machine: install ${missing[*]} by hand"; exit 2; }
  say "installing ${missing[*]}"
  update_lists
  # How much that is, and how long the silence may last.
  LC_ALL=C apt-get install --assume-no -o Debug::NoLocking=1 --no-install-recommends "${missing[@]}" 2>/dev/null |
    grep -E '^(Need to get|After this operation)' | while read -r line; do say "$line"; done || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Real drivers for the tests: those of Debian's Wine, unpacked and not installed.
unpack_wine_drivers() {
  local target=$1
  [ "$(find "$target" -name '*.sys' 2>/dev/null | wc -l)" -eq 17 ] && return
  say "unpacking the drivers of Debian's libwine"
  update_lists
  rm -rf "$target" && mkdir -p "$target"
  (cd "$target" && apt-get download -qq libwine 2>/dev/null && dpkg --fsys-tarfile libwine*.deb | tar -x --wildcards '*.sys' && rm libwine*.deb)
}

need_for_tests() {
  need "${run_packages[@]}" "${deb_packages[@]}" "${test_packages[@]}" "${windows_packages[@]}"
  unpack_wine_drivers "$1/libwine"
}

build() {
  local folder=$1
  shift
  say "building in $folder"
  cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release "$@" >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
  cmake --build "$folder" >&2
}

# The Windows program, by mingw-w64. Its libraries are made once, from Debian's source packages.
build_windows() {
  say "libraries for Windows"
  tests/windows/deps.sh build/windows-deps
  build build/windows -DCMAKE_TOOLCHAIN_FILE="$PWD/tests/windows/mingw.cmake" -DPOOLWHO_WINDOWS_DEPS="$PWD/build/windows-deps" \
    -DPOOLWHO_LIEF=OFF -DPOOLWHO_TESTS=OFF "$@"
}

case "${1:-}" in
  run)
    shift
    need "${run_packages[@]}"
    mkdir -p build
    build build/run -DPOOLWHO_TESTS=OFF >/dev/null
    if [ "$#" -eq 0 ]; then
      say "poolwho Leak --root data/sample"
      exec build/run/poolwho Leak --root data/sample
    fi
    exec build/run/poolwho "$@"
    ;;
  deb)
    need "${run_packages[@]}" "${deb_packages[@]}"
    mkdir -p build
    build build/run -DPOOLWHO_TESTS=OFF >/dev/null
    (cd build/run && cpack >&2)
    ;;
  static)
    need "${run_packages[@]}" "${static_packages[@]}"
    mkdir -p build
    say "the sources of Zydis, which Debian has as a shared library only"
    tests/fetch_sources.sh build/static-sources zydis
    zydis=$PWD/build/static-sources/zydis
    mkdir -p "$zydis"
    tar -x -C "$zydis" --strip-components=1 -f build/static-sources/sources/zydis_*.orig.tar.*
    build build/run -DPOOLWHO_TESTS=OFF -DPOOLWHO_ZYDIS_SOURCE="$zydis" >/dev/null
    say "build/run/static/poolwho, and the licences of what is in it"
    ;;
  packages)
    need_for_tests "${2:-build/test}"
    ;;
  test)
    need_for_tests build/test
    build_windows -DPOOLWHO_WERROR=ON
    build build/test -DPOOLWHO_WERROR=ON -DPOOLWHO_WINDOWS_BUILD="$PWD/build/windows" \
      -DPOOLWHO_ZYDIS_SOURCE="$PWD/build/windows-deps/sources/zydis"
    say "running the tests"
    ctest --test-dir build/test --output-on-failure --no-tests=error
    ;;
  unit)
    need "${run_packages[@]}" doctest-dev
    mkdir -p build
    build build/unit -DPOOLWHO_TESTS=unit
    ctest --test-dir build/unit --output-on-failure --no-tests=error
    ;;
  windows)
    need "${windows_packages[@]}"
    mkdir -p build
    build_windows
    ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
