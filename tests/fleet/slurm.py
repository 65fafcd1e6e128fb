#!/usr/bin/env python3
"""data/fleet/slurm on a real Slurm of two nodes (cluster.py): the answers of the merged catalogue are, byte for byte,
those of one survey on one machine, whatever was killed meanwhile.   slurm.py POOLWHO DRIVERS SOURCE

  1 part    poolwho is killed half way, and the task has itself requeued
  3 parts   a node loses power half way, comes back, and its tasks start again
  7 parts   a node's slurmd is killed and its tasks go on, while their successors run elsewhere
  7 parts   the next night: files came, changed and went
"""
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import cluster as slurm

POOLWHO, DRIVERS, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
NODES = ('node1', 'node2')
FILES = 1200
TIMES = re.compile(rb'"(seconds|time|run)":("[^"]*"|[-+.e0-9]+),?')


def check(condition, what):
    if not condition:
        sys.exit(f'slurm.py: {what}')


def make_tree(folder):
    """Drivers with contents of their own, copies, a driver that allocates for another one, and what is no driver."""
    bases = [path.read_bytes() for path in sorted(DRIVERS.glob('*-x64-*/*.sys'))]
    check(len(bases) > 100, f'no drivers in {DRIVERS}')
    for number in range(FILES):
        place = folder / f'{number // 64:03d}'
        place.mkdir(parents=True, exist_ok=True)
        # What follows the last section is no part of the image, but of the content. Every tenth has a copy elsewhere.
        mark = number - number % 10 if number % 10 == 1 else number
        (place / f'{number:05d}.sys').write_bytes(bases[mark % len(bases)] + mark.to_bytes(4, 'little'))
    shutil.copytree(DRIVERS / 'pair', folder / 'pair')
    (folder / 'text.sys').write_text('no driver')
    (folder / 'broken.sys').write_bytes(bases[0][:600])
    (folder / '000' / 'link.sys').symlink_to('00000.sys')
    settle(folder)


def settle(folder):
    """Times of change that are not too recent to be trusted."""
    for path in folder.rglob('*'):
        if not path.is_symlink():
            os.utime(path, (1614816000, 1614816000))


def poolwho(*arguments, codes=(0, 1, 3)):
    done = subprocess.run([POOLWHO, *map(str, arguments)], capture_output=True, check=False)
    check(done.returncode in codes, f'poolwho {arguments}: {done.returncode} {done.stderr.decode()}')
    return done.stdout


def rows(catalogue, query):
    with sqlite3.connect(f'file:{catalogue}?mode=ro', uri=True, timeout=60) as database:
        return database.execute(query).fetchall()


def stored(catalogue):
    """Drivers that are committed; 0 while there is no catalogue."""
    try:
        return rows(catalogue, 'SELECT count(*) FROM drivers')[0][0]
    except sqlite3.Error:
        return 0


def tags_of(catalogue):
    """Tags that one driver, that many, and that only texts or numbers hold."""
    # Values of 2^32 and more are patterns: nobody asks for one.
    used = [tag for tag, in rows(catalogue, "SELECT DISTINCT tag_value FROM uses WHERE evidence<>'constant' AND tag_value < 4294967296 "
                                            'ORDER BY 1')]
    held = [tag for tag, in rows(catalogue, 'SELECT DISTINCT tag FROM held WHERE tag NOT IN (SELECT tag_value FROM uses) '
                                            'ORDER BY 1')]
    check(len(used) > 50 and held, f'{len(used)} tags used, {len(held)} only held')
    return [f'0x{tag:08X}' for tag in used[::len(used) // 12] + held[:2]] + ['Zz9~']


def answers(catalogue, tags):
    questions = [('survey',), *((tag,) for tag in tags)]
    return {question: TIMES.sub(b'', poolwho(*question, '--catalog', catalogue, '--format', 'ndjson', '-q'))
            for question in questions}


def compare(expected, found, what):
    for question, answer in expected.items():
        if found[question] == answer:
            continue
        ours, theirs = answer.splitlines(), found[question].splitlines()
        differing = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]][:2]
        sys.exit(f'slurm.py: {what}: {question}: {len(ours)} and {len(theirs)} records; {differing}')


class Fleet:
    """One submission of data/fleet/slurm/submit.sh, and what is done to it."""

    def __init__(self, cluster, tree, out, parts):
        self.cluster, self.out, self.parts = cluster, out, parts
        started = time.monotonic()
        said = cluster.run(str(SOURCE / 'data/fleet/slurm/submit.sh'), str(tree), str(out), str(parts),
                           POOLWHO=str(POOLWHO), MACHINE='volume', SCRATCH=str(cluster.folder / 'scratch'))
        found = re.fullmatch(r'survey (\d+), merge (\d+)\n', said)
        check(found, f'submit.sh says {said!r}')
        self.survey, self.merge, self.started = found[1], found[2], started

    def work_folders(self, node):
        return (self.cluster.folder / 'scratch').glob(f'poolwho-{node}-{self.survey}-*')

    def half_way(self, node, least=1):
        """A process of poolwho on `node` that has stored drivers, stopped; None when there is none now."""
        for folder in self.work_folders(node):
            if stored(folder / 'part.db') < least:
                continue
            for pid in slurm.descendants(os.getpid()):
                try:
                    words = pathlib.Path(f'/proc/{pid}/cmdline').read_bytes().split(b'\0')
                except OSError:
                    continue
                if words[0] == bytes(POOLWHO) and str(folder / 'part.db').encode() in words and b'survey' in words:
                    os.kill(pid, signal.SIGSTOP)
                    return pid
        return None

    def wait_half_way(self, node, least=1):
        found = []
        self.cluster.until(lambda: found.append(self.half_way(node, least)) or found[-1], f'a task on {node}', 60)
        return found[-1]

    def finish(self):
        self.cluster.until(lambda: not self.cluster.run('squeue', '-h', '-o', '%A'), 'the jobs', 120)
        state = self.cluster.run('scontrol', 'show', 'job', self.merge)
        log = (self.out / 'log' / f'merge-{self.merge}.log').read_text()
        check('JobState=COMPLETED' in state, f'the merge: {state}\n{log}\n{self.cluster.tail_of_logs()}')
        seconds = time.monotonic() - self.started
        return self.attempts(), seconds

    def attempts(self):
        return sum(path.read_text().count(', attempt ') for path in (self.out / 'log').glob(f'survey-{self.survey}-*.log'))


