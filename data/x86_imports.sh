#!/usr/bin/env bash
# Makes the first part of data/x86_imports.tsv from the decorated names in the i686 import libraries of mingw-w64
# (package mingw-w64-i686-dev): _Name@12 removes 12 bytes of arguments, @Name@12 gets 8 of its 12 in registers, and a
# plain _Name leaves them to its caller. Data exports have no code symbol and drop out.
#   data/x86_imports.sh >FILE      the hand-written rows of the table follow its line "# by hand"
set -euo pipefail
libraries=${LIBRARIES:-/usr/i686-w64-mingw32/lib}
table=$(dirname "$0")/x86_imports.tsv
cat <<'HEAD'
# How many bytes of arguments the callee removes from the stack on x86, by function name.
# Made by data/x86_imports.sh from the names in mingw-w64's i686 import libraries; see the rows behind "by hand" for the rest.
module	name	bytes	convention
HEAD
while read -r module library; do
  i686-w64-mingw32-nm "$libraries/lib$library.a" 2>/dev/null |
    awk -v module="$module" 'NF == 3 && $2 == "T" { print module, $3 }'
done <<'LIST' | awk '
  # A 64-bit argument never travels in a register, whatever the convention.
  BEGIN { onstack["RtlUlonglongByteSwap"] = 1 }
  {
    name = $2; bytes = 0; convention = "cdecl"
    if (name ~ /^[_@].*@[0-9]+$/) {
      convention = name ~ /^@/ ? "fastcall" : "stdcall"
      bytes = name; sub(/.*@/, "", bytes); sub(/@[0-9]+$/, "", name)
    }
    name = substr(name, 2)
    if (convention == "fastcall" && !(name in onstack)) bytes = bytes > 8 ? bytes - 8 : 0
    if (name != "" && !seen[name]++) print $1 "\t" name "\t" bytes "\t" convention
  }' | LC_ALL=C sort -t "$(printf '\t')" -k 1,1 -k 2,2
ntoskrnl.exe ntoskrnl
hal.dll hal
ndis.sys ndis
scsiport.sys scsiport
videoprt.sys videoprt
ks.sys ks
usbd.sys usbd
tdi.sys tdi
wmilib.sys wmilib
classpnp.sys classpnp
hidclass.sys hidclass
hidparse.sys hidparse
dxapi.sys dxapi
win32k.sys win32k
usbport.sys usbport
ksecdd.sys ksecdd
netio.sys netio
LIST
if [ -e "$table" ]; then sed -n '/^# by hand/,$p' "$table"; fi
