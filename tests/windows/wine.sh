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
# poolwho.exe ends with 0 to 3, 130 when it is interrupted: anything else is said, because Wine says nothing of a crash.
cat >"$build/bin/poolwho" <<END
#!/bin/sh
wine "$build/poolwho.exe" "\$@"
code=\$?
case \$code in [0-3] | 130) ;; *) echo "Wine: poolwho.exe ended with \$code" >&2 ;; esac
exit \$code
END
chmod +x "$build/bin/poolwho"
trap 'wineserver -k -w || true; rm -f "$build/held"' EXIT
if [ ! -e "$build/prefix/ready" ]; then
  rm -rf "$build/prefix"
  wineboot -i >"$build/wineboot.log" 2>&1 || { cat "$build/wineboot.log" >&2; exit 1; }
  wineserver -w
  touch "$build/prefix/ready"
fi
wineserver -p # stays until the end: a start then costs 50 ms instead of 500
# So does a Windows program that waits for input: as long as one is there, Wine does not end its services between starts.
rm -f "$build/held" && mkfifo "$build/held"
exec 9<>"$build/held"
wine cmd <"$build/held" >/dev/null 2>&1 9<&- &
"$@"
