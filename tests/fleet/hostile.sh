#!/usr/bin/env bash
# Trees and machines that are against us: loops, depth, crowds, names that command terminals, files that change under
# the reader, devices, full disks, read-only catalogues. Times are only guards against hanging.
. "$(dirname "$0")/common.sh"
export LC_ALL=C.UTF-8
guard="timeout -k 5 120"
sample="$source/data/sample/Users/Helpdesk/Desktop/notmyfault/myfault.sys"
root=$([ "$(id -u)" -eq 0 ] && echo yes || echo no)
chmod 711 "$work"

# run EXIT COMMAND…: the exit code must be this one; output in out and err.
run() {
  local expected=$1 code=0
  shift
  $guard "$@" >out 2>err || code=$?
  [ "$code" -ne 124 ] || die "hangs: $*"
  [ "$code" -eq "$expected" ] || { cat err >&2; die "exit code $code instead of $expected: $*"; }
}
summary() { sed -n 's/^{"type":"summary".*"'"$1"'":\([0-9]*\).*/\1/p' out; }
is() { [ "$(summary "$1")" = "$2" ] || die "$1 is $(summary "$1"), not $2: $(tail -1 out)"; }
said() { grep -qF -- "$1" err || { cat err >&2; die "not said: $1"; }; }

echo "== links that lead in circles, to themselves, to nowhere"
mkdir -p loop/a/b && cp "$sample" loop/a/b/
ln -s . loop/here; ln -s .. loop/a/up; ln -s ../../a loop/a/b/again; ln -s self loop/self; ln -s gone loop/gone.sys
ln -s a/b/myfault.sys loop/alias.sys
run 0 poolwho survey loop --format ndjson
is drivers 1; is links 6
run 0 poolwho survey loop --format ndjson --follow
is links 2
[ "$(grep -c '"type":"driver"' out)" = 1 ] || die "a driver was met twice in a loop"
if [ $root = yes ] && mkdir loop/bound && mount --bind loop loop/bound 2>/dev/null; then
  code=0; $guard poolwho survey loop --format ndjson >out 2>err || code=$?
  umount loop/bound
  [ $code = 0 ] && [ "$(grep -c '"type":"driver"' out)" = 1 ] || die "a folder bound into itself: $code"
else
  echo "   (no bind mounts here)"
fi

echo "== 300 levels, and more than a path can be long"
python3 -c "import os; os.makedirs('/'.join(f'deep{i}' for i in range(300)))"
cp "$sample" "$(python3 -c "print('/'.join(f'deep{i}' for i in range(300)))")"
run 0 poolwho Leak deep0 --names-only
grep -q 'deep299/myfault.sys$' out || die "the driver 300 levels below was not found"
long=$(printf 'x%.0s' {1..200})
mkdir far && cp "$sample" far
python3 - "$long" <<'EOF'
import os, sys
os.chdir('far')
for _ in range(40):
    os.mkdir(sys.argv[1])
    os.chdir(sys.argv[1])
EOF
run 3 poolwho survey far
said "File name too long"
grep -q 'myfault.sys  x64' out || die "what is above the end of the path was not read"

echo "== 100,000 files in one folder"
mkdir crowd && (cd crowd && seq -f 'f%06.0f.sys' 99999 | xargs touch && cp "$sample" f050000a.sys)
run 0 poolwho survey crowd --format ndjson -q
is files 100000; is not_pe 99999; is drivers 1
rm -rf crowd

echo "== names that are commands"
mkdir names
hostile=($'line\nbreak.sys' $'esc\e[31mred\e]0;title\a.sys' $'bidi\xe2\x80\xaesys.exe.sys' $'c1\xc2\x9b2J.sys' $'tab\tcr\r.sys'
  $'bytes\xff\xfe.sys' '-q.sys' '--help' '<b>&"'"'"'.sys' "$(printf 'n%.0s' {1..251}).sys" $'\xe2\x80\x8b.sys' 'a;b,c|d.sys' ' .sys' '%s%n.sys')
for name in "${hostile[@]}"; do cp "$sample" "names/$name"; echo x >>"names/$name"; echo "$name" >>"names/$name"; done
run 0 poolwho survey names --format ndjson --any-suffix
python3 - <<'EOF' || die "NDJSON does not keep the names"
import base64, json, os
seen = set()
for line in open('out', encoding='utf-8'):
    record = json.loads(line)
    if record['type'] in ('driver', 'copy'):
        raw = base64.b64decode(record['path_bytes']) if 'path_bytes' in record else record['path'].encode()
        seen.add(raw)
assert seen == {b'names/' + name for name in os.listdir(b'names')}, seen
EOF
# On a terminal of its own (stdout, stderr and progress): nothing but our colours and the erasing of our own line.
for how in "Leak names --any-suffix" "Leak names --any-suffix --explain" "survey names --any-suffix --explain" "survey names --names-only --any-suffix" \
           "Leak names --any-suffix --names-only" "survey names/$'bytes\xff\xfe.sys' --check" "survey $'no\e]0;such\a.sys'" "Leak names --exclude $'\e[2J'"; do
  TERM=xterm $guard script -qec "poolwho $how" /dev/null >terminal </dev/null || true
  [ -s terminal ] || die "nothing on the terminal: $how"
  python3 - "$how" <<'EOF' || die "a name commands the terminal: $how"
