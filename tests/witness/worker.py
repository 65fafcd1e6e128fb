"""Runs the functions of drivers whose paths come on standard input, and prints one JSON record for each driver.

A process of its own, because the emulator can abort the process:  worker.py DATA FUNCTIONS BLOCKS
FUNCTIONS 0: a generated program, which is run as Windows would: from DriverEntry and every exported routine, one after the
other with what each left in memory, so that nothing is made up.
"""
import hashlib
import json
import sys

import unicorn

import emulate
import functions
import image
import rows

ROUNDS = 2
# What the exported routines of generated programs are called with.
ARGUMENTS = ((0, 0), (1, 0), (2, 1), (3, 7), (4, 3), (5, 2), (7, 1), (100, 4))


def chosen(starts, limit, entry):
    """`limit` of the functions, drawn by hash; the entry point is always among them."""
    if len(starts) <= limit:
        return starts
    draw = sorted(starts, key=lambda rva: hashlib.sha256(str(rva).encode()).digest())
    return sorted(set(draw[:limit]) | ({entry} if entry in starts else set()))


class Worker:
    def __init__(self, data, limit, blocks):
        self.data, self.limit, self.blocks, self.tables = data, limit, blocks, {}

    def tables_for(self, machine):
        if machine not in self.tables:
            x86 = machine == 'x86'
            self.tables[machine] = (rows.Rows(self.data + '/pool_apis.tsv', x86),
                                    rows.removed_bytes(self.data + '/x86_imports.tsv') if x86 else {})
        return self.tables[machine]

    def emulator(self, path):
        picture = image.Image(path)
        return emulate.Emulator(picture, *self.tables_for(picture.machine))

    def run_program(self, path):
        emulator = self.emulator(path)
        picture, found, seen, stops = emulator.image, [], set(), {}
        emulator.reset(picture.entry, 0)
        calls = [(picture.entry, (0, 0))] + [(rva, pair) for _, rva in picture.exports() for pair in ARGUMENTS]
        for start, pair in calls:
            events = emulator.execute(start, list(pair) + [0] * 10, self.blocks)
            stops[emulator.stopped] = stops.get(emulator.stopped, 0) + 1
            self.collect(events, start, 0, found, seen)
        return dict(path=path, machine=picture.machine, functions=len(calls), stops=stops, unknown_rows=[], events=found)

    @staticmethod
    def collect(events, start, round_, found, seen):
        for event in events:
            key = (event.api, event.tag, tuple(event.ends), tuple(event.callers))
            if key not in seen:
                seen.add(key)
                found.append(dict(vars(event), start=start, round=round_))

    def run(self, path):
        emulator = self.emulator(path)
        picture = emulator.image
        starts = chosen(functions.starts(picture), self.limit, picture.entry)
        found, seen, stops = [], set(), {}
        for round_ in range(ROUNDS):
            if round_ and picture.entry:
                emulator.use_state_of(picture.entry, 4 * self.blocks)
            for start in starts:
                events = emulator.run(start, round_, self.blocks)
                stops[emulator.stopped] = stops.get(emulator.stopped, 0) + 1
                self.collect(events, start, round_, found, seen)
        unknown = self.tables_for(picture.machine)[0].unknown
        return dict(path=path, machine=picture.machine, functions=len(starts), stops=stops, unknown_rows=unknown, events=found)


def main():
    worker = Worker(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    for line in sys.stdin:
        path = line.rstrip('\n')
        # The path first: if nothing follows, this driver broke the emulator.
        print(json.dumps(dict(begin=path)), flush=True)
        try:
            record = worker.run(path) if worker.limit else worker.run_program(path)
        except (image.BadImage, unicorn.UcError, OSError) as error:
            record = dict(path=path, error=str(error) or type(error).__name__)
        print(json.dumps(record), flush=True)


if __name__ == '__main__':
    main()
