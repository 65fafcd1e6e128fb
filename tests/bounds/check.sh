#!/usr/bin/env bash
# Drivers with too much of everything (make.py), read with a megabyte of stack, as threads on Windows have:
#   check.sh PROGRAM SOURCE [--windows]
# Each costs one record, with the reason `budget` where the search was cut off, and takes nothing from the driver that
# is read behind it. Times are only guards against hanging.
set -euo pipefail
program=$(realpath "$1") source=$(realpath "$2") windows=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
cases=()
# The first three are those that ended the run once; under Wine they are enough.
[ -z "$windows" ] || cases=(chained_finally stores_through_argument stores_to_one_global)
python3 "$here/make.py" drivers "${cases[@]}"
cp "$source/data/sample/Users/Helpdesk/Desktop/notmyfault/myfault.sys" drivers/zz_last.sys

[ -n "$windows" ] || ulimit -s 1024
code=0
timeout -s KILL 300 "$program" survey drivers --format ndjson -q >out 2>err || code=$?
[ $code = 0 ] || { cat err >&2; die "exit code $code"; }
python3 - "$here" <<'PY' || die "not what make.py says of its cases"
import json, ntpath, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import make
expected = {case.__name__: how[1] for case, how in make.CASES.items()}
records = [json.loads(line) for line in open('out', encoding='utf-8')]
drivers = {ntpath.basename(r['path'])[:-4]: r for r in records if r['type'] == 'driver'}
import os
made = {name[:-4] for name in os.listdir('drivers')}
wrong = [f'no record: {name}' for name in made - drivers.keys()]
for name, record in drivers.items():
    cut = record['dynamic_reasons'].get('budget', 0) > 0
    if expected.get(name) is not None and cut != expected[name]:
        wrong.append(f'{name}: {"" if cut else "no "}reason budget')
    if cut and not record.get('problems'):
        wrong.append(f'{name}: cut off, and nothing says so')
last = [r for r in records if r['type'] == 'use' and 'zz_last' in r['path'] and r['tag'] == 'Leak']
if not any(r['evidence'] == 'allocates' and r['certainty'] == 'sure' for r in last):
    wrong.append('the driver behind them lost its tag')
if records[-1]['type'] != 'summary' or records[-1]['drivers'] != len(made):
    wrong.append('no whole summary')
print('\n'.join(wrong), file=sys.stderr)
sys.exit(bool(wrong))
PY
[ -z "$windows" ] || exit 0

# A driver that is larger than memory is one error; what is behind it, the file and the catalogue are complete.
mkdir large && cp drivers/zz_last.sys large/a.sys && cp drivers/zz_last.sys large/c.sys && echo >>large/c.sys
cp drivers/stores_to_one_global.sys large/b.sys && truncate -s 400M large/b.sys
code=0
(ulimit -v 420000; timeout -s KILL 300 "$program" survey large --format ndjson -q -j1 -o out.ndjson --store drivers.db) 2>err || code=$?
[ $code = 3 ] || { cat err >&2; die "larger than memory: exit code $code"; }
[ -e out.ndjson ] && [ ! -e out.ndjson.partial ] || die "larger than memory: the file was not renamed"
python3 - <<'PY' || die "larger than memory: the records"
import json
records = [json.loads(line) for line in open('out.ndjson', encoding='utf-8')]
errors = [r for r in records if r['type'] == 'error']
assert [r['path'] for r in records if r['type'] == 'driver'] == ['large/a.sys', 'large/c.sys'], records
assert len(errors) == 1 and errors[0]['path'] == 'large/b.sys' and errors[0]['stage'] == 'internal', errors
assert 'not enough memory' in errors[0]['message'] and '--max-filesize' in errors[0]['message'], errors
assert records[-1]['type'] == 'summary' and records[-1]['errors'] == 1, records[-1]
PY
code=0
"$program" Leak --catalog drivers.db --names-only -q >names || code=$?
[ "$(wc -l <names)" = 2 ] || die "larger than memory: the catalogue lost drivers"

# Who reads only the beginning is no failure.
mkdir many && for i in $(seq 300); do cp drivers/zz_last.sys many/d$i.sys && echo $i >>many/d$i.sys; done
set +o pipefail
code=0
"$program" survey many --format ndjson -q -j2 2>err | head -1 >/dev/null
code=${PIPESTATUS[0]}
[ "$code" = 0 ] && [ ! -s err ] || { cat err >&2; die "a closed pipe: exit code $code"; }
