"""Constructs with tables: rows of every width, read by index or by a pointer that walks."""


def _rows(p, count, where='static const '):
    """A table whose rows have 1 to 6 words (or some odd bytes), a tag in one of them and names that look alike in others."""
    words, odd = p.between(1, 6), p.below(8) == 7
    at = p.below(words)
    fields = ''.join('ULONG tag; ' if i == at else f'ULONG f{i}; ' for i in range(words))
    pack = ('#pragma pack(push, 1)', '#pragma pack(pop)') if odd else ()
    p.put(*pack[:1], f'typedef struct {{ {"UCHAR kind; " if odd else ""}{fields}}} {p.name("R")};', *pack[1:])
    rows = []
    for i in range(count):
        cells = ['1'] if odd else []
        cells += [p.tag() if k == at else p.tag(True) if p.flip() else str(i + k) for k in range(words)]
        rows.append('{' + ', '.join(cells) + '}')
    p.put(f'{where}{p.name("R")} {p.name("rows")}[{count}] = {{{", ".join(rows)}}};')
    return p.name('rows')


def table_by_index(p):
    count = p.of((2, 3, 4, 5, 8))
    rows = _rows(p, count, p.of(('static const ', 'static ', 'const ' if p.flip() else 'static const ')))
    if p.flip():
        p.do(f'if (a >= {count}) return;', p.allocate(f'{rows}[a].tag'))
    else:
        p.do(p.allocate(f'{rows}[a % {count}].tag'))


def table_in_loop(p):
    count = p.between(2, 8)
    rows = _rows(p, count)
    p.do(f'for (ULONG i = {p.of((0, 0, 1))}; i < {count}; ++i) {{', '  ' + p.allocate(f'{rows}[i].tag', '16 + i'),
         f'  if (b == 77) break;', '}')


def table_walked(p):
    count = p.between(2, 8)
    rows = _rows(p, count)
    r = p.name('R')
    if p.flip():
        p.do(f'for (const {r}* row = {rows}; row < {rows} + {count}; ++row) {{', '  ' + p.allocate('row->tag'), '}')
    else:
        p.do(f'const {r}* row = {rows} + {count};', 'do {', '  --row;', '  ' + p.allocate('row->tag'), f'}} while (row != {rows});')


def table_to_zero(p):
    """A table that ends with a zero, walked without a bound."""
    count = p.between(2, 6)
    tags = ', '.join(p.tag() for _ in range(count))
    p.put(f'static const ULONG {p.name("list")}[] = {{{tags}, 0}};')
    if p.flip():
        p.do(f'for (const ULONG* t = {p.name("list")}; *t; ++t) {p.allocate("*t")}')
    else:
        p.do(f'for (ULONG i = 0; {p.name("list")}[i]; ++i) {p.allocate(p.name("list") + "[i]")}')


def table_of_pointers(p):
    count = p.of((2, 4))
    t = p.name('T')
    p.put(f'typedef struct {{ ULONG size, tag; }} {t};')
    p.put(*(f'static const {t} {p.name(f"row{i}_")} = {{{16 * i}, {p.tag()}}};' for i in range(count)))
    rows = ', '.join(f'&{p.name(f"row{i}_")}' for i in range(count))
    p.put(f'static const {t}* const {p.name("rows")}[] = {{{rows}}};')
    p.do(p.allocate(f'{p.name("rows")}[a & {count - 1}]->tag'))


def table_two_dimensions(p):
    wide = p.between(2, 5)
    rows = ', '.join('{' + ', '.join(p.tag() for _ in range(wide)) + '}' for _ in range(3))
    p.put(f'static const ULONG {p.name("grid")}[3][{wide}] = {{{rows}}};')
    p.do(p.allocate(f'{p.name("grid")}[a % 3][b % {wide}]'))


def table_filled(p):
    """A table that is filled at run time, and read by another function."""
    count = p.of((2, 4))
    filled = p.name('filled')
    stores = ' '.join(f'{filled}[{i}] = {p.tag()};' for i in range(count))
    p.put(f'static volatile ULONG {filled}[{count}];', f'KEEP void {p.name("fill")}(void) {{ {stores} }}')
    p.do(f'{p.name("fill")}();', p.allocate(f'{p.name("filled")}[a & {count - 1}]'))


def table_on_stack(p):
    count = p.of((2, 4))
    tags = ', '.join(p.tag() for _ in range(count))
    p.do(f'{p.of(("", "volatile "))}ULONG tags[{count}] = {{{tags}}};', p.allocate(f'tags[a & {count - 1}]'))


def list_walked(p):
    """Nodes in the image that lead to one another."""
    n = p.name('N')
    p.put(f'typedef struct {n} {{ const struct {n}* next; ULONG tag; }} {n};')
    last = '0'
    for i in range(p.between(2, 4)):
        p.put(f'static const {n} {p.name(f"node{i}_")} = {{{last}, {p.tag()}}};')
        last = f'&{p.name(f"node{i}_")}'
    p.put(f'static const {n}* volatile {p.name("head")} = {last};')
    p.do(f'for (const {n}* at = {p.name("head")}; at; at = at->next) {p.allocate("at->tag")}')


def table_through_function(p):
    count = p.of((2, 3, 4))
    rows = _rows(p, count)
    p.put(f'KEEP ULONG {p.name("tag_of")}(ULONG i) {{ return i < {count} ? {rows}[i].tag : {p.tag()}; }}')
    p.do(p.allocate(f'{p.name("tag_of")}(a)'))


TABLES = [table_by_index, table_in_loop, table_walked, table_to_zero, table_of_pointers, table_two_dimensions, table_filled,
          table_on_stack, list_walked, table_through_function]
