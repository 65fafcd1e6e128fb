#!/usr/bin/env python3
"""Rooms include what CONTRIBUTING.md lets them include, and nothing else.   rooms.py SOURCE

The table of rooms in CONTRIBUTING.md is the input. Its first column names a room: a folder, a file, or files without their
suffix; a file belongs to the longest name that fits it. Its last column lists the rooms that may be included
besides the room itself and the ground, which is the first row. What fails: an include that no row allows, a file without a
row, a row without files, an arrow of the table that nothing needs, and a cycle of arrows. There is one filesystem library,
Boost.Filesystem: <filesystem> fails, too, in the tests as well. Before it looks at SOURCE, the test looks at small trees that
each break one of these rules, and fails when it does not see that.
"""
import collections
import pathlib
import re
import sys
import tempfile

FOLDERS = ('pe', 'tagdb', 'scanner')
HEADING = '## The house in one page'
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
STANDARD_FILESYSTEM = re.compile(r'^\s*#\s*include\s+<(experimental/)?filesystem>', re.MULTILINE)
NAME = re.compile(r'`([^`]+)`')


class Table:
    """The rows: what each room may include, in the order of the page."""

    def __init__(self, text):
        self.may, self.line, self.faults = {}, {}, []
        self.ground = None
        _, found, after = text.partition(HEADING + '\n')
        if not found:
            self.faults.append(f'CONTRIBUTING.md: no heading "{HEADING}"')
        first = text.count('\n', 0, len(text) - len(after)) + 1
        for number, line in enumerate(after.split('\n'), first):
            if line.startswith('## '):
                break
            if line.startswith('| `'):
                self.take(number, line)
        for room, others in self.may.items():
            for other in others - self.may.keys():
                self.faults.append(f'CONTRIBUTING.md:{self.line[room]}: {room} may include {other}, which has no row')

    def take(self, number, line):
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        for room in NAME.findall(cells[0]):
            if room in self.may:
                self.faults.append(f'CONTRIBUTING.md:{number}: a second row for {room}')
            self.may[room], self.line[room] = set(NAME.findall(cells[-1])), number
        if self.ground is None:
            self.ground = set(NAME.findall(cells[0]))

    def room_of(self, path):
        stem = path.rsplit('.', 1)[0]
        fitting = [room for room in self.may
                   if (path.startswith(room) if room.endswith('/') else room in (path, stem))]
        return max(fitting, key=len, default=None)


def arrows(source, table, faults):
    """{(room, room): [place, …]} of all includes between rooms; rooms that have a file."""
    found, rooms = collections.defaultdict(list), set()
    for folder in FOLDERS:
        for file in sorted((source / folder).rglob('*')):
            if file.suffix not in ('.cpp', '.hpp'):
                continue
            path = file.relative_to(source).as_posix()
            room = table.room_of(path)
            if room is None:
                faults.append(f'{path}: belongs to no room of CONTRIBUTING.md')
                continue
            rooms.add(room)
            for number, line in enumerate(file.read_text(encoding='utf-8').split('\n'), 1):
                include = INCLUDE.match(line)
                if not include:
                    continue
                other = table.room_of(include[1])
                if other is None:
                    faults.append(f'{path}:{number}: "{include[1]}" belongs to no room')
                elif other != room:
                    found[room, other].append(f'{path}:{number}')
    return found, rooms


def standard_filesystem(source):
    for folder in FOLDERS + ('tests',):
        for file in sorted((source / folder).rglob('*.[ch]pp')):
            if STANDARD_FILESYSTEM.search(file.read_text(encoding='utf-8')):
                yield f'{file.relative_to(source).as_posix()}: <filesystem> where Boost.Filesystem is used'


def cycle_of(may):
    """Rooms that lead back to the first of them, or nothing."""
    state = {}

    def visit(room, way):
        state[room] = 'open'
        for other in sorted(may.get(room, ())):
            if state.get(other) == 'open':
                return way[way.index(other):] + [other] if other in way else [other, room, other]
            if other not in state:
                cycle = visit(other, way + [other])
                if cycle:
                    return cycle
        state[room] = 'done'
        return None

    for room in may:
        if room not in state:
            cycle = visit(room, [room])
            if cycle:
                return cycle
    return None


