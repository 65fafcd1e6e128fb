"""A driver's file as the emulator needs it: sections, imports, and where functions start.

Written with `struct` alone and from the PE format's description, not from our reader: the witness must not share its
errors. What is malformed raises `BadImage`; one driver is lost then, not the run.
"""
import struct

MACHINES = {0x8664: 'x64', 0x14C: 'x86', 0xAA64: 'arm64'}
EXECUTABLE, WRITABLE = 0x20000000, 0x80000000


class BadImage(Exception):
    pass


class Section:
    def __init__(self, rva, size, flags, name):
        self.rva, self.size, self.flags, self.name = rva, size, flags, name

    @property
    def executable(self):
        return bool(self.flags & EXECUTABLE)

    @property
    def writable(self):
        return bool(self.flags & WRITABLE)


class Image:
    """`memory` is the image as the loader lays it out at `base`, its preferred address, so that nothing is relocated."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            data = file.read()
        try:
            self._read(data)
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise BadImage(f'{path}: {error}')

    def _read(self, data):
        pe = struct.unpack_from('<I', data, 0x3C)[0]
        if data[:2] != b'MZ' or data[pe:pe + 4] != b'PE\0\0':
            raise BadImage('no PE image')
        number, count, optional_size = struct.unpack_from('<HH12xH', data, pe + 4)
        self.machine = MACHINES.get(number)
        if not self.machine:
            raise BadImage(f'machine {number:#x}')
        optional = pe + 24
        self.wide = self.machine != 'x86'
        self.word = 8 if self.wide else 4
        self.entry = struct.unpack_from('<I', data, optional + 16)[0]
        self.base = struct.unpack_from('<Q', data, optional + 24)[0] if self.wide else \
            struct.unpack_from('<I', data, optional + 28)[0]
        size, headers = struct.unpack_from('<II', data, optional + 56)
        if not 0 < size < 1 << 28:
            raise BadImage(f'an image of {size} bytes')
        directories = optional + (108 if self.wide else 92)
        amount = min(struct.unpack_from('<I', data, directories)[0], 16)
        self.directories = [struct.unpack_from('<II', data, directories + 4 + 8 * i) for i in range(amount)]
        self.directories += [(0, 0)] * (16 - amount)
        self.size = (size + 0xFFF) & ~0xFFF
        self.memory = bytearray(self.size)
        self.memory[:min(headers, self.size)] = data[:min(headers, self.size)]
        self.sections = []
        for i in range(count):
            at = optional + optional_size + 40 * i
            name, virtual, rva, raw, offset = struct.unpack_from('<8sIIII', data, at)
            flags = struct.unpack_from('<I', data, at + 36)[0]
            content = data[offset:offset + min(raw, virtual or raw)]
            if rva + len(content) > self.size:
                raise BadImage('a section outside of the image')
            self.memory[rva:rva + len(content)] = content
            self.sections.append(Section(rva, max(virtual, len(content)), flags, name.rstrip(b'\0').decode('latin-1')))

    # Reading the mapped image. Whatever is outside raises struct.error, which the callers take as the end of a table.
    def u16(self, rva):
        return struct.unpack_from('<H', self.memory, rva)[0]

    def u32(self, rva):
        return struct.unpack_from('<I', self.memory, rva)[0]

    def pointer(self, rva):
        return struct.unpack_from('<Q' if self.wide else '<I', self.memory, rva)[0]

    def text(self, rva):
        end = self.memory.find(b'\0', rva, rva + 512)
        return self.memory[rva:end].decode('latin-1') if end >= 0 else ''

    def section_at(self, rva):
        return next((s for s in self.sections if s.rva <= rva < s.rva + s.size), None)

    def is_code(self, rva):
        section = self.section_at(rva)
        return section is not None and section.executable

    def imports(self):
        """(slot RVA, module in lower case, function) of each import, bound at load or later."""
        found = []
        for directory, step, name_at, names_at, slots_at in ((1, 20, 12, 0, 16), (13, 32, 4, 16, 12)):
            table = self.directories[directory][0]
            try:
                while table and self.u32(table + name_at):
                    module = self.text(self.u32(table + name_at)).lower()
                    slots = self.u32(table + slots_at)
                    names = self.u32(table + names_at) or slots
                    found += self._functions(module, names, slots)
                    table += step
            except struct.error:
                pass
        return found

    def _functions(self, module, names, slots):
        found = []
        for i in range(1 << 14):
            name = self.pointer(names + i * self.word)
            if not name:
                break
            by_number = name >> (8 * self.word - 1)
            found.append((slots + i * self.word, module, f'#{name & 0xFFFF}' if by_number else self.text(name + 2)))
        return found

    def exports(self):
        """[(name, RVA)] of exported code."""
        table, size = self.directories[0]
        if not table:
            return []
        found = []
        try:
            functions, names, numbers = struct.unpack_from('<III', self.memory, table + 28)
            for i in range(min(self.u32(table + 24), 1 << 14)):
                rva = self.u32(functions + 4 * self.u16(numbers + 2 * i))
                if self.is_code(rva) and not table <= rva < table + size:
                    found.append((self.text(self.u32(names + 4 * i)), rva))
        except struct.error:
            pass
        return found

    def relocated(self):
        """RVAs of the pointers that the loader would adjust."""
        at, size = self.directories[5]
        end, found = at + size, []
        try:
            while at + 8 <= end:
                page, length = struct.unpack_from('<II', self.memory, at)
                for i in range(8, max(length, 8), 2):
                    entry = self.u16(at + i)
                    if entry >> 12 in (3, 10):
                        found.append(page + (entry & 0xFFF))
                at += max(length, 8)
        except struct.error:
            pass
        return found
