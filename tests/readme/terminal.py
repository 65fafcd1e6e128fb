#!/usr/bin/env python3
"""The picture of the terminal in the README.   terminal.py POOLWHO SOURCE [--renew | --record DRIVER]

data/terminal.svg shows what poolwho says of a real driver, myfault.sys, which NotMyFault of Sysinternals carries. The driver
is not here: terminal.txt is the record of the run, with name and SHA-256. --record runs poolwho on your copy of just that
driver and writes record and picture, --renew draws the picture from the record. Without either, the picture must be the
record's, and the record must look as what poolwho says of the sample's driver today.
"""
import fcntl
import hashlib
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from xml.sax.saxutils import escape

DRIVER = 'myfault.sys'
SHA256 = 'ff2bb211acc496e035dd1ef6f330029450f2f72973026975e1a8bc3429cf304f'
CARRIER = 'in notmyfault64.exe of Sysinternals, SHA-256 8fdda0b72661dd3edfeae022d341c3522cfbfae8f9404224d46400038e7cc29e'
ARGUMENTS = ('--explain', '-q')
COLUMNS, GLYPH, SIZE, LINE, MARGIN = 108, 8.43, 14, 20, 16
COLOURS = {'31': '#f47067', '32': '#8ddb8c', '33': '#e3b341', '34': '#6cb6ff', '35': '#dcbdfb', '36': '#76e3ea', '2': '#8b949e'}


def on_terminal(command, folder):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 40, COLUMNS, 0, 0))
    environment = dict(os.environ, TERM='xterm-256color', LC_ALL='C.UTF-8')
    environment.pop('NO_COLOR', None)
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave)
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
    process.wait()
    os.close(master)
    return got.decode().replace('\r\n', '\n')


def span(style, text):
    codes = style.split(';')
    fill = next((COLOURS[code] for code in codes if code in COLOURS), None)
    attributes = (f' fill="{fill}"' if fill else '') + (' font-weight="bold"' if '1' in codes else '')
    return f'<tspan{attributes}>{escape(text)}</tspan>' if text else ''


def spans(line):
    out, style = '', ''
    for piece in re.split(r'(\x1b\[[0-9;]*m)', line):
        code = re.fullmatch(r'\x1b\[([0-9;]*)m', piece)
        if code:
            style = '' if code[1] in ('', '0') else code[1]
        else:
            out += span(style, piece)
    return out


def draw(record):
    notes = [line[2:] for line in record.split('\n') if line.startswith('# ')]
    lines = [line for line in record.rstrip('\n').split('\n') if not line.startswith('# ')]
    width, height = int(COLUMNS * GLYPH + 2 * MARGIN), len(lines) * LINE + 2 * MARGIN
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
           f'<desc>{escape(" ".join(notes))}</desc>', f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>',
           f'<g font-family="Consolas, Menlo, \'DejaVu Sans Mono\', monospace" font-size="{SIZE}" fill="#e6edf3">']
    for number, line in enumerate(lines):
        out.append(f'<text xml:space="preserve" x="{MARGIN}" y="{MARGIN + SIZE + number * LINE}">{spans(line)}</text>')
    return '\n'.join(out + ['</g>', '</svg>', ''])


def record_of(poolwho, driver):
    with open(driver, 'rb') as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != SHA256:
        sys.exit(f'{driver} has SHA-256 {found}, not {SHA256}')
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(driver, os.path.join(folder, DRIVER))
        said = on_terminal([poolwho, 'Leak', DRIVER, *ARGUMENTS], folder)
    version = subprocess.run([poolwho, '--version'], text=True, stdout=subprocess.PIPE, check=True).stdout.split('\n')[0]
    return (f'# {DRIVER}, SHA-256 {SHA256},\n# {CARRIER},\n# as {version} shows it in {COLUMNS} columns.\n'
            f'\x1b[1m$ poolwho Leak {DRIVER} {ARGUMENTS[0]}\x1b[0m\n{said}')


def kinds_of_lines(text):
    """The form of an answer without its facts: colours, and the words that poolwho chose."""
    kinds = []
    for line in text.split('\n'):
        line = re.sub(r'\[built-in:\d+\]', '[built-in]', line)
        for pattern in (r'^\x1b\[32;1mproven  \x1b\[0m  \x1b\[1mLeak\x1b\[0m  \x1b\[1m\S*myfault\.sys\x1b\[0m  ', r'^listed .*',
                        r'^  \x1b\[2m\S+\x1b\[0m', r'^      allocates  ExAllocatePoolWithTag  sure  ', r'^      the built-in tag list names it as the owner \(line ',
                        r"; 'Leak' is passed here"):
            found = re.search(pattern, line)
            if found:
                kinds.append((pattern, found[0] if pattern.startswith('^listed') else ''))
    return set(kinds)


def main():
    poolwho, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    record_path, picture_path = (os.path.join(source, *parts) for parts in (('tests', 'readme', 'terminal.txt'), ('data', 'terminal.svg')))
    if '--record' in sys.argv:
        with open(record_path, 'w', encoding='utf-8') as file:
            file.write(record_of(poolwho, sys.argv[-1]))
    with open(record_path, encoding='utf-8') as file:
        record = file.read()
    if sys.argv[3:]:
        with open(picture_path, 'w', encoding='utf-8') as file:
            file.write(draw(record))
        return 0
    faults = []
    with open(picture_path, encoding='utf-8') as file:
        if file.read() != draw(record):
            faults.append('data/terminal.svg is not the picture of terminal.txt: terminal.py POOLWHO SOURCE --renew')
    driver = os.path.join('data', 'sample', 'Users', 'Helpdesk', 'Desktop', 'notmyfault', 'myfault.sys')
    today = kinds_of_lines(on_terminal([poolwho, 'Leak', driver, *ARGUMENTS], source))
    if len(today) < 6 or today != kinds_of_lines(record):
        faults.append(f'poolwho no longer answers as terminal.txt has it, record it again:\n{today ^ kinds_of_lines(record)}')
    print('\n'.join(faults))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