def faults_of(source):
    table = Table((source / 'CONTRIBUTING.md').read_text(encoding='utf-8'))
    faults = list(table.faults)
    found, rooms = arrows(source, table, faults)
    faults += standard_filesystem(source)
    for (room, other), places in sorted(found.items()):
        if other not in table.may[room] and other not in table.ground:
            faults.append(f'{places[0]}: {room} may not include {other}' +
                          (f' ({len(places)} places)' if len(places) > 1 else ''))
    for room, others in table.may.items():
        where = f'CONTRIBUTING.md:{table.line[room]}'
        if room not in rooms:
            faults.append(f'{where}: no file belongs to {room}')
        for other in sorted(others):
            if room in rooms and (room, other) not in found:
                faults.append(f'{where}: {room} does not include {other} any more')
    cycle = cycle_of(table.may)
    if cycle:
        faults.append('CONTRIBUTING.md: a cycle: ' + ' → '.join(cycle))
    return faults, len(rooms), len(found)


GOOD_TABLE = ['| `pe/text` | text | |', '| `pe/` | files | |', '| `scanner/walk/` | folders | `pe/` |',
              '| `scanner/` | main | `scanner/walk/` |']
GOOD_FILES = {'pe/text.hpp': '', 'pe/text.cpp': '#include "pe/text.hpp"', 'pe/image.hpp': '#include <string>',
              'scanner/walk/walk.cpp': '#include "pe/image.hpp"\n#include "pe/text.hpp"',
              'scanner/main.cpp': '  #  include "scanner/walk/walk.hpp"\n// #include "nowhere.hpp"'}


def self_test():
    """Each broken tree must be seen, and the good one must not."""
    def faults_with(rows=(), files=None, without=None):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            table = [row for row in GOOD_TABLE if row != without] + list(rows)
            (root / 'CONTRIBUTING.md').write_text(f'# x\n\n{HEADING}\n\n| room | knows | may include |\n|---|---|---|\n' +
                                                  '\n'.join(table) + '\n\n## Next\n\n| `other` | |\n', encoding='utf-8')
            for path, text in {**GOOD_FILES, **(files or {})}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding='utf-8')
            return faults_of(root)[0]

    upward = {'pe/image.hpp': '#include "scanner/walk/walk.hpp"'}
    cases = [
        ('an include that no row allows', 'may not include', dict(files=upward)),
        ('a cycle', 'a cycle', dict(files=upward, without=GOOD_TABLE[1], rows=['| `pe/` | files | `scanner/walk/` |'])),
        ('a file without a row', 'belongs to no room', dict(files={'tagdb/tag.hpp': ''})),
        ('a header without a row', 'belongs to no room', dict(files={'scanner/main.cpp': '#include "tests/x.hpp"'})),
        ('a row without files', 'no file belongs', dict(rows=['| `scanner/rank/` | | |'])),
        ('an arrow that nothing needs', 'any more', dict(files={'scanner/main.cpp': ''})),
        ('a second row', 'a second row', dict(rows=[GOOD_TABLE[1]])),
        ('another filesystem library', 'Boost.Filesystem', dict(files={'tests/unit/x.cpp': '#include <filesystem>'})),
        ('an arrow to nowhere', 'which has no row', dict(rows=['| `scanner/main` | | `scanner/gone/` |'])),
    ]
    blind = [] if not faults_with() else ['the good tree is blamed: ' + '; '.join(faults_with())]
    for name, words, broken in cases:
        faults = faults_with(**broken)
        if not any(words in fault for fault in faults):
            blind.append(f'{name} is not seen: {faults}')
    return blind


def main():
    blind = self_test()
    faults, rooms, between = faults_of(pathlib.Path(sys.argv[1]).resolve())
    for fault in blind + faults:
        print(fault)
    print(f'{rooms} rooms, {between} arrows between them, {len(faults)} faults')
    sys.exit(1 if blind or faults else 0)


if __name__ == '__main__':
    main()
