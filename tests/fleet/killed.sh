#!/usr/bin/env bash
# A writer is killed at a random moment, KILLS times (4th argument, 50), every fifth time on a new catalogue. Afterwards
# the catalogue must be intact and hold every driver that was reported; at the end a survey must complete it.
kills=${4:-50}
. "$(dirname "$0")/common.sh"
tree tree
poolwho survey tree --store whole.db -q >/dev/null
stored=0 killed=0
start=$(date +%s%N); poolwho survey tree --store time.db -q >/dev/null; took=$((($(date +%s%N) - start) / 1000000))
for ((i = 0; i < kills; ++i)); do
  [ $((i % 5)) -eq 0 ] && rm -f k.db k.db-journal
  poolwho survey tree --store k.db --format ndjson -q >out.ndjson 2>/dev/null &
  writer=$!
  sleep "$(printf '%d.%03d' $((RANDOM % (took + 1) / 1000)) $((RANDOM % (took + 1) % 1000)))"
  kill -9 $writer 2>/dev/null && killed=$((killed + 1))
  wait $writer 2>/dev/null || true
  # Complete lines only: the last one may be cut.
  sed -n 's/^{"type":"driver","path":"[^"]*","container":null,"sha256":"\([0-9a-f]*\)".*}$/\1/p' out.ndjson | sort -u >reported
  [ -s k.db ] || { [ -s reported ] && die "reported, but there is no catalogue"; continue; }
  intact k.db
  if [ "$(sql k.db "SELECT count(*) FROM sqlite_schema")" -eq 0 ]; then
    [ -s reported ] && die "reported, but the catalogue is empty"
    continue
  fi
  sql k.db 'SELECT sha256 FROM drivers ORDER BY 1' >kept
  lost=$(comm -23 reported kept | wc -l)
  [ "$lost" -eq 0 ] || die "$lost drivers were reported and are not in the catalogue"
  stored=$((stored + $(wc -l <reported)))
done
poolwho survey tree --store k.db -q >/dev/null
intact k.db
diff <(contents k.db) <(contents whole.db) >/dev/null || die "the survey after the last kill does not complete the catalogue"
echo "$kills runs, $killed killed while running, $stored drivers reported, none lost"
