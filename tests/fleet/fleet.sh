#!/usr/bin/env bash
# Two writers, changed and vanished files, shards, merging, the recipes and queries of the README, and bad catalogues.
. "$(dirname "$0")/common.sh"
tree tree
poolwho survey tree --store whole.db --format ndjson -q >whole.ndjson
intact whole.db

# Two writers at once.
poolwho survey tree --store two.db -q >/dev/null & first=$!
poolwho survey tree --store two.db -q >/dev/null & second=$!
wait $first || die "the first of two writers failed"
wait $second || die "the second of two writers failed"
intact two.db
diff <(contents two.db) <(contents whole.db) >/dev/null || die "two writers store something else than one"

# A file that did not change is not read again: nobody can read it, and still it is reported.
cp -rp tree again && poolwho survey again --store again.db -q --explain >first.txt
victim=$(find again -name direct.sys | sort | head -1)
printf 'no driver' >patch && truncate -s "$(stat -c %s "$victim")" patch && touch -d 2021-03-04 patch && cp -p "$victim" kept && cp -p patch "$victim"
poolwho survey again --store again.db -q --explain | diff - first.txt >/dev/null || die "an unchanged file was read again"
# Changed and vanished ones are known as such.
cp kept "$victim" && touch -d 2022-01-01 "$victim" && printf 'x' >>"$victim"
gone=$(find again -name wrapper.sys | sort | head -1) && rm "$gone"
poolwho survey again --store again.db 2>notes >/dev/null
grep -q ' 0 new, 1 changed, .* 1 vanished' notes || die "changed and vanished files: $(cat notes)"
[ "$(sql again.db "SELECT state FROM files WHERE path LIKE '%$gone'")" = vanished ] || die "not vanished: $gone"
poolwho Wrap again --catalog again.db -q --names-only | grep -qx "$gone" && die "a vanished file is still answered"
# A better engine traces again: what an older one wrote is replaced.
sql again.db "UPDATE engines SET engine=0; UPDATE uses SET tag='Oldy'"
poolwho survey again --store again.db -q >/dev/null
[ "$(sql again.db "SELECT count(*) FROM uses JOIN files USING(driver) WHERE tag='Oldy' AND state='present'")" -eq 0 ] || die "results of an older engine were kept"

# What a driver's allocations are can depend on another one, which comes, goes and comes back.
mkdir pair && cp -p "$drivers"/pair/importer.sys pair && poolwho survey pair --store pair.db -q --explain >alone.txt
cp -p "$drivers"/pair/exporter.sys pair && poolwho survey pair --store pair.db -q --explain >both.txt
poolwho survey pair -q --explain | diff - both.txt >/dev/null || die "an unchanged driver does not notice who allocates for it now"
grep -q ImDi both.txt && ! grep -q ImDi alone.txt || die "the tag of the pair does not depend on both"
rm pair/exporter.sys && poolwho survey pair --store pair.db -q --explain | diff - alone.txt >/dev/null || die "an unchanged driver does not notice who is gone"

