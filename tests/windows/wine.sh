#!/usr/bin/env bash
# Runs a command with Wine ready for poolwho.exe:  wine.sh BUILD COMMAND...
# BUILD holds poolwho.exe. A Windows of its own is set up in BUILD/prefix (once: ten seconds), `poolwho` in
# BUILD/bin starts the program in it, and POOLWHO_DRIVE_C is its drive C:. No window, no network, no registry of the user.
set -euo pipefail
build=$(cd "$1" && pwd)
shift
export WINEPREFIX=$build/prefix WINEDEBUG=-all WINEARCH=win64 LANG=C.UTF-8 LC_ALL=C.UTF-8
export WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' POOLWHO_DRIVE_C=$build/prefix/drive_c
unset DISPLAY WAYLAND_DISPLAY
mkdir -p "$build/bin"
printf '#!/bin/sh\nexec wine "%s" "$@"\n' "$build/poolwho.exe" >"$build/bin/poolwho"
chmod +x "$build/bin/poolwho"
trap 'wineserver -k -w || true' EXIT
if [ ! -e "$build/prefix/ready" ]; then
  rm -rf "$build/prefix"
  wineboot -i >"$build/wineboot.log" 2>&1 || { cat "$build/wineboot.log" >&2; exit 1; }
  wineserver -w
  touch "$build/prefix/ready"
fi
wineserver -p # stays until the end: a start then costs 50 ms instead of 500
"$@"
