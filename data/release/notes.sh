#!/usr/bin/env bash
# The section of CHANGELOG.md that is about one version:  notes.sh VERSION
# A version without a section, or one that is called unreleased, is an error: a release says what is new.
set -euo pipefail
changelog=$(cd "$(dirname "$0")/../.." && pwd)/CHANGELOG.md
notes=$(awk -v wanted="## [$1] - " 'index($0, "## [") == 1 { inside = index($0, wanted) == 1; next } /^\[/ { next } inside' "$changelog")
[ -n "${notes//[[:space:]]/}" ] || { echo "notes.sh: CHANGELOG.md has no section for $1" >&2; exit 1; }
printf '%s\n' "$notes" | sed -e '/./,$!d'