# Shards: each file in exactly one, the records concatenate, the catalogues merge. README: the recipe, word by word.
cat >fake_ssh <<'END'
#!/bin/sh
# In the place of ssh: the "host" is this machine. sshd sets SHELL and HOME, which parallel's worker relies on: without
# SHELL it runs nothing and reports success. A CI runner need not have either.
export SHELL=/bin/sh HOME="${HOME:-/}"
cd "$HOME" || exit
while [ "${1#-}" != "$1" ]; do shift; done
shift
[ "$1" = "--" ] && shift
exec sh -c "$*"
END
chmod +x fake_ssh
export PARALLEL="--ssh $work/fake_ssh --will-cite"
mkdir -p recipe && cp -rp tree recipe/share
awk '/^```sh fleet/{on=1;next} /^```/{on=0} on' "$source/scanner/catalog/README.md" >recipe.sh
[ -s recipe.sh ] || die "scanner/catalog/README.md has no block sh fleet"
export HOME="${HOME:-/}"
(cd recipe && bash -euo pipefail ../recipe.sh >recipe.log 2>&1) || die "the recipe of the README: $(tail -3 recipe/recipe.log)"
poolwho survey recipe/share --format ndjson -q >plain.ndjson
facts() { sed -n '/^{"type":"\(driver\|use\)"/p' "$@" | sed 's/"path":"[^"]*share/"path":"share/' | sort; }
# A KMDF driver's name is a tag, each of its names: a copy under another one is searched for, whoever was traced.
mkdir names && cp -p "$(find tree -name 'kmdf*.sys' | sort | head -1)" names/afirst.sys && cp -p names/afirst.sys names/zlast.sys
poolwho survey names --store names.db -q >/dev/null
[ "$(sql names.db "SELECT count(*) FROM tags WHERE tag IN ('afir','zlas')")" -eq 2 ] || die "the name of a copy is no tag: $(sql names.db "SELECT tag FROM tags WHERE tag IN ('afir','zlas')")"
# Copies that lie in different shards are drivers in both: compare distinct records by content.
contents_of() { facts "$@" | sed 's/"path":"[^"]*"/"path":""/' | sort -u; }
diff <(contents_of recipe/fleet.ndjson) <(contents_of plain.ndjson) >/dev/null || die "the shards say something else than one survey"
(cd recipe && poolwho survey share --store one.db -q >/dev/null)
diff <(contents recipe/fleet.db) <(contents recipe/one.db) >/dev/null || die "merged shards differ from one survey"
intact recipe/fleet.db
count=0
for i in 1 2 3; do count=$((count + $(poolwho survey tree --shard $i/3 --names-only -q 2>/dev/null | wc -l))); done
[ "$count" -ge "$(poolwho survey tree --names-only -q | wc -l)" ] || die "files are missing from the shards"
# The part of a file does not depend on where the volume is mounted.
mkdir -p elsewhere && cp -rp tree elsewhere/mounted
diff <(poolwho survey tree --shard 2/3 --names-only -q | sed 's|^tree/||') \
  <(poolwho survey elsewhere/mounted --shard 2/3 --names-only -q | sed 's|^elsewhere/mounted/||') || die "shards depend on the root"

# Merging is idempotent, and the order does not matter.
poolwho merge whole.db again.db -o ab.db -q && poolwho merge again.db whole.db ab.db -o ba.db -q
diff <(contents ab.db) <(contents ba.db) >/dev/null || die "the order of merging matters"
intact ba.db

# Another machine's drivers: answered with its name.
sql -readonly whole.db "SELECT 1" >/dev/null && cp whole.db other.db
sql other.db "UPDATE files SET host='elsewhere'; UPDATE roots SET host='elsewhere'; UPDATE runs SET host='elsewhere', uuid=uuid||'x'"
poolwho merge whole.db other.db -o hosts.db -q
tag=$(sql whole.db "SELECT tag FROM uses WHERE evidence='allocates' AND certainty='sure' AND tag GLOB '[A-Z][a-z][a-z][a-z]' ORDER BY tag LIMIT 1")
poolwho "$tag" --catalog hosts.db -q --format ndjson | grep -q '"elsewhere:' || die "the other machine is not named"

# The queries of the README, each of which must find something.
cp -r "$source/data/sample" sample && poolwho survey sample --store again.db -q >/dev/null
awk -v dir=. '/^```sql/{on=1;n++;next} /^```/{on=0} on{print > (dir "/query" n ".sql")}' "$source/scanner/catalog/README.md"
ls query*.sql >/dev/null 2>&1 || die "scanner/catalog/README.md has no queries"
for query in query*.sql; do
  [ -n "$(sql -readonly again.db <"$query")" ] || die "finds nothing: $(cat "$query")"
done

