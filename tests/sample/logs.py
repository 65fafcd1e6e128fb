#!/usr/bin/env python3
"""Writes the poolmon logs of the sample volume.   logs.py FOLDER

Twelve snapshots, one an hour, of a machine on which myfault.sys leaks 36 MB an hour under the tag Leak. The other tags do
what pools do all day: most go up and down a little, one makes a step, one rises and stays, one is noisy. The same numbers
in every run: no random generator but the one below.
"""
import os
import sys

HOURS = 12
START = (2026, 11, 20, 8)
LEAKED_AN_HOUR = 35100  # blocks of 1,040 bytes

# tag, type, blocks, bytes of one, frees at the start, shape
TAGS = [
    ('CM31', 'Paged', 13849, 4592, 80000, 'noise'), ('MmSt', 'Paged', 8885, 3100, 1600000, 'plateau'),
    ('Ntff', 'Paged', 7822, 1296, 1200000, 'noise'), ('Vad ', 'Nonp', 58900, 144, 60000000, 'noise'),
    ('File', 'Nonp', 20704, 368, 18000000, 'noise'), ('EtwB', 'Nonp', 298, 20480, 800, 'step'),
    ('FMfn', 'Paged', 11006, 512, 10000000, 'noise'), ('Even', 'Nonp', 41777, 128, 40000000, 'noise'),
    ('Thre', 'Nonp', 2428, 2144, 600000, 'noise'), ('Toke', 'Paged', 2990, 1712, 1800000, 'noisy'),
    ('Key ', 'Paged', 19117, 208, 16000000, 'noise'), ('ObNm', 'Paged', 24793, 96, 120000000, 'noise'),
    ('SeSd', 'Paged', 8512, 176, 8000000, 'noise'), ('TcpE', 'Nonp', 525, 2048, 180000, 'noise'),
    ('Irp ', 'Nonp', 874, 624, 80000000, 'noise'), ('NtRx', 'Nonp', 258, 1536, 4000000, 'noise'),
    ('AfdE', 'Nonp', 735, 320, 800000, 'noise'), ('Io  ', 'Nonp', 126, 720, 2000000, 'noise'),
    ('NtFs', 'Nonp', 1546, 40, 100000, 'noise'), ('FlSm', 'Paged', 62, 272, 18000, 'noise'),
    ('Wait', 'Nonp', 31, 288, 8000000, 'noise')]


class Noise:
    """Numerical Recipes' linear congruential generator."""

    def __init__(self, seed):
        self.state = seed

    def between(self, low, high):
        self.state = (self.state * 1664525 + 1013904223) % 2 ** 32
        return low + (high - low) * self.state / 2 ** 32


def level(shape, hour, noise):
    if shape == 'step':
        return (1 if hour < 5 else 1.4) * (1 + noise.between(-0.005, 0.005))
    if shape == 'plateau':
        return (1 + 0.09 * min(hour, 4)) * (1 + noise.between(-0.005, 0.005))
    if shape == 'noisy':
        return 1 + noise.between(-0.25, 0.25)
    return 1 + noise.between(-0.03, 0.03)


def snapshot(hour, noise):
    leaked = 280800 + LEAKED_AN_HOUR * hour
    rows = [('Leak', 'Nonp', 280917 + LEAKED_AN_HOUR * hour, 117, 1040)]
    for tag, pool, blocks, size, frees, shape in TAGS:
        blocks = round(blocks * level(shape, hour, noise))
        frees += frees * hour // 20
        rows.append((tag, pool, frees + blocks, frees, size))
    rows += [('Leak', 'Paged', 1, 0, 4112), ('Dcoy', 'Paged', 3 + hour // 8, 2 + hour // 8, 64)]
    rows.sort(key=lambda row: -(row[2] - row[3]) * row[4])  # as `poolmon -b` does
    grown = (leaked - 280800) * 1040 // 1024
    paged = sum((a - f) * size for _, pool, a, f, size in rows if pool == 'Paged') // 1024
    lines = ['===== %04d-%02d-%02d %02d:%02d:%02d =====' % (*START[:3], START[3] + hour, 0, 9 + hour * 7 % 5), '',
             ' Memory: 16776580K Avail:%9dK  PageFlts:%6d   InRam Krnl:%6dK P:241000K'
             % (8714813 - grown, 1834 + 31 * hour, 8120),
             ' Commit:%8dK Limit:19922308K Peak:%8dK            Pool N:%6dK P:%6dK'
             % (6385187 + grown, 6685187 + grown, 500227 + grown, 160000 + paged),
             ' Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc', '']
    for tag, pool, allocs, frees, size in rows:
        diff = allocs - frees
        lines.append(' %4s %5s %9d %9d  %8d %7d     %6d        ' % (tag, pool, allocs, frees, diff, diff * size, size))
    return '\n'.join(lines) + '\n'


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    noise = Noise(2026)
    for hour in range(HOURS):
        with open(os.path.join(sys.argv[1], 'poolmon%d.txt' % (hour + 1)), 'w', encoding='ascii', newline='\r\n') as file:
            file.write(snapshot(hour, noise))


main()
