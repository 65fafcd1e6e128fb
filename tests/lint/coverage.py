#!/usr/bin/env python3
"""Which lines no test ran.   coverage.py BUILD [ROOM…]

BUILD was configured with -DCMAKE_CXX_FLAGS='--coverage -Og -fprofile-update=atomic' (gcc) and has run its tests. Prints
the share of lines that ran in every room, and for each ROOM (scanner/trace scanner/rank) the lines that did not.
"""
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

BUILD, ROOMS = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
OURS = ('pe/', 'tagdb/', 'scanner/')


def reports():
    """What gcov says of every object file of the libraries and the program; templates and headers come from several."""
    data = sorted(path for path in BUILD.glob('CMakeFiles/poolwho*.dir/**/*.gcda'))
    if not data:
        sys.exit(f'coverage.py: no test has run in {BUILD}')
    with tempfile.TemporaryDirectory() as folder:
        for path in data:
            subprocess.run(['gcov', '--json-format', str(path)], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            for report in pathlib.Path(folder).glob('*.gcov.json.gz'):
                yield json.loads(gzip.decompress(report.read_bytes()))
                report.unlink()


def runs():
    """{file: {line: how often it ran}}"""
    counts = collections.defaultdict(collections.Counter)
    for report in reports():
        for file in report['files']:
            path = pathlib.Path(report['current_working_directory'], file['file']).resolve()
            name = str(path.relative_to(SOURCE)) if path.is_relative_to(SOURCE) else ''
            if name.startswith(OURS):
                for line in file['lines']:
                    counts[name][line['line_number']] += line['count']
    return counts


def main():
    counts = runs()
    rooms = collections.defaultdict(lambda: [0, 0])
    for name, lines in counts.items():
        total = rooms[name.rsplit('/', 1)[0]]
        total[0] += sum(1 for count in lines.values() if count)
        total[1] += len(lines)
    for room, (ran, lines) in sorted(rooms.items()):
        print(f'{room:24}{ran:6} of {lines:6} lines ran, {100 * ran / lines:5.1f} %')
    for name in sorted(counts):
        if name.rsplit('/', 1)[0] in ROOMS:
            text = (SOURCE / name).read_text().splitlines()
            for line in sorted(number for number, count in counts[name].items() if not count):
                print(f'{name}:{line}: {text[line - 1].strip()}')


main()
