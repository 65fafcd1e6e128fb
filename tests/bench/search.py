#!/usr/bin/env python3
"""A search for four bytes (findstr, strings, grep) held against what the code says.   search.py POOLWHO FOLDER

Draws 100 tags of four letters or digits from those that are proven for a driver in FOLDER (always the same ones), finds the
files that hold their bytes, and counts how many of these allocate with them.
"""
import collections
import json
import os
import random
import re
import subprocess
import sys

ALLOCATES = ('allocates', 'lookaside', 'configures')


def proven(poolwho, folder):
    """tag -> paths of drivers that allocate with it, and rest on no assumption."""
    out = subprocess.run([poolwho, 'survey', folder, '--format', 'ndjson', '-q'], stdout=subprocess.PIPE, check=False)
    owners = collections.defaultdict(set)
    for line in out.stdout.splitlines():
        record = json.loads(line)
        if record['type'] == 'use' and record['evidence'] in ALLOCATES and record['certainty'] != 'assumed':
            owners[bytes.fromhex(record['tag_bytes'])].add(record['path'])
    return {tag: paths for tag, paths in owners.items() if re.fullmatch(rb'[A-Za-z0-9]{4}', tag)}


def main():
    poolwho, folder = sys.argv[1:3]
    owners = proven(poolwho, folder)
    drawn = random.Random(1).sample(sorted(owners), 100)
    hold = collections.defaultdict(set)
    pairs = hidden = 0
    by_path = collections.defaultdict(list)
    for tag, paths in owners.items():
        for path in paths:
            by_path[path].append(tag)
    names = [os.path.join(place, name) for place, _, files in os.walk(folder) for name in files]
    for path in sorted(names):
        with open(path, 'rb') as file:
            content = file.read()
        for tag in drawn:
            if tag in content:
                hold[tag].add(path)
        for tag in by_path.get(path, ()):
            pairs, hidden = pairs + 1, hidden + (tag not in content)
    allocate = sum(len(owners[tag]) for tag in drawn)
    named = sum(len(hold[tag]) for tag in drawn)
    right = sum(len(hold[tag] & owners[tag]) for tag in drawn)
    for key, value in (('files', len(names)), ('tags proven', len(owners)), ('tags drawn', len(drawn)),
                       ('drivers that allocate', allocate), ('files that hold the bytes', named), ('of these allocate', right),
                       ('allocating drivers without the bytes', allocate - right),
                       ('all pairs of driver and tag', pairs), ('pairs without the bytes', hidden)):
        print(f'{key}\t{value}')


if __name__ == '__main__':
    sys.exit(main())