def kill_poolwho(cluster, fleet):
    """The task asks to be requeued and goes on from what it had stored."""
    pid = fleet.wait_half_way('node1')
    before = stored(next(fleet.work_folders('node1')) / 'part.db')
    check(before < FILES // 2, f'not half way: {before} drivers are stored')
    os.kill(pid, signal.SIGKILL)
    return f'poolwho killed after {before} drivers'


def cut_power(cluster, fleet):
    fleet.wait_half_way('node2')
    cluster.cut_power('node2')
    check(not any(fleet.half_way('node2') for _ in range(3)), 'a task outlived its node')
    cluster.start_node('node2')
    return 'node2 lost power and came back'


def kill_slurmd(cluster, fleet):
    """A node that hangs and wakes up when it was given up: its task goes on beside its successor."""
    pid = fleet.wait_half_way('node2', least=0)  # a seventh is surveyed in no time: whether some is stored does not matter
    cluster.kill_slurmd('node2')
    cluster.until(lambda: 'down' in cluster.run('sinfo', '-h', '-n', 'node2', '-o', '%t'), 'node2 to be given up', 60)
    os.kill(pid, signal.SIGCONT)
    cluster.until(lambda: fleet.attempts() > fleet.parts, 'a task to be requeued', 60)
    cluster.start_node('node2')
    return "node2's slurmd was killed and given up, its task went on beside its successor; slurmd was started again"


def next_night(tree):
    """Some files change, some go, some come."""
    for number in range(0, FILES, 97):
        path = tree / f'{number // 64:03d}' / f'{number:05d}.sys'
        path.write_bytes(path.read_bytes() + b'changed')
        path.with_name(f'{number + 1:05d}.sys').unlink()
        shutil.copy(path, tree / 'pair' / f'new{number}.sys')
    settle(tree)
    for path in tree.rglob('*.sys'):
        if path.name.startswith('new'):
            os.utime(path, (1614816001, 1614816001))


def run(folder):
    tree, one = folder / 'tree', folder / 'one.db'
    make_tree(tree)
    poolwho('survey', tree, '--store', one, '--host', 'volume', '-q', '--summary')
    tags = tags_of(one)
    expected = answers(one, tags)
    cluster = slurm.Cluster(folder, NODES, cpus=2)
    cluster.start()
    print(f'{FILES} files; nodes ' + ('with host names of their own' if cluster.own_host_names else 'share one host name'))
    for parts, disturb in ((1, kill_poolwho), (3, cut_power), (7, kill_slurmd)):
        fleet = Fleet(cluster, tree, folder / f'out{parts}', parts)
        what = disturb(cluster, fleet)
        attempts, seconds = fleet.finish()
        check(attempts > parts, f'{parts} parts: {attempts} attempts: nothing was requeued')
        compare(expected, answers(folder / f'out{parts}' / 'fleet.db', tags), f'{parts} parts')
        intact(folder / f'out{parts}' / 'fleet.db', one)
        print(f'{parts} parts: {what}; {attempts} attempts, {seconds:.0f} s; {len(expected)} answers are equal', flush=True)
    next_night(tree)
    poolwho('survey', tree, '--store', one, '--host', 'volume', '-q', '--summary')
    fleet = Fleet(cluster, tree, folder / 'out7', 7)
    fleet.finish()
    compare(answers(one, tags), answers(folder / 'out7' / 'fleet.db', tags), 'the next night')
    intact(folder / 'out7' / 'fleet.db', one)
    print('the next night: equal')


def intact(found, expected):
    """Nothing doubled, nothing lost, in tables that no answer shows."""
    check(rows(found, 'PRAGMA integrity_check') == [('ok',)], f'{found} is damaged')
    check(not rows(found, 'PRAGMA foreign_key_check'), f'{found} has rows that belong to nothing')
    there = "drivers d ON d.id=driver AND d.id IN (SELECT driver FROM files WHERE state='present')"
    for query in ('SELECT host, path, files.size, sha256 FROM files LEFT JOIN drivers d ON d.id=driver '
                  "WHERE state='present' ORDER BY 1, 2",
                  f'SELECT sha256, n, u.tag, evidence, site_rva FROM uses u JOIN {there} ORDER BY 1, 2',
                  f'SELECT sha256, h.tag FROM held h JOIN {there} ORDER BY 1, 2',
                  f'SELECT sha256, o.tag, file_offset, what FROM occurrences o JOIN {there} ORDER BY 1, 2, 3',
                  'SELECT tag FROM tags ORDER BY 1'):
        ours, theirs = rows(expected, query), rows(found, query)
        differing = sorted(set(ours) ^ set(theirs), key=str)[:3]
        check(ours == theirs, f'{found.parent.name} holds something else than one survey: {query}: {len(ours)} and '
                              f'{len(theirs)} rows; {differing}')


if __name__ == '__main__':
    sys.exit(slurm.guarded(run))
