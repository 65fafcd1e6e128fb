#!/usr/bin/env bash
# The static program: nothing to load, its licences beside it, and the answers of the other one, instructions of three
# processors included. As root it also runs where there is nothing but itself.
#   check_static.sh PROGRAM STATIC DRIVERS SAMPLE
set -euo pipefail
program=$1 static=$2 drivers=$3 sample=$4
fail() { echo "static: $*"; exit 1; }
readelf -lW "$static" | grep -q INTERP && fail "wants a loader"
[ -z "$(readelf -dW "$static" | grep NEEDED || true)" ] || fail "wants libraries"
for licence in bfio boost capstone evtx glibc hivex nettle nlohmann-json poolwho sqlite xxhash zydis; do
  [ -s "$(dirname "$static")/licences/$licence.txt" ] || fail "the licence of $licence is missing"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for which in program static; do
  # The identity of an NDJSON run is new each time; everything else is compared, paths and instructions too.
  "${!which}" survey "$drivers" --format ndjson --explain -q | grep -vE '"type":"(begin|summary)"' >"$work/survey.$which"
  "${!which}" Leak --root "$sample" --explain >"$work/locate.$which" 2>&1
  "${!which}" lookup 'Mm??' >"$work/lookup.$which" 2>&1
  "${!which}" survey "$drivers" --store "$work/$which.db" -q >/dev/null
  "${!which}" Wrap --catalog "$work/$which.db" >"$work/catalog.$which" 2>&1 || [ $? -eq 1 ]
done
for answer in survey locate lookup; do
  cmp "$work/$answer.program" "$work/$answer.static" || fail "$answer: not the answers of the other program"
done
diff <(sed "s/program\.db/DB/g" "$work/catalog.program") <(sed "s/static\.db/DB/g" "$work/catalog.static") ||
  fail "catalog: not the answers of the other program"
grep -q movk "$work/survey.static" || fail "no ARM64 instruction as text"

if [ "$(id -u)" -eq 0 ]; then
  mkdir "$work/root"
  cp "$static" "$work/root/poolwho"
  cp -r "$sample" "$work/root/sample"
  chroot "$work/root" /poolwho Leak --root /sample -q | grep -q 'proven.*myfault\.sys' || fail "does not run on its own"
fi
echo "static program: $(stat -c %s "$static") bytes, the same answers"
