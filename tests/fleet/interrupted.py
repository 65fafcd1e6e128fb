#!/usr/bin/env python3
"""What a user at a prompt does during a long run.   interrupted.py POOLWHO DRIVERS

Progress on a terminal and nowhere else, Ctrl-C (what is complete is printed, exit code 130), and --low-priority. The
tree holds the test drivers many times over, each with contents of its own, so that a run lasts seconds.
"""
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile

POOLWHO, DRIVERS = sys.argv[1], pathlib.Path(sys.argv[2])
FILES = 20000
PROGRESS = re.compile(rb'\r(?:\[[=> ]*\]  )?(?:\d+ %  )?([\d,]+)(?: of ([\d,]+))? files(?:  [\d,]+ MB/s)?'
                      rb'(?:  \d+ (?:s|min|h)(?! left))?(?:  (\d+) (?:s|min|h) left)?')


def check(condition, what):
    if not condition:
        sys.exit(f'interrupted.py: {what}')


def make_tree(folder):
    bases = [path.read_bytes() for path in sorted(DRIVERS.rglob('*.sys'))]
    check(bases, f'no drivers in {DRIVERS}')
    for number in range(FILES):
        place = folder / f'{number // 256:03d}'
        place.mkdir(exist_ok=True)
        # What follows the last section is no part of the image, but of the content.
        (place / f'{number:06d}.sys').write_bytes(bases[number % len(bases)] + number.to_bytes(4, 'little'))


class Run:
    """poolwho with its messages on a terminal and its results in a file."""

    def __init__(self, results, *arguments):
        self.terminal, end = pty.openpty()
        self.shown = b''
        with open(results, 'wb') as out:
            self.process = subprocess.Popen([POOLWHO, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=end,
                                            env=dict(os.environ, TERM='xterm'))
        os.close(end)

    def read(self):
        """More of what is shown; false when there will be nothing more."""
        if not select.select([self.terminal], [], [], 120)[0]:
            self.process.kill()
            sys.exit('interrupted.py: nothing shown for two minutes')
        try:
            more = os.read(self.terminal, 65536)
        except OSError:  # the other end is closed
            return False
        self.shown += more
        return bool(more)

    def until(self, pattern):
        while not re.search(pattern, self.shown):
            check(self.read(), f'ended before it showed {pattern!r}: {self.shown[-300:]!r}')

    def end(self):
        while self.read():
            pass
        os.close(self.terminal)
        return self.process.wait()


def interrupted_survey(tree, results):
    run = Run(results, 'survey', str(tree), '-j1', '--format', 'ndjson')
    run.until(PROGRESS)
    run.process.send_signal(signal.SIGINT)
    check(run.end() == 130, f'Ctrl-C: exit code {run.process.returncode}')
    # Results go to a file: the line of progress is the only one that may stand there, and it is taken away.
    check(run.shown.rfind(b'\r\x1b[K') > PROGRESS.search(run.shown).start(), 'the line of progress was left standing')
    records = [json.loads(line) for line in results.read_text().splitlines()]
    check(records[0]['type'] == 'begin' and records[-1]['type'] == 'summary', 'Ctrl-C: no begin or no summary')
    reported = [record['path'] for record in records if record['type'] == 'driver']
    check(0 < len(reported) < FILES, f'Ctrl-C: {len(reported)} drivers of {FILES}: the machine is too fast for this test')
    every = [str(path) for path in sorted(tree.rglob('*.sys'))]
    check(reported == every[:len(reported)], 'Ctrl-C: the drivers reported are not the first ones')
    check(records[-1]['drivers'] == len(reported), 'Ctrl-C: the summary counts other drivers than were reported')


def interrupted_locate(tree, results):
    run = Run(results, 'Leak', str(tree), '-j1', '--color', 'never')
    run.until(PROGRESS)
    run.process.send_signal(signal.SIGINT)
    check(run.end() == 130, f'locate, Ctrl-C: exit code {run.process.returncode}')
    check(b'interrupted after' in run.shown and b'searched a part of' in run.shown,
          f'locate: nobody says that it was interrupted: {run.shown[-300:]!r}')
    check(b'no driver found' not in run.shown, 'locate: half a search claims that there is nothing')


def interrupted_second_pass(tree, results):
    """A tag that no file holds: all bytes are searched before the first driver is traced, and that is not the same."""
    run = Run(results, 'Zq7~', str(tree), '-j1', '--color', 'never')
    run.until(PROGRESS)
    run.process.send_signal(signal.SIGINT)
    check(run.end() == 130, f'locate, Ctrl-C: exit code {run.process.returncode}')
    check(re.search(rb'only the bytes were searched so far: [1-9]', run.shown) is not None,
          f'locate: drivers count as answered that nobody traced: {run.shown[-300:]!r}')


def complete_survey(tree, results):
    run = Run(results, 'survey', str(tree), '-j1', '--format', 'csv')
    check(run.end() == 0, f'exit code {run.process.returncode}')
    lines = [match.groups() for match in PROGRESS.finditer(run.shown)]
    check(len(lines) > 3, f'progress only {len(lines)} times')
    done = [int(line[0].replace(b',', b'')) for line in lines]
    check(done == sorted(done) and done[-1] <= FILES, f'progress went backwards: {done}')
    check(int((lines[-1][1] or b'0').replace(b',', b'')) == FILES, 'progress never knew how many files there are')
    check(any(line[2] is not None for line in lines), 'progress never said how long it will take')


def nothing_elsewhere(tree):
    few = str(tree / '000')
    piped = subprocess.run([POOLWHO, 'survey', few, '--format', 'csv'], capture_output=True, check=True)
    check(b'\r\x1b' not in piped.stderr, 'progress in a pipe')
    quiet = Run(os.devnull, 'survey', str(tree / '001'), '-q')
    check(quiet.end() == 0 and quiet.shown == b'', f'-q showed {quiet.shown[:200]!r}')


def low_priority(tree, results):
    run = Run(results, 'survey', str(tree), '-j2', '--low-priority', '--format', 'csv')
    run.until(PROGRESS)
    process = run.process.pid
    niceness = {int(task.joinpath('stat').read_text().rsplit(')', 1)[1].split()[16])
                for task in pathlib.Path(f'/proc/{process}/task').iterdir()}
    disk = subprocess.run(['ionice', '-p', str(process)], capture_output=True, text=True, check=True).stdout
    run.process.send_signal(signal.SIGINT)
    run.end()
    check(niceness == {19}, f'--low-priority: niceness {niceness}')
    check(disk.strip() == 'idle', f'--low-priority: disk {disk}')


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='poolwho-interrupted-'))
    try:
        tree, results = folder / 'tree', folder / 'results'
        tree.mkdir()
        make_tree(tree)
        # At the first file walker, workers and writer are still getting to know each other: the hardest moment.
        for _ in range(10):
            interrupted_survey(tree, results)
        interrupted_locate(tree, results)
        interrupted_second_pass(tree, results)
        complete_survey(tree, results)
        nothing_elsewhere(tree)
        low_priority(tree, results)
    finally:
        shutil.rmtree(folder)


main()
