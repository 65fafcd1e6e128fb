#!/usr/bin/env python3
"""Runs every command of the README and of the rooms' pages.   readme.py POOLWHO SOURCE [FILE...]

`$ command` in a block: what it prints must be what stands below it; `…` stands for anything, alone on a line for any
lines. Other lines and `code` in the text that begin with poolwho: they must not be wrong usage. Blocks of other tests
(sql, sh fleet) and the synopsis (with ...) are left out. Places of the reader's machine are the sample volume here, and
what only Windows can answer must be refused for that reason alone.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

PLACES = {'/mnt/c': 'data/sample', 'C:\\Windows\\System32\\drivers': 'drivers', 'C:\\': 'data/sample'}
WRONG_USAGE = 2
PAGES = ('README.md', 'scanner/README.md', 'scanner/FAQ.md', 'scanner/poolmon/README.md', 'scanner/trace/README.md',
         'scanner/catalog/README.md', 'scanner/report/README.md', 'data/README.md')
LEAST = 60  # commands; fewer means that they are no longer recognised
DRIVERQUERY = '"Module Name","Display Name","Driver Type","Link Date"\n"decoy","Decoy","Kernel ","1/1/2026 1:00:00 AM"\n'
APIS = ('name\tmodule\tkind\tmatch\tcharges\ttag\ttag_x86\tpool\tsize\tsize_x86\tfield_x64\tfield_x86\tcondition\tdefault\tsource\n'
        'MyAlloc\tmine.sys\tallocate\timport\tyes\t2\t2\t0:type\t1\t1\t-\t-\t-\t-\tour own header\n')
WINDOWS_ONLY = ('--live works on Windows only', 'a place to search is needed')


def prepare(work, source):
    shutil.copytree(os.path.join(source, 'data', 'sample'), os.path.join(work, 'data', 'sample'))
    drivers = os.path.join(work, 'data', 'sample', 'Windows', 'System32', 'drivers')
    shutil.copytree(drivers, os.path.join(work, 'drivers'))
    for name in ('my.sys', 'new.sys', 'old.sys'):
        shutil.copy(os.path.join(drivers, 'decoy.sys'), os.path.join(work, name))
    # A program that carries a driver.
    with open(os.path.join(work, 'notmyfault64.exe'), 'wb') as program:
        for part in (os.path.join(drivers, 'decoy.sys'), os.path.join(
                work, 'data', 'sample', 'Users', 'Helpdesk', 'Desktop', 'notmyfault', 'myfault.sys')):
            with open(part, 'rb') as file:
                program.write(file.read())
    logs = os.path.join(work, 'data', 'sample', 'logs')
    for name in os.listdir(logs):
        shutil.copy(os.path.join(logs, name), work)
    with open(os.path.join(work, 'poolmon.txt'), 'wb') as all_of_them:
        for number in range(1, 13):
            with open(os.path.join(logs, f'poolmon{number}.txt'), 'rb') as log:
                all_of_them.write(log.read())
    subprocess.run([sys.executable, os.path.join(source, 'tests', 'events', 'make_dump.py'), os.path.join(work, '052026-1.dmp'),
                    'c2', 'a', '0', '6b61654c', '0', '--', '\\SystemRoot\\System32\\drivers\\decoy.sys'], check=True)
    for name, text in (('mine.txt', 'Mine - mine.sys - a line of our own\n'), ('tags.txt', 'Leak\nDcoy\n'),
                       ('paths.txt', 'drivers\n'), ('drivers.csv', DRIVERQUERY),
                       ('apis.tsv', APIS),
                       ('allow.tsv', 'Dcoy\tnever_freed\tfreed by another driver\n'), ('known.ndjson', '')):
        with open(os.path.join(work, name), 'w', encoding='ascii') as file:
            file.write(text)


def run(command, work):
    return subprocess.run(['bash', '-c', command], cwd=work, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False)


def matches(expected, printed):
    pattern = []
    for line in expected:
        pattern.append('(?:.*\n)*' if line == '…' else '.*'.join(re.escape(part) for part in line.split('…')) + '\n')
    return re.fullmatch(''.join(pattern), printed) is not None


def check_block(lines, work):
    faults, count, i = [], 0, 0
    while i < len(lines):
        line, i = lines[i], i + 1
        if line.startswith('$ '):
            expected = []
            while i < len(lines) and not lines[i].startswith('$ '):
                expected.append(lines[i])
                i += 1
            result = run(line[2:], work)
            count += 1
            if not matches(expected, result.stdout):
                faults.append(f'{line}\nprints\n{result.stdout}instead of\n' + '\n'.join(expected))
        elif line.startswith('poolwho ') and '...' not in line and '[' not in line.split('#')[0]:
            faults += check_usage(re.split(r'\s{3,}|\s+# ', line)[0], work)
            count += 1
    return faults, count


def check_usage(command, work):
    for place, here in PLACES.items():
        command = command.replace(place, here)
    result = run('set -o pipefail; ' + command, work)
    if result.returncode != WRONG_USAGE or any(words in result.stdout for words in WINDOWS_ONLY):
        return []
    return [f'{command}\nis wrong usage:\n{result.stdout}']


def check_page(text, work):
    faults, count = [], 0
    for kind, body in re.findall(r'(?ms)^```([^\n]*)\n(.*?)^```$', text):
        if kind in ('sql', 'sh fleet'):
            continue
        found, ran = check_block(body.splitlines(), work)
        faults, count = faults + found, count + ran
    prose = re.sub(r'(?ms)^```.*?^```$', '', text)
    for command in re.findall(r'`(poolwho [^`]*)`', prose):
        command = ' '.join(command.split())
        if not re.search(r'\b(TAG|FOLDER|FILE|DIR|OUT|PATH|COMMAND)\b|\.\.\.|…', command):
            faults, count = faults + check_usage(command, work), count + 1
    return faults, count


def main():
    program, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    pages = sys.argv[3:] or [page for page in PAGES if os.path.exists(os.path.join(source, page))]
    faults, count = [], 0
    with tempfile.TemporaryDirectory() as work:
        prepare(work, source)
        tools = os.path.join(work, 'bin')
        os.mkdir(tools)
        os.symlink(program, os.path.join(tools, 'poolwho'))
        os.environ['PATH'] = tools + ':' + os.environ['PATH']
        os.environ['LC_ALL'] = 'C.UTF-8'
        # Catalogues of two machines and one of a fleet, for the commands that ask or join them.
        for catalogue in ('hostA.db', 'hostB.db', 'fleet.db'):
            run(f'poolwho survey data/sample --store {catalogue} -q', work)
        run('poolwho survey drivers --format localtag -o localtag.txt', work)
        for page in pages:
            with open(os.path.join(source, page), encoding='utf-8') as file:
                found, ran = check_page(file.read(), work)
            faults, count = faults + [f'{page}: {fault}' for fault in found], count + ran
    for fault in faults:
        print(fault, end='\n\n')
    print(f'{count} commands, {len(faults)} of them wrong')
    return 1 if faults or (count < LEAST and not sys.argv[3:]) else 0


if __name__ == '__main__':
    sys.exit(main())
