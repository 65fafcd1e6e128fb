#!/usr/bin/env bash
# data/fleet/ansible against this machine, which stands in for three: program copied, surveyed, catalogue fetched, merged;
# the second run changes nothing, a machine that is away keeps its catalogue.   ansible.sh PROGRAM DRIVERS SOURCE
. "$(dirname "$0")/common.sh"
export LC_ALL=C.UTF-8 ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_NOCOWS=1 ANSIBLE_HOME="$work/ansible" ANSIBLE_LOCAL_TEMP="$work/local"
export ANSIBLE_REMOTE_TEMP="$work/remote" HOME="$work"
playbooks=$source/data/fleet/ansible
for i in 1 2 3; do mkdir -p volume$i && cp "$drivers"/clang-x64-O$([ $i = 3 ] && echo 2 || echo 0)/[a-$(printf 'bcd' | cut -c$i)]*.sys volume$i/; done
[ "$(find volume1 volume2 volume3 -name '*.sys' | wc -l)" -gt 10 ] || die "no drivers"
find volume? -type f -exec touch -d 2021-03-04 {} +
python=$(command -v /usr/bin/python3 || command -v python3)
{
  echo '[fleet]'
  for i in 1 2 3; do echo "machine$i ansible_connection=local ansible_python_interpreter=$python poolwho_paths=$work/volume$i poolwho_folder=$work/there$i"; done
} >inventory
play() {
  ansible-playbook -i "$1" "$playbooks/survey.yml" -e poolwho_program="$program" -e poolwho_local="$program" \
    -e poolwho_catalogs="$work/catalogs" -e poolwho_fleet="$work/fleet.db" >played 2>&1 || die "the playbook: $(tail -30 played)"
}
changed() { grep -E "^$1 +:" played | sed 's/.*changed=\([0-9]*\).*/\1/'; }

play inventory
for i in 1 2 3; do
  poolwho survey volume$i --store one$i.db --host machine$i -q --summary >/dev/null
  cmp -s "there$i/poolwho" "$program" || die "the program was not copied to machine$i"
done
poolwho merge one1.db one2.db one3.db -o one.db -q
answers() {
  for question in survey dTuO Leak 'Wrap'; do poolwho "$question" --catalog "$1" --format ndjson -q || true; done |
    sed -E 's/"(seconds|time|run)":("[^"]*"|[-+.e0-9]+),?//g' | sed "s|$work/||g"
}
diff <(answers fleet.db) <(answers one.db) >differing || die "the playbook's catalogue answers differently: $(head -5 differing | cut -c1-400)"
answers fleet.db >answered && grep -q '"machine2:' answered || die "the machines are not named"
intact fleet.db

play inventory
# Each run is noted in the catalogue, which is fetched for that; nothing is copied, and no driver is new.
for i in 1 2 3; do [ "$(changed machine$i)" = 1 ] || die "a second run changes machine$i: $(cat played)"; done
mkdir volume2/more && cp volume1/*.sys volume2/more/ && rm "$(find volume1 -name '*.sys' | sort | head -1)" && sed '/machine3/d' inventory >two
play two
[ "$(changed machine2)" = 2 ] || die "new drivers are no change: $(cat played)"
[ "$(sql fleet.db 'SELECT count(DISTINCT host) FROM files')" = 3 ] || die "a machine that is away was lost"
[ "$(sql fleet.db "SELECT count(*) FROM files WHERE host='machine1' AND state='vanished'")" = 1 ] || die "what vanished is not known"

# The Windows half needs a collection that may not be there, and Windows machines.
if ansible-playbook -i inventory --syntax-check "$playbooks/windows.yml" >windows 2>&1; then
  echo "windows.yml: syntax is right; not run"
elif grep -q "couldn't resolve module/action 'ansible.windows" windows; then
  echo "windows.yml: not checked, the collection ansible.windows is not installed"
else
  die "windows.yml: $(cat windows)"
fi
