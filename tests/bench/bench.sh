#!/usr/bin/env bash
# Measures poolwho against ripgrep, grep and objdump on one tree, side by side in one run, and prints ratios.
#   tests/bench/bench.sh [--program POOLWHO] [--size MB] [--corpus DIR] [--work DIR] [--runs N] [--objdump MB] [--bases N]
# Without --corpus it builds the tree itself, the same one on every machine: compiled drivers with distinct contents, 1 GB
# or --size. Ratios are of medians (wall) and of processor time (cpu), which other users of the machine disturb less.
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(realpath "$0")") source=$(realpath "$(dirname "$0")/../..")
program=$source/build/run/poolwho size=1000 corpus= work= runs=5 objdump_mb=10 bases=8
while [ $# -gt 0 ]; do
  case $1 in
    --program) program=$(realpath "$2") ;;
    --size) size=$2 ;;
    --corpus) corpus=$(realpath "$2") ;;
    --work) work=$2 ;;
    --runs) runs=$2 ;;
    --bases) bases=$2 ;;
    --objdump) objdump_mb=$2 ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift 2
done
for tool in hyperfine rg grep objdump clang-14 lld-link-14 llvm-dlltool-14 c++; do
  command -v $tool >/dev/null || { echo "bench.sh needs $tool" >&2; exit 2; }
done
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work/bin" && cd "$work"
[ -x bin/rss ] || c++ -O2 -std=c++20 "$here/rss.cpp" -o bin/rss
mkdir -p bin/shadow && ln -sf "$program" bin/shadow/poolwho && export PATH=$work/bin/shadow:$PATH

if [ -n "$corpus" ]; then
  tree=$corpus
elif [ ! -d tree ]; then
  # Sizes from 45 to 560 KB, as drivers have them.
  c++ -O2 -std=c++20 "$here/make_base.cpp" -o bin/make_base
  c++ -O2 -std=c++20 "$here/make_tree.cpp" -o bin/make_tree -lboost_filesystem
  # The definitions carry the decoration of x86.
  sed -E 's/^@?([A-Za-z0-9_]+)@[0-9]+/\1/' "$source/tests/drivers/ntoskrnl.def" >nt.def
  llvm-dlltool-14 -m i386:x86-64 -d nt.def -l nt.lib
  mkdir -p bases
  seed=0
  for functions in 40 60 80 100 150 200 300 500; do
    seed=$((seed + 1))
    [ $seed -le "$bases" ] || break
    bin/make_base $seed $functions >bases/$seed.c
    clang-14 --target=x86_64-pc-windows-msvc -O1 -w -ffreestanding -fno-stack-protector -mno-sse -funwind-tables \
      -I "$source/tests/drivers" -c bases/$seed.c -o bases/$seed.obj
    lld-link-14 /nologo /driver /subsystem:native /entry:DriverEntry /nodefaultlib /Brepro /out:bases/base$seed.sys \
      bases/$seed.obj nt.lib
  done
  bin/make_tree bases tree "$size"
  tree=tree
else
  tree=tree
fi

