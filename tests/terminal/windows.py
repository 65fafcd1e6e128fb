#!/usr/bin/env python3
"""What people see in windows of 40, 80, 100 and 200 columns.   windows.py POOLWHO SOURCE DRIVERS [FOLDER-OF-REAL-DRIVERS]

Every command runs on a pseudo-terminal, standard output and standard error on the same one, then with each of them
redirected. Asserted: no line is longer than the window, no result stands behind progress, progress leaves nothing, every
result that a pipe gets is there. No times: progress is drawn when a run is long enough, and then it is looked at.
"""
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios

from screen import Screen, width

COLUMNS = (40, 80, 100, 200)
PROGRESS = re.compile(r'^(\[[=> ]*\]  )?(\d+ %  )?[\d,]+( of [\d,]+)? files\b')
COPIES = 220


def on_terminal(command, columns, folder, redirect=''):
    """(Screen, what the redirected stream got, exit code). redirect: '', 'out' or 'err'."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 50, columns, 0, 0))
    settings = termios.tcgetattr(slave)
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    environment = dict(os.environ, TERM='xterm-256color', LC_ALL='C.UTF-8')
    with tempfile.TemporaryFile() as other:
        streams = {'stdout': other if redirect == 'out' else slave, 'stderr': other if redirect == 'err' else slave}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, **streams)
        os.close(slave)
        got = b''
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            got += piece
        code = process.wait()
        os.close(master)
        other.seek(0)
        kept = other.read()
    screen = Screen(columns)
    screen.feed(got.decode('utf-8', 'replace'))
    return screen, kept, code


def check(name, screen, columns):
    faults = []
    command = False
    for line in screen.wrapped:
        # A command to copy is one line, whatever the window; what the terminal makes of it begins with eight blanks or in
        # the middle of it.
        command = bool(re.match(' {8}[^ ]', line)) or (command and not line.startswith(' '))
        if not command:
            faults.append(f'longer than the window: {line!r}')
    for line in screen.lines:
        if sum(width(c) for c in line) > columns:
            faults.append(f'wider than the window: {line!r}')
        if PROGRESS.match(line):
            faults.append(f'progress that was left: {line!r}')
    for line in screen.drawn:
        if sum(width(c) for c in line) >= columns:
            faults.append(f'progress as wide as the window: {line!r}')
    if screen.line():
        faults.append(f'left behind on the last line: {screen.line()!r}')
    for what in screen.strange:
        faults.append(f'a terminal may not know {what}')
    return [f'{name}, {columns} columns: {fault}' for fault in faults]


def prepare(source, drivers, work):
    """A volume with long and wide names: the compiled drivers again and again under such names."""
    shutil.copytree(os.path.join(source, 'data', 'sample'), os.path.join(work, 'sample'))
    built = sorted(os.path.join(place, name) for place, _, names in os.walk(drivers) for name in names
                   if name.endswith('.sys'))
    built = built[::max(1, len(built) // COPIES)][:COPIES]
    folder = os.path.join(work, 'volume', 'Windows', 'System32', 'drivers')
    deep = os.path.join(work, 'volume', 'Windows', 'System32', 'DriverStore', 'FileRepository',
                        'vendor_storage_filter.inf_amd64_0123456789abcdef', '漢字フォルダ')
    os.makedirs(folder)
    os.makedirs(deep)
    for i, path in enumerate(built):
        name = f'{i}_{os.path.basename(path)}'
        shutil.copy(path, os.path.join(deep, f'漢字-{name}') if i % 7 == 0 else os.path.join(folder, name))
    return len(built)


def commands(work, real):
    logs = [os.path.join('sample/logs', name) for name in sorted(os.listdir(os.path.join(work, 'sample/logs')))]
    for arguments in (['Leak', '--root', 'sample'], ['Leak', 'sample', '--explain'], ['Zzzz', '--root', 'sample'],
                      ['Leak', '--root', 'sample', '--min-verdict', 'weak'], ['survey', 'sample'],
                      ['survey', 'sample', '--explain'], ['survey', 'sample', '--check'],
                      ['leaks', *logs, '--root', 'sample'], ['leaks', *logs], ['lookup', 'Leak', 'MmSt', 'Afd*'],
                      ['lookup', 'pdjb'], ['lookup', 'tcpip.sys'], ['survey', 'volume'], ['survey', 'volume', '--by', 'tag'],
                      ['survey', 'volume', '--summary'], ['Tag1', '--root', 'volume'], ['Io', 'volume'], ['--help'],
                      ['survey', '--help'], ['--treads'], ['Leak', 'nowhere']):
        yield 'poolwho ' + ' '.join(arguments), arguments
    if real:
        for arguments in (['survey', real], ['survey', real, '--by', 'tag'], ['Devi', real], ['NDIS', real], ['File', real],
                          ['Ndis', real, '--explain'], ['leaks', *logs, '--files-from', 'real.txt']):
            yield 'poolwho ' + ' '.join(arguments), arguments


def main():
    program, source, drivers = (os.path.realpath(path) for path in sys.argv[1:4])
    real = os.path.realpath(sys.argv[4]) if len(sys.argv) > 4 else None
    faults, runs, drawn = [], 0, 0
    with tempfile.TemporaryDirectory() as work:
        count = prepare(source, drivers, work)
        if count < 200:
            faults.append(f'only {count} test drivers; 200 are wanted')
        if real:
            with open(os.path.join(work, 'real.txt'), 'w', encoding='utf-8') as file:
                file.write(real + '\n')
        for name, arguments in commands(work, real):
            for columns in COLUMNS:
                for redirect in ('', 'out', 'err'):
                    if redirect and columns not in (40, 100):
                        continue
                    screen, kept, code = on_terminal([program, *arguments], columns, work, redirect)
                    faults += check(name + (f', standard {redirect} redirected' if redirect else ''), screen, columns)
                    if code not in (0, 1, 2, 3):
                        faults.append(f'{name}: exit code {code}')
                    if b'\x1b' in kept or b'\r' in kept.replace(b'\r\n', b'\n'):
                        faults.append(f'{name}: what is redirected holds codes for terminals')
                    runs, drawn = runs + 1, drawn + len(screen.drawn)
    for fault in faults[:60]:
        print(fault)
    print(f'{runs} runs, {drawn} drawings of progress, {len(faults)} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
