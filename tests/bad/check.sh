#!/usr/bin/env bash
# check.sh PROGRAM YAML2OBJ: builds every image of images.txt and holds the answer against what stands there.
set -euo pipefail
program=$(realpath "$1") yaml2obj=$2 here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$yaml2obj" "$here/driver.yaml" -o whole.sys
failures=0 count=0
trim() { local text=$1; text=${text#"${text%%[![:space:]]*}"}; printf '%s' "${text%"${text##*[![:space:]]}"}"; }
bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }
while IFS='|' read -r name patches code text; do
  name=$(trim "$name") code=$(trim "$code") text=$(trim "$text")
  known=no; case $name in 'known failure'*) known=yes ;; esac
  cp whole.sys image.sys
  read -ra words <<<"$patches"
  for ((i = 0; i < ${#words[@]};)); do
    case ${words[i]} in
      at) bytes "${words[i + 2]}" | dd of=image.sys bs=1 seek=$((16#${words[i + 1]})) conv=notrunc status=none; i=$((i + 3)) ;;
      cut) truncate -s $((16#${words[i + 1]})) image.sys; i=$((i + 2)) ;;
      append) bytes "${words[i + 1]}" >>image.sys; i=$((i + 2)) ;;
      *) echo "what is ${words[i]}?" >&2; exit 2 ;;
    esac
  done
  actual=0; timeout -k 5 60 "$program" survey image.sys --format ndjson >out 2>&1 || actual=$?
  holds=yes; [ "$actual" = "$code" ] && grep -qF -- "$text" out || holds=no
  count=$((count + 1))
  [ $holds != $known ] && continue
  failures=$((failures + 1))
  if [ $known = yes ]; then echo "$name: holds now; take the mark away"; else echo "$name: exit code $actual, expected $code and: $text"; cat out; fi
done < <(grep -v '^#' "$here/images.txt")
echo "$count damaged images, $failures of them not as expected"
[ $count -gt 20 ] && [ $failures -eq 0 ]
