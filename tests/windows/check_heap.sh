#!/usr/bin/env bash
# Nothing that was freed is used again:  wine.sh BUILD check_heap.sh POOLWHO SOURCES
# Wine fills what is freed and names every address that its heap never gave out. Threads must come and go: what ends
# with a thread (thread_local objects of MinGW) was once read after it was gone, in one run of thousands to be seen.
set -euo pipefail
poolwho=$1 sample=$2/data/sample
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export WINEDEBUG=warn+heap
run() {
  local wanted=$1
  shift
  local rc=0
  "$poolwho" "$@" >"$work/out" 2>"$work/err" || rc=$?
  [ $rc = "$wanted" ] || { echo "poolwho $*: exit $rc, expected $wanted"; cat "$work/out" "$work/err"; exit 1; }
  if grep -E 'warn:heap|err:heap' "$work/err"; then echo "poolwho $*: the heap was used wrongly"; exit 1; fi
}
store=Z:${work//\//\\}\\drivers.db
for jobs in 1 2 4; do
  run 0 survey "$sample" -q -j$jobs
  run 0 Leak "$sample" -q -j$jobs
  run 0 survey "$sample" -q -j$jobs --store "$store"
  run 0 Leak --catalog "$store" -q
  run 1 Zzzz "$sample" -q -j$jobs
done
run 0 lookup 'Nt*' -q
