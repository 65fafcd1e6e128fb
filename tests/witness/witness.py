#!/usr/bin/python3
"""The witness: runs drivers' functions in an emulator and looks whether the program's answers hold.

    witness.py PROGRAM [--stats POOLWHO_SURVEY_STATS] [--known FILE [--renew]] [--slice N] [--functions N] [--blocks N]
               [--findings FILE] PATH…          folders are searched for *.sys
    witness.py PROGRAM --replay DRIVER@FUNCTION/ROUND      one run: its blocks, and what it handed to listed functions

Nothing is drawn by chance: the same drivers give the same table. --slice N takes N drivers for each processor, by the hash
of their bytes. With --known, the drivers in which a tag is missed (folder and name, without suffix) must be exactly those of
the file: a new one fails, and so does one where all is found now: it is to be taken off the list.
"""
import argparse
import hashlib
import pathlib
import sys

import batches
import compare
import image
import rows
import survey
import table
import worker

DATA = pathlib.Path(__file__).resolve().parents[2] / 'data'


def arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument('program')
    parser.add_argument('paths', nargs='*')
    parser.add_argument('--stats')
    parser.add_argument('--known')
    parser.add_argument('--renew', action='store_true')
    parser.add_argument('--slice', type=int, default=0)
    parser.add_argument('--functions', type=int, default=2000)
    parser.add_argument('--blocks', type=int, default=400)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--findings')
    parser.add_argument('--replay')
    return parser.parse_intermixed_args()


def drivers_below(paths, limit):
    """Every *.sys, each content once; of each processor `limit` by hash (0: all)."""
    found = {}
    for path in paths:
        path = pathlib.Path(path)
        for file in sorted(path.rglob('*.sys')) if path.is_dir() else [path]:
            found.setdefault(hashlib.sha256(file.read_bytes()).hexdigest(), str(file))
    if not limit:
        return list(found.values())
    chosen, count = [], {}
    for key in sorted(found):
        try:
            machine = image.Image(found[key]).machine
        except image.BadImage:
            continue
        if count.get(machine, 0) < limit:
            count[machine] = count.get(machine, 0) + 1
            chosen.append(found[key])
    return chosen


def testify(program, stats, paths, functions, blocks, jobs):
    """The table of all these drivers."""
    result = table.Table()
    answers = survey.survey(program, stats, paths)
    for record in batches.run_all(paths, DATA, functions, blocks, jobs):
        path = record['path']
        if 'error' in record:
            result.errors.append((path, record['error']))
        elif path not in answers:
            result.errors.append((path, 'the program does not trace it'))
        else:
            judged = [(event, *compare.judge(answers[path], event, record['machine'])) for event in record['events']]
            result.add(record, judged)
    return result


def replay(program, stats, text):
    path, _, rest = text.rpartition('@')
    start, round_ = rest.split('/')
    emulator = worker.Worker(str(DATA), 0, 400).emulator(path)
    if int(round_):
        emulator.use_state_of(emulator.image.entry, 1600)
    events = emulator.run(int(start, 0), int(round_), 400)
    for address, size in emulator.path:
        print(f'block {address - emulator.image.base:#x} to {address - emulator.image.base + size:#x}')
    print('ended:', emulator.stopped or 'returned')
    answers = survey.survey(program, stats, [path]).get(path)
    for event in events:
        fields = dict(vars(event), start=int(start, 0), round=int(round_))
        verdict = compare.judge(answers, fields, emulator.image.machine) if answers else ('not traced', None, '')
        print(f'{verdict[0]}: {event.api} gets {rows.shown(event.tag)} at {[hex(end) for end in event.ends]} {verdict[2]}')
        print('  ' + ' '.join(f'{name}={value:x}' for name, value in event.registers.items()))
    return 0


def kinds_of(result):
    return {'/'.join(pathlib.Path(path).with_suffix('').parts[-2:]) for path, _, verdict, *_ in result.findings if verdict == 'missed'}


def check_known(file, kinds, renew):
    """0 when the kinds that are missed are those of the list."""
    lines = pathlib.Path(file).read_text(encoding='utf-8').splitlines()
    known = {line.strip() for line in lines if line.strip() and not line.startswith('#')}
    if renew:
        head = [line for line in lines if line.startswith('#')]
        pathlib.Path(file).write_text('\n'.join(head + sorted(kinds)) + '\n', encoding='utf-8')
        return 0
    for kind in sorted(kinds - known):
        print(f'FAILED: {kind} is missed, and {file} does not list it')
    for kind in sorted(known - kinds):
        print(f'FAILED: {kind} is not missed any more: take it off {file}')
    return 1 if kinds != known else 0


def main():
    options = arguments()
    if options.replay:
        return replay(options.program, options.stats, options.replay)
    paths = drivers_below(options.paths, options.slice)
    result = testify(options.program, options.stats, paths, options.functions, options.blocks, options.jobs)
    result.print(print)
    if options.findings:
        pathlib.Path(options.findings).write_text('\n'.join(map(table.line, result.findings)) + '\n', encoding='utf-8')
        result.print_stops(print)
    failed = 0
    for finding in result.findings:
        if finding[2] == 'refuted':
            print('FAILED:', table.line(finding))
            failed = 1
    if not paths or sum(result.drivers.values()) == 0:
        print('FAILED: no driver was run')
        failed = 1
    if options.known:
        failed |= check_known(options.known, kinds_of(result), options.renew)
        for path, error in result.errors:
            print(f'FAILED: not run: {path}: {error}')
            failed = 1
    return failed


if __name__ == '__main__':
    sys.exit(main())
