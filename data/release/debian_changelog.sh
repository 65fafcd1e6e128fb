#!/usr/bin/env bash
# CHANGELOG.md as a Debian changelog:  debian_changelog.sh CHANGELOG.md "Name <address>"
# One entry a version, one point a line; headings such as "Added" become "[ Added ]".
set -euo pipefail
maintainer=$2
flush() { [ -z "${version-}" ] || printf '\n -- %s  %s\n\n' "$maintainer" "$(LC_ALL=C date -u -d "$day" '+%a, %d %b %Y %H:%M:%S +0000')"; }
while IFS= read -r line; do
  case $line in
    "## ["*"] - "*)
      flush
      version=${line#"## ["} version=${version%%]*} day=${line##* - }
      printf 'poolwho (%s) unstable; urgency=medium\n\n' "$version"
      ;;
    "### "*) [ -z "${version-}" ] || printf '  [ %s ]\n' "${line#"### "}" ;;
    "- "*) [ -z "${version-}" ] || fold -s -w 74 <<<"${line#- }" | sed -e 's/ *$//' -e '1s/^/  * /' -e '1!s/^/    /' ;;
  esac
done < <(sed -e ':a' -e 'N' -e '$!ba' -e 's/\n  \([^ ]\)/ \1/g' "$1")  # a point in one line
flush
