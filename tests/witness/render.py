"""A program: some constructs, each with its choices, as one C or C++ source.

The head of the source says which construct has which tags, so that a source can be judged by itself: it stays a case when
the generator has changed.
"""
import random
import re

from choices import Choices, Part
from constructs import C
from constructs_cpp import CPP

BY_NAME = {construct.__name__: construct for construct in C + CPP}


class Program:
    """`items`: (construct's name, its choices); cut down by the reducer."""

    def __init__(self, items):
        self.items = items

    @staticmethod
    def drawn(seed):
        source = random.Random(seed)
        constructs = C + CPP if source.randrange(4) == 0 else C
        names = [source.choice(constructs).__name__ for _ in range(source.randrange(3, 9))]
        return Program([(name, Program._choices(name, source.getrandbits(60), i)) for i, name in enumerate(names)])

    @staticmethod
    def _choices(name, seed, number):
        part = Part(number, Choices(seed))
        BY_NAME[name](part)
        part.below(2)
        return part.choices.made

    @property
    def is_cpp(self):
        return any(BY_NAME[name] in CPP for name, _ in self.items)

    def source(self):
        head, top, entry = [], [], []
        for number, (name, given) in enumerate(self.items):
            part = Part(number, Choices(0, given))
            BY_NAME[name](part)
            head.append(f'// part {part.prefix} {name} decoys {" ".join(part.decoys)}'.rstrip())
            routine = part.name('part')
            if part.below(2):
                top += part.top + [f'KEEP void {routine}(ULONG a, ULONG b) {{ (void)a; (void)b;'] + ['  ' + line for line in part.body] + ['}']
                entry += [f'  {routine}({a}, {b});' for a, b in ((0, 1), (1, 0), (3, 2))]
            else:
                top += part.top + [f'ROUTINE {routine}(ULONG a, ULONG b) {{ (void)a; (void)b;'] + ['  ' + line for line in part.body] + ['}']
        driver = ['ENTRY {', '  (void)driver; (void)registry_path;'] + entry + ['  return kept != 0;', '}']
        return '\n'.join(head + ['#include "program.h"'] + top + driver) + '\n'


class Parts:
    """What the head of a source says: which construct a tag belongs to."""

    def __init__(self, source):
        self.names, self.decoys = {}, set()
        for line in source.splitlines():
            match = re.match(r'// part (..) (\w+) decoys ?(.*)', line)
            if match:
                self.names[match[1]] = match[2]
                self.decoys |= set(match[3].split())

    def construct(self, tag):
        """`tag` as text."""
        return self.names.get(tag[:2], 'other')
