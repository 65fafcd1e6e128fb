#!/usr/bin/env python3
"""The form of the documents.   documents.py POOLWHO SOURCE

Links lead to files and headings that exist; the README is short, and so are its sentences; scanner/README.md has a row for
every option that the help knows, with an example; pictures are small and have a description.
"""
import os
import re
import subprocess
import sys

MOST_LINES, MOST_WORDS, MOST_PICTURE = 180, 30, 100_000
REFERENCE = 'scanner/README.md'


def pages_below(source):
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in ('build', '.git'))
        for name in sorted(names):
            if name.endswith('.md'):
                yield os.path.relpath(os.path.join(folder, name), source)


def read(source, page):
    with open(os.path.join(source, page), encoding='utf-8') as file:
        return file.read()


def without_blocks(text):
    return re.sub(r'(?ms)^```.*?^```$', '', text)


def anchors(text):
    """Headings as GitHub names them: letters, digits, dashes; the second of a name ends in -1."""
    found = set()
    for heading in re.findall(r'(?m)^#+ (.*)$', without_blocks(text)):
        heading = re.sub(r'\[([^]]*)\]\([^)]*\)', r'\1', heading).strip().lower()
        name = re.sub(r'[^\w\- ]', '', heading).replace(' ', '-')
        number, full = 0, name
        while full in found:
            number, full = number + 1, f'{name}-{number + 1}'
        found.add(full)
    return found


def targets(text):
    text = re.sub(r'`[^`\n]*`', '', without_blocks(text))
    return re.findall(r'\]\(([^)\s]+)\)', text) + re.findall(r'(?:src|srcset|href)="([^"\s]+)"', text)


def broken_links(source, page):
    for target in targets(read(source, page)):
        if re.match(r'[a-z]+:', target):
            continue
        path, _, anchor = target.partition('#')
        where = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if re.match(r'(\.\./)+(releases|issues|security)\b', target):
            continue  # of the repository's own address, which only its host knows
        if not os.path.exists(os.path.join(source, where)):
            yield f'{page}: {target} leads nowhere'
        elif anchor and (not where.endswith('.md') or anchor not in anchors(read(source, where))):
            yield f'{page}: {target}: there is no such heading'


def sentences(text):
    """Of prose, list items and cells; code counts as a word."""
    text = re.sub(r'<[^>]*>', ' ', without_blocks(text))
    text = re.sub(r'`[^`]*`', 'code', text)
    text = re.sub(r'!?\[([^]]*)\]\([^)]*\)', r'\1', text)
    blocks = re.split(r'\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.) ?)', text)
    for block in blocks:
        for part in block.split('|') if block.lstrip().startswith('|') else [block]:
            yield from re.split(r'(?<=[.!?])\s+', ' '.join(part.split()))


def long_sentences(text):
    for sentence in sentences(text):
        words = [word for word in sentence.split() if re.search(r'\w', word)]
        if len(words) > MOST_WORDS:
            yield f'README.md: {len(words)} words: {sentence}'


def pictures(source, text):
    for tag in re.findall(r'<img [^>]*>', text):
        if not re.search(r'alt="[^"]{20,}"', tag):
            yield f'README.md: a picture without a description: {tag}'
    for name in set(re.findall(r'"([^"]+\.(?:png|svg|webp))"', text)):
        size = os.path.getsize(os.path.join(source, name))
        if size >= MOST_PICTURE:
            yield f'{name}: {size} bytes'


def missing_options(program, reference):
    help_text = subprocess.run([program, '--help'], text=True, stdout=subprocess.PIPE, check=True).stdout
    rows = re.findall(r'(?m)^\| ((?:`[^`]+`(?:, )?)+) \|(.*)$', reference)
    for name in sorted(set(re.findall(r'(?m)^  (?:-\w, |    )(--[\w-]+)', help_text))):
        row = next((rest for options, rest in rows if re.search(re.escape(name) + r'(?![\w-])', options)), None)
        if row is None:
            yield f'{REFERENCE} has no row for {name}'
        elif '`poolwho ' not in row:
            yield f'{REFERENCE}: no example for {name}'
    for options, _ in rows:
        for name in re.findall(r'--[\w-]+', options):
            if name not in help_text:
                yield f'{REFERENCE}: {name} is no option'


def main():
    program, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    faults = [fault for page in pages_below(source) for fault in broken_links(source, page)]
    readme = read(source, 'README.md')
    lines = readme.count('\n')
    if lines > MOST_LINES:
        faults.append(f'README.md has {lines} lines')
    faults += list(long_sentences(readme)) + list(pictures(source, readme))
    faults += list(missing_options(program, read(source, REFERENCE)))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
