# For the scripts beside this one. Arguments: PROGRAM DRIVERS SOURCE; a work folder that goes away at the end.
set -euo pipefail
export LC_ALL=C
program=$(realpath "$1") drivers=$(realpath "$2") source=$(realpath "$3")
mkdir -p /tmp/poolwho-bin-$$ && ln -s "$program" /tmp/poolwho-bin-$$/poolwho
export PATH=/tmp/poolwho-bin-$$:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work" /tmp/poolwho-bin-$$' EXIT
cd "$work"

die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
sql() { sqlite3 -cmd '.timeout 60000' "$@"; }

# A tree of drivers whose time of change is not too recent to be trusted.
tree() {
  mkdir -p "$1"
  cp -r "$drivers"/*-x64-* "$1"
  find "$1" -type f ! -name '*.sys' -delete
  find "$1" -type f -exec touch -d 2021-03-04 {} +
}

intact() { [ "$(sql "$1" 'PRAGMA integrity_check; PRAGMA foreign_key_check;')" = ok ] || die "$1 is damaged"; }
# What a catalogue knows, without its own numbers.
contents() {
  sql "$1" "SELECT sha256, n, u.tag, evidence, api, site_rva, via FROM uses u JOIN drivers d ON d.id=driver ORDER BY 1,2;
            SELECT sha256, rva, bucket, reason FROM sites JOIN drivers d ON d.id=driver ORDER BY 1,2;
            SELECT path, sha256, state FROM files JOIN drivers d ON d.id=driver WHERE state='present' ORDER BY 1;"
}