import re, sys
text = open('terminal', 'rb').read().decode('utf-8')  # everything must be text
text = re.sub('\x1b\\[[0-9;]*m|\r\x1b\\[K|\r\n', '', text)
text = re.sub('\r([^\r\x1b]*)\x1b\\[K', r'\1', text)  # progress drawn over itself
bad = [c for c in text if (ord(c) < 32 and c != '\n') or 0x7f <= ord(c) < 0xa0 or ord(c) in (0x61c, 0xfeff)
       or 0x200b <= ord(c) <= 0x200f or 0x2028 <= ord(c) <= 0x202e or 0x2060 <= ord(c) <= 0x2069]
sys.exit(f'{bad!r} in {text[:300]!r}' if bad else 0)
EOF
done
# For programs: to the byte.
run 0 poolwho survey names --names-only --any-suffix
python3 -c "import os; t = open('out','rb').read(); assert all(b'names/' + n + b'\n' in t for n in os.listdir(b'names'))" ||
  die "--names-only changes names"
for format in csv html localtag pooltag json; do run 0 poolwho survey names --any-suffix --format $format; done
find names -type f -print0 >list
run 0 poolwho survey --files-from list -0 --format ndjson
[ "$(grep -c '"type":"driver"' out)" -ge 2 ] || die "--files-from -0 loses names"

echo "== files that grow, shrink, vanish and change while they are read"
mkdir restless && for i in 1 2 3 4 5 6 7 8; do cp "$sample" restless/d$i.sys; done
(
  size=$(stat -c %s "$sample")
  for ((i = 0; ; ++i)); do
    f=restless/d$((RANDOM % 8 + 1)).sys
    case $((RANDOM % 6)) in
      0) truncate -s $((RANDOM % size)) $f ;;
      1) cat "$sample" "$sample" >>$f ;;
      2) rm -f $f ;;
      3) cp "$sample" $f ;;
      4) cp "$sample" restless/tmp && mv restless/tmp $f ;;
      5) rm -rf $f && mkdir $f 2>/dev/null && rmdir $f ;;
    esac
  done 2>/dev/null
) &
writer=$!
for ((i = 0; i < 24; ++i)); do
  code=0
  case $((i % 3)) in
    0) $guard poolwho survey restless --format ndjson -q >out 2>err || code=$? ;;
    1) $guard poolwho Leak restless --format ndjson -q >out 2>err || code=$? ;;
    2) $guard poolwho survey restless --store restless.db --format ndjson -q >out 2>err || code=$? ;;
  esac
  case $code in 0 | 1 | 3) ;; *) kill $writer; cat err >&2; die "exit code $code while files change" ;; esac
  python3 -c "import json; r = [json.loads(l) for l in open('out')]; assert r[-1]['type'] == 'summary'" ||
    { kill $writer; die "a report that is not whole"; }
done
kill $writer; wait $writer 2>/dev/null || true
intact restless.db

echo "== a sparse terabyte, FIFOs, devices, sockets"
mkdir odd && cp "$sample" odd/
truncate -s 1T odd/huge.sys; truncate -s 300M odd/sparse.sys; mkfifo odd/pipe.sys
python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('odd/sock.sys')"
[ $root = yes ] && { mknod odd/null.sys c 1 3; mknod odd/zero.sys c 1 5; mknod odd/disk.sys b 7 0; }
run 0 poolwho survey odd --format ndjson -q
is drivers 1; is too_large 1; is special $([ $root = yes ] && echo 5 || echo 2)
for file in odd/huge.sys odd/pipe.sys odd/sock.sys $(ls odd/zero.sys odd/disk.sys 2>/dev/null); do run 2 poolwho Leak $file; done
run 0 poolwho survey odd --any-suffix --follow --format ndjson -q
run 2 poolwho lookup Leak --tagdb odd/pipe.sys
run 2 poolwho Leak odd --loaded-from odd/pipe.sys
run 2 poolwho Leak --catalog odd/pipe.sys
for place in /proc/self /dev; do
  code=0; $guard poolwho survey $place --any-suffix --max-filesize 1M --format ndjson -q >out 2>err || code=$?
  case $code in 1 | 3) ;; *) die "exit code $code for $place" ;; esac
done

echo "== folders and files that are closed to us"
if [ $root = yes ]; then
  mkdir -p closed/in && cp "$sample" closed/ && cp "$sample" closed/secret.sys && echo x >>closed/secret.sys
  chmod 000 closed/in closed/secret.sys
  cp "$program" ./poolwho && chmod 755 poolwho
  run 3 setpriv --reuid=65534 --regid=65534 --clear-groups ./poolwho survey closed --format ndjson
  is denied 1; is drivers 1; is errors 1
  said "permission denied"
  run 2 setpriv --reuid=65534 --regid=65534 --clear-groups ./poolwho survey closed/secret.sys
  run 2 setpriv --reuid=65534 --regid=65534 --clear-groups ./poolwho survey closed/in
