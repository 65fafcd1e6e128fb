#!/usr/bin/python3
"""The witness's own parts, each with an answer that must come out.   selftest.py"""
import struct
import sys
import unittest

import batches
import compare
import functions
import rows
import survey
from choices import Choices, Part
from render import BY_NAME, Parts, Program


def answers(*uses):
    """Of a driver with calls at 0x100 (listed) and 0x200 (of a wrapper); a use is (tag, certainty, via…)."""
    made = survey.Answers()
    for tag, certainty, *via in uses:
        made.uses.append(survey.Use(dict(tag_bytes=tag.encode().hex(), evidence='allocates', certainty=certainty, api='A',
                                         site_rva=hex(via[-1]), origin_rva=hex(via[0]), via=[hex(rva) for rva in via])))
    made.sites = {0x100: 'dynamic: computed'}
    made.finish()
    return made


def verdict(known, tag, callers=(), end=0x106):
    value = struct.unpack('<I', tag.encode())[0] if isinstance(tag, str) else tag
    return compare.judge(known, dict(api='A', tag=value, ends=[end], callers=list(callers)), 'x64')[0]


class Compare(unittest.TestCase):
    def test_verdicts(self):
        sure, one_path = answers(('Good', 'sure', 0x100)), answers(('Good', 'one_path', 0x100))
        self.assertEqual(verdict(sure, 'Good'), 'agreed')
        self.assertEqual(verdict(sure, 0x80000000 | struct.unpack('<I', b'Good')[0]), 'agreed')
        self.assertEqual(verdict(sure, 'Else'), 'refuted')
        self.assertEqual(verdict(one_path, 'Else'), 'missed')
        self.assertEqual(verdict(answers(), 'Else'), 'missed')
        self.assertEqual(verdict(sure, 0x9A001000), 'no text')
        self.assertEqual(verdict(sure, 0), 'made up')
        self.assertEqual(verdict(answers(), 0x9A001000), 'made up')
        self.assertEqual(verdict(sure, 'Good', end=0x206), 'missed')

    def test_register_that_a_callee_changes(self):
        self.assertEqual(verdict(answers(('Good', 'sure', 0x100)), compare.CLOBBERED), 'refuted')
        self.assertEqual(verdict(answers(), compare.CLOBBERED), 'made up')

    def test_chain(self):
        chain = answers(('Good', 'sure', 0x200, 0x100), ('More', 'sure', 0x300, 0x100))
        self.assertEqual(verdict(chain, 'Good', [0x205]), 'agreed')
        self.assertEqual(verdict(chain, 'Else', [0x205]), 'refuted')
        self.assertEqual(verdict(chain, 'Else', [0x405]), 'missed')
        self.assertEqual(verdict(answers(('Good', 'assumed', 0x200, 0x100)), 'Else', [0x205]), 'missed')

    def test_pattern(self):
        known = answers(('Good', 'assumed', 0x100))
        known.uses[0].tag = '476f6f??'
        self.assertEqual(verdict(known, 'Goo7'), 'agreed')
        self.assertEqual(verdict(known, 'Gox7'), 'missed')


class Rows(unittest.TestCase):
    @staticmethod
    def row(**fields):
        return rows.Row(dict(dict(name='F', module='m', kind='allocate', match='import', tag='1', tag_x86='1', field_x64='-', field_x86='-',
                                  condition='-'), **fields), False)

    def test_condition(self):
        row = self.row(condition='0==0')
        self.assertEqual(rows.tags(row, lambda i, fast=False: (0, 7)[i], None, True), [7])
        self.assertEqual(rows.tags(row, lambda i, fast=False: (2, 7)[i], None, True), [])

    def test_contexts(self):
        entry = struct.pack('<HHIQQI4xQQQ', 2, 0, 0, 0, 8, 0x41414141, 0, 0, 0)
        own = struct.pack('<HHIQQI4xQQQ', 4, 0, 0, 0, 8, 0x42424242, 1, 0, 0)
        memory = (b'\0' * 8 + struct.pack('<Q', 16) + entry + own).ljust(16 + 2 * 0x38) + struct.pack('<H', 0xFFFF)
        row = self.row(match='flt', tag='*0', field_x64='0x18')
        found = rows.tags(row, lambda i, fast=False: 0, lambda at, size: memory[at:at + size], True)
        self.assertEqual(found, [0x41414141])

    def test_text(self):
        for text, expected in ((b'Leak', True), (b'Io  ', True), (b'ab\0\0', True), (b'a\0b\0', False), (b'\x01\x02\x03\x04', False), (b'    ', False)):
            self.assertEqual(rows.printable(struct.unpack('<I', text)[0]), expected, text)


class Batches(unittest.TestCase):
    def test_broken_emulator_costs_one_driver(self):
        """A worker that dies at the second of three drivers."""
        program = ("import sys,os,json\nfor line in sys.stdin:\n path=line.strip()\n print(json.dumps(dict(begin=path)),flush=True)\n"
                   " if path=='b': os.abort()\n print(json.dumps(dict(path=path,machine='x64')),flush=True)\n")
        records = batches.run_batch(['a', 'b', 'c'], [sys.executable, '-c', program])
        self.assertEqual([record['path'] for record in records], ['a', 'b', 'c'])
        self.assertEqual(['error' in record for record in records], [False, True, False])


class Generator(unittest.TestCase):
    def test_choices_repeat(self):
        for seed in range(20):
            program = Program.drawn(seed)
            self.assertEqual(program.source(), Program.drawn(seed).source())
            self.assertEqual(program.source(), Program(program.items).source())

    def test_tags_say_their_construct(self):
        for name, construct in BY_NAME.items():
            part = Part(30, Choices(1))
            construct(part)
            text = Program([('chosen', [])] * 30 + [(name, part.choices.made)]).source()
            self.assertEqual(Parts(text).construct(part.prefix + '00'), name)

    def test_decoys_are_no_tags(self):
        part = Part(1, Choices(1))
        tags = {part.letters() for _ in range(500)} & {part.letters(True) for _ in range(500)}
        self.assertEqual(tags, set())


class Functions(unittest.TestCase):
    def test_arm64_fragment_is_no_start(self):
        class Image:
            memory = bytearray(64)
            u32 = staticmethod(lambda at: struct.unpack_from('<I', Image.memory, at)[0])
            u16 = staticmethod(lambda at: struct.unpack_from('<H', Image.memory, at)[0])
        struct.pack_into('<IIIIII', Image.memory, 0, 0x1000, 0x20, 0x1010, 0x30, 0x1020, 0x12)
        struct.pack_into('<II', Image.memory, 0x20, 1 << 27 | 1 << 21, 0x000000E5)  # begins with end_c
        struct.pack_into('<II', Image.memory, 0x30, 1 << 27 | 1 << 21, 0x0000E481)
        self.assertEqual(functions._unwind_arm64(Image, 0, 24), {0x1010})


if __name__ == '__main__':
    unittest.main()
