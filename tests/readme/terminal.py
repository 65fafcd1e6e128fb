#!/usr/bin/env python3
"""The picture of the terminal in the README.   terminal.py POOLWHO SOURCE [--renew]

Draws what `poolwho Leak --root data/sample` prints in colour as data/terminal.svg; without --renew it compares, so that
the picture cannot grow old.
"""
import os
import re
import subprocess
import sys
from xml.sax.saxutils import escape

COMMAND = 'poolwho Leak --root data/sample'
COLUMNS, GLYPH, LINE, MARGIN = 198, 6.65, 16, 14
COLOURS = {'31': '#f47067', '32': '#8ddb8c', '33': '#e3b341', '34': '#6cb6ff', '35': '#dcbdfb', '36': '#76e3ea', '2': '#8b949e',
           '90': '#8b949e'}


def cut(text):
    """Pieces (style, text) of one line, the line broken at COLUMNS."""
    lines, line, width, style = [], [], 0, ''
    for piece in re.split(r'(\x1b\[[0-9;]*m)', text):
        code = re.fullmatch(r'\x1b\[([0-9;]*)m', piece)
        if code:
            style = '' if code[1] in ('', '0') else code[1]
            continue
        while piece:
            part, piece = piece[:COLUMNS - width], piece[COLUMNS - width:]
            line.append((style, part))
            width += len(part)
            if piece:
                lines.append(line)
                line, width = [], 0
    return lines + [line]


def span(style, text):
    codes = style.split(';')
    fill = next((COLOURS[code] for code in codes if code in COLOURS), None)
    attributes = (f' fill="{fill}"' if fill else '') + (' font-weight="bold"' if '1' in codes else '')
    return f'<tspan{attributes}>{escape(text)}</tspan>' if text else ''


def draw(printed):
    lines = [[('1', '$ ' + COMMAND)]]
    for line in printed.rstrip('\n').split('\n'):
        lines += cut(re.sub(r' {2,}(?=\S)', '  ', line))
    width, height = int(COLUMNS * GLYPH + 2 * MARGIN), len(lines) * LINE + 2 * MARGIN
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
           f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>',
           '<g font-family="Consolas, Menlo, \'DejaVu Sans Mono\', monospace" font-size="11" fill="#e6edf3" style="white-space:pre">']
    for number, line in enumerate(lines):
        spans = ''.join(span(style, text) for style, text in line)
        out.append(f'<text x="{MARGIN}" y="{MARGIN + 11 + number * LINE}">{spans}</text>')
    return '\n'.join(out + ['</g>', '</svg>', ''])


def main():
    program, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    arguments = COMMAND.split()[1:] + ['--color', 'always']
    done = subprocess.run([program] + arguments, cwd=source, text=True, encoding='utf-8', stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True)
    picture = draw(done.stdout + done.stderr)
    path = os.path.join(source, 'data', 'terminal.svg')
    if '--renew' in sys.argv:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(picture)
        return 0
    with open(path, encoding='utf-8') as file:
        if file.read() == picture:
            return 0
    print('data/terminal.svg is not what poolwho prints: terminal.py POOLWHO SOURCE --renew')
    return 1


if __name__ == '__main__':
    sys.exit(main())