find -L "$tree" -type f -name '*.sys' | sort >all
files=$(wc -l <all)
bytes=$(tr '\n' '\0' <all | xargs -0 stat -L -c %s | awk '{s += $1; if ($1 > m) m = $1} END {printf "%d %d", s, m}')
largest=${bytes#* } bytes=${bytes% *}
# A quarter of the files, in a folder of its own.
rm -rf quarter part && mkdir -p quarter part
awk 'NR % 4 == 1' all >quarter.list
n=0; while IFS= read -r file; do n=$((n + 1)); cp -L "$file" "quarter/$n-$(basename "$file")"; done <quarter.list
n=0 sum=0
while IFS= read -r file; do
  [ $sum -ge $((objdump_mb * 1000000)) ] && break
  n=$((n + 1)) sum=$((sum + $(stat -L -c %s "$file")))
  cp -L "$file" "part/$n-$(basename "$file")"
done <quarter.list
rm -f store.db
poolwho survey "$tree" --follow --store store.db -q >/dev/null || true
# A tag that one driver allocates with, from the middle of the tree.
tag=$(poolwho survey "$tree" --follow --format csv -q 2>/dev/null | awk -F, '$1 == "use" && $8 == "allocates" && $9 == "sure" && $3 ~ /^[A-Za-z0-9]+$/ && length($3) == 4 && !seen[$3, $6]++ {n[$3]++; if (!($3 in at)) at[$3] = NR} END {for (t in n) if (n[t] == 1) print at[t], t}' | sort -n | awk '{t[NR] = $2} END {print t[int((NR + 1) / 2)]}')
[ -n "$tag" ] || { echo "no tag with one owner in $tree" >&2; exit 1; }
printf '%s drivers, %s MB, largest %s KB; tag %s; %s processors\n\n' "$files" $((bytes / 1000000)) $((largest / 1000)) "$tag" "$(nproc)"
find "$tree" -follow -type f -name '*.sys' -exec cat {} + >/dev/null # warm cache

# compare NAME BAR A B: both in one hyperfine run.
compare() {
  local name=$1 bar=$2 a=$3 b=$4
  hyperfine -N -i --warmup 1 --runs "$runs" --style none --export-csv times.csv "$a" "$b" >/dev/null 2>&1
  awk -F, -v name="$name" -v bar="$bar" 'NR > 1 {wall[NR] = $(NF - 4); cpu[NR] = $(NF - 3) + $(NF - 2)} END {
    printf "%-44s %9.3f s %9.3f s   wall %7.3f   cpu %7.3f   %s\n", name, wall[2], wall[3], wall[2] / wall[3],
      cpu[2] / (cpu[3] > 0 ? cpu[3] : 0.001), bar}' times.csv
}
rg="rg -la --no-ignore --hidden -g *.sys -L"
compare "single tag / rg -la" "bar 2" "poolwho $tag $tree --follow -q" "$rg $tag $tree"
compare "single tag / grep -rlaF" "" "poolwho $tag $tree --follow -q" "grep -RlaF --include=*.sys $tag $tree"
compare "survey / rg -la" "bar 25" "poolwho survey $tree --follow -q" "$rg $tag $tree"
compare "catalogue / rg -la" "bar 0.1" "poolwho $tag --catalog store.db -q" "$rg $tag $tree"
compare "catalogue / grep -rlaF" "" "poolwho $tag --catalog store.db -q" "grep -RlaF --include=*.sys $tag $tree"
compare "catalogue / poolwho --version" "(start of the program)" "poolwho $tag --catalog store.db -q" "poolwho --version"
compare "survey of what is stored / survey" "" "poolwho survey $tree --follow --store store.db -q" "poolwho survey $tree --follow -q"
compare "survey -j1 / survey -j2" "bar 1.8 (greater is better)" "poolwho survey $tree --follow -q -j1" "poolwho survey $tree --follow -q -j2"
compare "survey of 4x / 1x the files" "bar 4.1" "poolwho survey $tree --follow -q" "poolwho survey quarter -q"
printf '#!/bin/sh\nfor f in part/*.sys; do objdump -d "$f" >/dev/null; done\n' >objdump.sh && chmod +x objdump.sh
runs_before=$runs runs=$((runs > 2 ? 2 : runs))
compare "objdump -d / survey -j1, $((sum / 1000000)) MB of them" "bar 50 (greater is better)" "./objdump.sh" "poolwho survey part -q -j1"
runs=$runs_before
read -r rss4 cpu < <(bin/rss poolwho survey "$tree" --follow -q)
read -r rss1 _ < <(bin/rss poolwho survey quarter -q)
read -r rss_tag cpu_tag < <(bin/rss poolwho "$tag" "$tree" --follow -q)
rm -f cost.db
read -r rss_store cpu_store < <(bin/rss poolwho survey "$tree" --follow --store cost.db -q)
bar=$((65536 + 4 * largest / 1024))
printf '\n%-44s %s KiB, of a quarter of the files %s KiB (bar %s); single tag %s KiB; storing %s KiB\n' "peak memory of a survey" "$rss4" "$rss1" "$bar" "$rss_tag" "$rss_store"
store_kb=$(($(stat -c %s cost.db) / 1000))
awk -v f="$files" -v cpu="$cpu" -v tag="$cpu_tag" -v store="$cpu_store" -v kb="$store_kb" -v mb="$((bytes / 1000000))" 'BEGIN {
  printf "\ncost per 1,000 drivers (%.0f KB each): survey %.1f core-seconds, survey --store %.1f and %.1f MB of catalogue, single tag %.2f\n", mb * 1000 / f, 1000 * cpu / f, 1000 * store / f, kb / f, 1000 * tag / f
  printf "cost per 100,000 drivers: survey %.0f core-seconds, survey --store %.0f and %.0f MB of catalogue, single tag %.0f\n", 1e5 * cpu / f, 1e5 * store / f, 100 * kb / f, 1e5 * tag / f}'
