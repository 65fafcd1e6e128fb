#!/usr/bin/env bash
# What must hold for poolwho.exe before it is run:  check_exe.sh POOLWHO_EXE POOLWHO
# It needs no DLL but those of every Windows, carries the manifest and, as poolwho itself reads it, a version resource.
# The .zip that CPack makes of it holds that one program and nothing else to run, with its licences.
set -euo pipefail
exe=$(realpath "$1") poolwho=$2
system='advapi32.dll|bcrypt.dll|kernel32.dll|msvcrt.dll|ntdll.dll|shell32.dll|user32.dll'
dlls() { x86_64-w64-mingw32-objdump -p "$1" | sed -n 's/^\s*DLL Name: //p' | tr 'A-Z' 'a-z' | sort; }
imports=$(dlls "$exe")
echo "$(stat -c %s "$exe") bytes; imports:" $imports
if grep -qvxE "$system" <<<"$imports"; then
  echo "not a DLL of every Windows:" $(grep -vxE "$system" <<<"$imports")
  exit 1
fi
for text in longPathAware 'level="asInvoker"' '>UTF-8</activeCodePage>'; do
  grep -aqF "$text" "$exe" || { echo "the manifest lacks $text"; exit 1; }
done
"$poolwho" survey "$exe" --format ndjson -q | grep '"type":"driver"' | grep '"original_name":"poolwho.exe"' | grep -q '"product":"poolwho"' ||
  { echo "no version resource"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$(dirname "$exe")" && cpack -G ZIP -B "$work") >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log"; exit 1; }
python3 -m zipfile -e "$work"/poolwho-*.zip "$work/unpacked"
cd "$work/unpacked"/poolwho-*
[ "$(dlls poolwho.exe)" = "$imports" ] || { echo "the program in the .zip is another one"; exit 1; }
others=$(find . -type f ! -name poolwho.exe ! -name README.md ! -name LICENSE.txt ! -name pooltag.txt ! -path './licences/*.txt')
[ -z "$others" ] || { echo "in the .zip and not wanted: $others"; exit 1; }
for file in README.md LICENSE.txt pooltag.txt licences/{boost,capstone,capstone-llvm,nlohmann-json,sqlite,xxhash,zydis}.txt; do
  [ -s "$file" ] || { echo "$file is missing in the .zip"; exit 1; }
done
