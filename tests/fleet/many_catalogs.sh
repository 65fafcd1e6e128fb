#!/usr/bin/env bash
# The catalogues of 1,000 machines become one, in an address space that is smaller than the result: what a merge needs
# does not grow with what it writes. Nothing is lost or doubled.   many_catalogs.sh PROGRAM DRIVERS SOURCE MAKE_CATALOG
make_catalog=$(realpath "$4")
. "$(dirname "$0")/common.sh"
machines=1000
# Each machine has drivers of its own, and 5 that all have.
mkdir bases many && cp "$drivers"/clang-x64-O2/[a-m]*.sys bases/
"$make_catalog" bases common.db 5 --no-list --host common
"$make_catalog" bases own.db 40 --no-list --host own
poolwho merge common.db own.db -o base.db -q
own=$(sql base.db "SELECT count(*) FROM drivers") && [ "$own" -eq 45 ] || die "the base has $own drivers"
per_use=$(sql base.db "SELECT count(*) FROM uses u JOIN files f USING(driver) WHERE f.host='own'")
# The same by SQL for every machine: other hashes for its own drivers, its name, another run.
sql base.db "DELETE FROM roots WHERE host='common'; UPDATE roots SET host='M'; UPDATE files SET path='/volume/' || host || path, host='M'"
for ((i = 0; i < machines; ++i)); do
  name=$(printf 'm%04d' $i)
  cp base.db "many/$name.db"
  printf "UPDATE roots SET host='%s'; UPDATE files SET host='%s'; UPDATE runs SET host='%s', uuid=uuid || '%s';
    UPDATE drivers SET sha256=substr(sha256, 1, 59) || '%s' WHERE id IN (SELECT driver FROM files WHERE path LIKE '/volume/own/%%');\n" \
    $name $name $name $name $name | sqlite3 -cmd 'PRAGMA synchronous=OFF' -cmd 'PRAGMA journal_mode=OFF' "many/$name.db" >/dev/null
done
# How much address space the program needs for two of them, and 24 MB more for all.
need() {
  local low=20000 high=2000000
  while [ $((high - low)) -gt 2000 ]; do
    local middle=$(((low + high) / 2))
    if (ulimit -v $middle && exec poolwho merge many/m0000.db many/m0001.db -o two.db -q) >/dev/null 2>&1; then high=$middle; else low=$middle; fi
  done
  echo $high
}
cap=$(($(need) + 24000))
(ulimit -v $cap && exec poolwho merge many/*.db -o all.db) 2>said || die "merging in $cap KB: $(cat said)"
intact all.db
size=$(($(stat -c %s all.db) / 1024))
[ $size -gt $((cap - $(need) + 20000)) ] || die "the result has $size KB only: that shows nothing"
grep -q "merged $machines catalogues: $((machines * 45)) drivers of $machines machines, $((machines * 40 + 5)) different" said || die "$(cat said)"
[ "$(sql all.db "SELECT count(*) FROM uses u JOIN drivers d ON d.id=u.driver WHERE d.id IN (SELECT driver FROM files WHERE path LIKE '/volume/own/%')")" -eq $((per_use * machines)) ] ||
  die "uses were lost or doubled"
[ "$(sql all.db "SELECT count(DISTINCT uuid), count(*) FROM runs" | tr '|' ' ')" = "$((machines * 2)) $((machines * 2))" ] || die "runs were lost or doubled"
# A question finds one driver that all have on each machine.
shared=$(sql all.db "SELECT f.driver FROM files f GROUP BY f.driver HAVING count(*)=$machines LIMIT 1")
[ -n "$shared" ] || die "no driver is everywhere"
echo "$machines catalogues of 45 drivers in $cap KB of address space: $size KB"