# Bad catalogues: exit 2 and a message that names the file.
bad() {
  local file=$1 words=$2 code=0
  poolwho Leak --catalog "$file" >bad.out 2>bad.err || code=$?
  [ $code -eq 2 ] || die "$file: exit code $code"
  grep -q "$file: .*$words" bad.err || die "$file: $(cat bad.err)"
  ! grep -q 'no driver found' bad.err || die "$file: a search that failed claims that there is nothing"
}
bad missing.db 'cannot be opened'
printf 'not a database, but long enough to be taken for one, perhaps' >text.db && bad text.db 'is not a poolwho catalogue'
sqlite3 foreign.db 'CREATE TABLE t(x)' && bad foreign.db 'is not a poolwho catalogue'
cp whole.db newer.db && sql newer.db 'PRAGMA user_version=99' && bad newer.db 'schema 99'
# One of an older schema is brought up to date by the next survey, and answers as before.
cp whole.db older.db && sql older.db 'DROP TABLE images; DROP TABLE places; ALTER TABLE uses DROP COLUMN handed_out; DROP TABLE site_counts; DROP TABLE gaps; DROP TABLE totals; DROP TABLE total_sites;
  DROP TABLE unresolved; DROP INDEX files_by_kmdf_tag; DROP INDEX files_with_names; DROP INDEX drivers_by_searched; DROP INDEX troubles_by_root;
  ALTER TABLE files DROP COLUMN kmdf_tag; PRAGMA user_version=1' && bad older.db 'schema 1.*survey --store'
mkdir nothing && poolwho survey nothing --store older.db -q >/dev/null || [ $? -eq 1 ] || die "an older catalogue is not brought up to date"
for name in "$tag" Zzz1; do
  poolwho $name --catalog whole.db >whole.out 2>&1 || true
  poolwho $name --catalog older.db >older.out 2>&1 || true
  cmp older.out whole.out || die "an older catalogue answers differently"
done
cp whole.db torn.db && dd if=/dev/urandom of=torn.db bs=4096 seek=1 count=40 conv=notrunc status=none && bad torn.db 'damaged'
# What a hostile catalogue calls its tables stays a text: no escape sequence of it reaches the terminal.
cp whole.db evil.db && sql evil.db "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET name=char(27) || '[31m', tbl_name=char(27) || '[31m', sql='CREATE TABLE x(' WHERE name='troubles'"
bad evil.db 'malformed database schema'
poolwho merge evil.db -o out.db 2>>bad.err && die "merged a malformed catalogue"
grep -q $'\x1b' bad.err && die "an escape sequence of a catalogue reached the terminal"
code=0; poolwho survey tree --store foreign.db -q >/dev/null 2>bad.err || code=$?
[ $code -eq 2 ] && grep -q 'foreign.db: is not a poolwho catalogue' bad.err || die "stores into a foreign database"
[ "$(sqlite3 foreign.db .schema)" = 'CREATE TABLE t(x);' ] || die "changed a foreign database"
code=0; poolwho merge whole.db text.db -o out.db 2>bad.err || code=$?
[ $code -eq 2 ] && grep -q text.db bad.err && [ ! -e out.db ] || die "merging a bad catalogue: $(cat bad.err)"
# A catalogue that fails in the middle of a survey: that is no interruption.
cp whole.db refusing.db && sql refusing.db "UPDATE engines SET engine=0; DROP TABLE sites;
  CREATE TABLE sites(driver, n, rva, function_rva, api, kind, wrapper, bucket, reason, CONSTRAINT refused CHECK(driver<0))"
code=0; poolwho survey tree --store refusing.db -q >/dev/null 2>bad.err || code=$?
[ $code -eq 2 ] && grep -q refused bad.err || die "a catalogue that fails: exit code $code, $(cat bad.err)"
# Read-only media are fine for questions.
mkdir readonly && cp whole.db readonly/ && chmod 444 readonly/whole.db && chmod 555 readonly
poolwho "$tag" --catalog readonly/whole.db -q >/dev/null || die "a read-only catalogue is not read"
if [ "$(id -u)" -ne 0 ]; then
  code=0; poolwho survey tree --store readonly/whole.db -q >/dev/null 2>bad.err || code=$?
  [ $code -eq 2 ] && grep -q 'cannot be written' bad.err || die "a read-only catalogue: $(cat bad.err)"
fi
chmod 755 readonly
echo "all is well"
