#!/usr/bin/env bash
# Writes the figures that the documents quote, from drivers of your own collection:
#   tests/bench/figures.sh BUILD PROCESSOR FOLDER      (PROCESSOR: x64, x86 or arm64; BUILD has the tests' tools)
# into tests/bench/figures/: what became of call sites, the census of them, and what a search for bytes finds.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
build=$(realpath "$1") processor=$2 folder=$(realpath "$3")
out=$here/figures
list=$(mktemp)
trap 'rm -f "$list"' EXIT
find -L "$folder" -type f | sort >"$list"
head_of() { echo "# $(date -u +%F), engine $("$build/poolwho" --version | awk '$1 == "engine" {print $2 + 0}'), $1"; }
{
  head_of "poolwho_survey_stats"
  "$build/tests/poolwho_survey_stats" <"$list" | sed -E '/^slow:/d; s|'"$folder"'/||g'
} >"$out/tracing_$processor.txt"
{
  head_of "poolwho_census_diff"
  # Of each driver that differs only how much: a driver that exhausts its budget lacks thousands.
  # Drivers that differ are a figure, not a failure.
  { "$build/tests/poolwho_census_diff" || [ $? -eq 1 ]; } <"$list" | sed -E 's|'"$folder"'/||g' | awk '
    function told() { if (name != "") print name ": " only_census + 0 " only in the census, " only_account + 0 " only in the account" }
    /^ +only census/ { only_census++; next }
    /^ +only account/ { only_account++; next }
    /^ / { print name ": " $0; next }
    / equal, / { told(); name = ""; print; next }
    { told(); name = $0; only_census = only_account = 0 }'
} >"$out/census_$processor.txt"
{
  head_of "tests/bench/search.py"
  "$here/search.py" "$build/poolwho" "$folder"
} >"$out/search_$processor.txt"
