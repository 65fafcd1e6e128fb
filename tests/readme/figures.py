#!/usr/bin/env python3
"""Tables of measurements in the documents.   figures.py SOURCE [--renew]

Between `<!-- figures: NAME -->` and `<!-- end -->` stands a table that is made from the files in tests/bench/figures, which
tests/bench/figures.sh writes. Without --renew the tables must be those.
"""
import os
import re
import sys

PROCESSORS = (('x64', 'x64'), ('x86', 'x86'), ('arm64', 'ARM64'))
BUCKETS = (('tag known at the call', 'constant'), ("tag is the caller's", 'forwarded'), ('tag is one of a table', 'table'),
           ('untagged (`ExAllocatePool`, or a default of a framework)', 'untagged'),
           ('suspect: a constant that can be no tag', 'suspect'), ('not resolved', 'dynamic'))


def read(source, kind, processor):
    with open(os.path.join(source, 'tests', 'bench', 'figures', f'{kind}_{processor}.txt'), encoding='utf-8') as file:
        return file.read()


def table(rows):
    lines = ['| ' + ' | '.join(rows[0]) + ' |', '|' + '---|' * len(rows[0])]
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows[1:]]) + '\n'


def share(part, whole):
    return f'{100 * part / whole:.1f} %' if part >= whole / 1000 or not part else f'{100 * part / whole:.2f} %'


def search(source):
    columns = []
    for processor, title in (('x64', 'x64'), ('arm64', 'ARM64')):
        values = {key: int(value) for key, value in re.findall(r'(?m)^([^\t#]+)\t(\d+)$', read(source, 'search', processor))}
        allocate, named, right = values['drivers that allocate'], values['files that hold the bytes'], values['of these allocate']
        columns.append([f'{values["files"]:,} drivers, {title}', f'{allocate:,}', f'{named:,}', f'{right:,} ({100 * right / named:.0f} %)',
                        f'{allocate - right:,} ({100 * (allocate - right) / allocate:.0f} %)'])
    heads = ['100 tags drawn at random', 'drivers that allocate with them', 'files that `findstr` or `grep` names',
             'of these, drivers that allocate with the tag', 'allocating drivers that they do not name']
    return table([list(row) for row in zip(heads, *columns)])


def tracing(source):
    rows = [['', *(title for _, title in PROCESSORS)], ['drivers'], ['allocation sites']]
    rows += [[name] for name, _ in BUCKETS] + [["calls of drivers' own wrappers"], ['of these, tag not known']]
    for processor, _ in PROCESSORS:
        text = read(source, 'tracing', processor)
        counts = {kind: {key: int(value) for key, value in re.findall(r'(\w+) +(\d+)', rest)}
                  for kind, rest in re.findall(r'(?m)^(allocate|wrapper) +(total .*)$', text)}
        allocate, wrapper = counts['allocate'], counts['wrapper']
        drivers = int(re.search(r'(?m)^(\d+) drivers', text)[1])
        cells = [f'{drivers:,}', f'{allocate["total"]:,}']
        cells += [f'{allocate[key]:,} ({share(allocate[key], allocate["total"])})' for _, key in BUCKETS]
        for row, cell in zip(rows[1:], cells + [f'{wrapper["total"]:,}', f'{wrapper["dynamic"]:,}']):
            row.append(cell)
    return table(rows)


def census(source):
    rows = [['', 'call sites', 'drivers with the same set', 'with another set']]
    for processor, title in PROCESSORS:
        found = re.search(r'(\d+) equal, (\d+) different, (\d+) sites', read(source, 'census', processor))
        rows.append([title, f'{int(found[3]):,}', f'{int(found[1]):,}', f'{int(found[2]):,}'])
    return table(rows)


MAKERS = {'search': search, 'tracing': tracing, 'census': census}
PAGES = ('README.md', 'tests/bench/README.md')


def main():
    source = os.path.realpath(sys.argv[1])
    faults, seen = [], set()
    for page in PAGES:
        path = os.path.join(source, page)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        def made(found):
            seen.add(found[1])
            return f'<!-- figures: {found[1]} -->\n{MAKERS[found[1]](source)}<!-- end -->'
        new = re.sub(r'(?s)<!-- figures: (\w+) -->\n.*?<!-- end -->', made, text)
        if new != text and '--renew' in sys.argv:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(new)
        elif new != text:
            faults.append(f'{page}: a table is not that of tests/bench/figures: figures.py SOURCE --renew')
    faults += [f'no page shows the figures {name}' for name in MAKERS if name not in seen]
    print('\n'.join(faults))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
