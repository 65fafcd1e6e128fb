"""The listed functions (data/pool_apis.tsv), and which tags a call of one hands over.

The table is the same that the program reads: it says which argument is a tag, which nobody can see by running code. A row
in a form that is not known here is left out and named, so that a new form is noticed.
"""
import csv
import struct

FLT_END = 0xFFFF


class Row:
    def __init__(self, fields, x86):
        self.name, self.module, self.kind, self.match = (fields[k] for k in ('name', 'module', 'kind', 'match'))
        self.text = fields['tag_x86' if x86 else 'tag']
        self.field = fields['field_x86' if x86 else 'field_x64']
        self.condition = fields['condition']
        self.form, self.index, self.fast = self._form()
        self.offset = int(self.field, 0) if self.field != '-' else 0
        self.clauses = [tuple(int(n, 0) for n in clause.split('==')) for clause in self.condition.split(',')
                        ] if self.condition != '-' else []

    def _form(self):
        text = self.text
        if text == '-':
            return 'none', 0, False
        if text.startswith('fast'):
            return 'argument', int(text[4:]), True
        if text.startswith('*'):
            return ('contexts' if self.match == 'flt' else 'field'), int(text[1:]), False
        return 'argument', int(text), False


class Rows:
    """`imports[name]` and `kmdf[index]` lead to rows with a tag; `unknown` names what could not be read."""

    def __init__(self, path, x86):
        self.imports, self.kmdf, self.unknown = {}, {}, []
        with open(path, encoding='utf-8') as file:
            lines = [line for line in file if line.strip() and not line.startswith('#')]
        for fields in csv.DictReader(lines, delimiter='\t', quoting=csv.QUOTE_NONE):
            try:
                row = Row(fields, x86)
                if row.form == 'none':
                    continue
                if row.match in ('import', 'flt'):
                    self.imports[row.name] = row
                elif row.match.startswith('kmdf:'):
                    self.kmdf[int(row.match[5:])] = row
            except (ValueError, KeyError, IndexError, TypeError):
                self.unknown.append(fields.get('name'))


def tags(row, argument, read, wide):
    """The tags of one call. `argument(i)` is its i-th (`argument(i, True)` a fastcall register's), `read(address, bytes)`
    raises when that is no memory; a call for which the row does not count has none."""
    for index, value in row.clauses:
        if argument(index) & 0xFFFFFFFF != value:
            return []
    value = argument(row.index, row.fast)
    if row.form == 'argument':
        return [value & 0xFFFFFFFF]
    if row.form == 'field':
        return [struct.unpack('<I', read(value + row.offset, 4))[0]]
    return _contexts(value, row.offset, read, wide)


def _contexts(registration, offset, read, wide):
    """FLT_REGISTRATION leads to an array that ends with a type; a tag counts where no callback allocates."""
    word, code = (8, '<Q') if wide else (4, '<I')
    entry = struct.unpack(code, read(registration + 8, word))[0]
    found = []
    for _ in range(16 if entry else 0):
        if struct.unpack('<H', read(entry, 2))[0] == FLT_END:
            break
        callback = struct.unpack(code, read(entry + offset + (8 if wide else 4), word))[0]
        if not callback:
            found.append(struct.unpack('<I', read(entry + offset, 4))[0])
        entry += 0x38 if wide else 0x1C
    return found


def removed_bytes(path):
    """On x86: {function: bytes of arguments that it takes off the stack}."""
    found = {}
    with open(path, encoding='utf-8') as file:
        for line in file:
            fields = line.rstrip('\n').split('\t')
            if len(fields) == 4 and fields[2].isdigit():
                found.setdefault(fields[1], int(fields[2]))
    return found


def printable(tag):
    """Four printable bytes, or fewer padded with blanks or NULs; bit 31 says only that the allocation is protected."""
    text = struct.pack('<I', tag & 0x7FFFFFFF).rstrip(b'\0')
    return bool(text.strip(b' ')) and all(0x20 <= byte < 0x7F for byte in text)


def shown(tag):
    """As poolmon and the program write it."""
    return ''.join(chr(b) if 0x20 <= b < 0x7F and b != 0x5C else '\\\\' if b == 0x5C else f'\\x{b:02x}'
                   for b in struct.pack('<I', tag & 0x7FFFFFFF))