else
  echo "   (only root can hide files from somebody)"
fi

echo "== a disk that is full"
tree tree
full=
if [ $root = yes ] && mkdir small && mount -t tmpfs -o size=64k none small 2>/dev/null; then
  full=yes
  trap 'umount "$work/small" 2>/dev/null; rm -rf "$work" /tmp/poolwho-bin-$$' EXIT
  poolwho Leak tree -q >small/report.ndjson || true
  cp small/report.ndjson before
  run 2 poolwho survey tree --format ndjson -q -o small/report.ndjson
  said "cannot be written"
  cmp -s before small/report.ndjson || die "the old report was destroyed"
  [ "$(ls small)" = report.ndjson ] || die "something was left behind: $(ls small)"
  run 2 poolwho survey tree -q --store small/c.db
  [ -s err ] || die "a catalogue that does not fit, without a word"
  [ ! -s small/c.db ] || intact small/c.db
  rm -f small/c.db*
  poolwho survey tree -q --store c.db >/dev/null
  run 2 poolwho merge c.db -o small/merged.db
  [ "$(ls small)" = report.ndjson ] || die "something was left behind: $(ls small)"
  umount small
  trap 'rm -rf "$work" /tmp/poolwho-bin-$$' EXIT
else
  echo "   (no tmpfs: /dev/full only)"
fi
full=/dev/full
[ $root = yes ] && { full=full; mknod full c 1 7; }  # never the machine's own: it was once replaced by a report
for to in ">$full" "-o $full"; do
  code=0; bash -c "$guard poolwho survey tree --format ndjson -q $to" 2>err || code=$?
  [ $code = 2 ] && [ -s err ] || die "a full disk ($to) is not told: $code"
done
# With --store alone results go to the catalogue, and only the line about it is lost.
code=0; bash -c "$guard poolwho survey tree --format ndjson -q --store closed.db >&-" 2>err || code=$?
[ $code = 2 ] || die "output that is closed is not told: $code"
intact closed.db
bash -c "$guard poolwho survey tree -q | head -1 >/dev/null"; [ $? = 0 ] || die "a closed pipe is an error"

echo "== what stands where the report should go"
echo mine >victim; ln -s victim out.txt.partial
run 0 poolwho Leak "$sample" -q -o out.txt
[ "$(cat victim)" = mine ] || die "a planted link was written through"
[ -s out.txt ] && [ ! -L out.txt ] && [ ! -e out.txt.partial ] || die "no report, or a left-over"
mkdir folder; run 2 poolwho Leak "$sample" -q -o folder
[ -d folder ] && [ ! -e folder.partial ] || die "a folder was replaced, or something left behind"
if [ $root = yes ]; then
  mknod null c 1 3; run 0 poolwho Leak "$sample" -q -o null
  [ -c null ] || die "a device was replaced by a file"
  run 2 poolwho merge closed.db -o null; [ -c null ] || die "a device was replaced by a catalogue"
fi
mkfifo reader; cat reader >piped & run 0 poolwho Leak "$sample" -q -o reader; wait
[ -p reader ] && [ -s piped ] || die "a FIFO was replaced"

echo "== a catalogue that is read-only, cut, or no catalogue"
poolwho survey tree -q --store whole.db >/dev/null
tag=$(sql whole.db "SELECT tag FROM uses WHERE evidence='allocates' AND length(tag) = 4 ORDER BY tag LIMIT 1")
if [ $root = yes ] && mkdir fixed && mount -t tmpfs none fixed 2>/dev/null; then
  trap 'umount "$work/fixed" 2>/dev/null; rm -rf "$work" /tmp/poolwho-bin-$$' EXIT
  cp whole.db fixed/ && mount -o remount,ro fixed
  run 0 poolwho locate "$tag" --catalog fixed/whole.db -q
  cp out answer; run 0 poolwho locate "$tag" --catalog whole.db -q; cmp -s out answer || die "a read-only catalogue answers otherwise"
  run 2 poolwho survey tree -q --store fixed/whole.db
  [ -s err ] || die "a catalogue that cannot be written, without a word"
  umount fixed
  trap 'rm -rf "$work" /tmp/poolwho-bin-$$' EXIT
fi
size=$(stat -c %s whole.db)
for ((i = 0; i < 6; ++i)); do
  cp whole.db cut.db
  case $((i % 3)) in
    0) truncate -s $((RANDOM * 37 % size)) cut.db ;;
    1) dd if=/dev/urandom of=cut.db bs=512 seek=$((RANDOM % (size / 512))) count=4 conv=notrunc status=none ;;
    2) head -c 100 whole.db >cut.db; head -c 5000 /dev/urandom >>cut.db ;;
  esac
  for command in "poolwho locate $tag --catalog cut.db -q" "poolwho lookup $tag --catalog cut.db -q" "poolwho merge cut.db whole.db -o joined.db" \
                 "poolwho survey tree -q --store cut.db"; do
    code=0; $guard $command >out 2>err || code=$?
    case $code in 0 | 1 | 2 | 3) ;; *) cat err >&2; die "exit code $code with a damaged catalogue: $command" ;; esac
  done
done
echo "all survived"
