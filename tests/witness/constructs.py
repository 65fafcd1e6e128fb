"""The constructs of generated programs: ways in which C hands a tag to a function. Nothing here says what must be found.

Each takes a Part and writes declarations (`put`) and statements (`do`). The subset that C and C++ share, without undefined
behaviour: indices are masked, compared or taken modulo. Names beside tags are decoys: they look like tags and are none.
"""
from tables import TABLES


def loop_bounded(p):
    n, step = p.between(2, 7), p.of(('++i', 'i += 1', 'i += 2'))
    first = p.letters()
    p.count += n
    letters = ','.join(f"'{c}'" for c in first[:3])
    p.do(f'for (ULONG i = 0; i < {n}; {step}) {{',
         '  ' + p.allocate(f"TAG({letters},'0') + ({'i' if p.flip() else '(i & 7)'} << 24)"), '}')


def loop_by_argument(p):
    first = p.letters()
    p.count += 8
    letters = ','.join(f"'{c}'" for c in first[:3])
    p.do('ULONG i = 0;', f'while (i < (a & {p.of((3, 7))})) {{', '  ' + p.allocate(f"TAG({letters},'0') + (i << 24)"),
         '  ++i;', '}')


def loop_same_tag(p):
    p.do(f'for (ULONG i = 0; i < {p.of(("a", "a + 1", "4", "b + 2"))} && i < 9; ++i) {p.allocate(p.tag(), "16 + i")}')


def switch_dense(p):
    n = p.between(3, 9)
    p.do('ULONG tag;', f'switch (a{p.of(("", " & 7", " + b"))}) {{')
    p.do(*(f'  case {i}: {"opaque = b; " if p.flip() else ""}tag = {p.tag()}; break;' for i in range(n)))
    p.do(f'  default: tag = {p.tag()}; break;', '}', p.allocate('tag'))


def switch_sparse(p):
    p.put(f'KEEP ULONG {p.name("choose")}(ULONG a) {{', '  switch (a) {',
          *(f'    case {v}: return {p.tag()};' for v in (0, 2, 7, 100)[:p.between(2, 4)]), f'    default: return {p.tag()};', '  }', '}')
    p.do(p.allocate(f'{p.name("choose")}(a)'))


def _structure(p, words, at):
    """A structure of ULONGs with the tag at one of them, and its initialiser."""
    p.put(f'typedef struct {{ {" ".join(("ULONG tag;" if i == at else f"ULONG f{i};") for i in range(words))} }} {p.name("S")};')
    return '{' + ', '.join(p.tag() if i == at else p.tag(True) if p.flip() else str(i) for i in range(words)) + '}'


def struct_copy(p):
    words = p.between(1, 40)
    initial = _structure(p, words, p.below(words))
    s = p.name('S')
    p.put(f'static {p.of(("const ", ""))}{s} {p.name("model")} = {initial};',
          f'KEEP void {p.name("use")}({s}* s) {{ {p.allocate("s->tag")} }}')
    p.do(f'{s} copy = {p.name("model")};' if p.flip() else f'{s} copy; copy = {p.name("model")};', f'{p.name("use")}(&copy);')


def struct_built(p):
    words = p.between(1, 12)
    initial = _structure(p, words, p.below(words))
    s = p.name('S')
    p.put(f'KEEP void {p.name("use")}(const {s}* s) {{ {p.allocate("s->tag")} }}')
    p.do(f'{s} made = {initial};', f'{p.name("use")}(&made);')


def struct_by_value(p):
    words = p.between(1, 10)
    initial = _structure(p, words, p.below(words))
    s = p.name('S')
    p.put(f'KEEP void {p.name("use")}({"ULONG x, " if p.flip() else "ULONG y, "}{s} s) {{ opaque = s.tag == 5; {p.allocate("s.tag")} }}')
    p.do(f'{s} made = {initial};', f'{p.name("use")}(a, made);')


def struct_returned(p):
    words = p.between(1, 6)
    initial = _structure(p, words, p.below(words))
    s = p.name('S')
    p.put(f'KEEP {s} {p.name("make")}(ULONG x) {{ {s} made = {initial}; opaque = x; return made; }}')
    p.do(f'{s} got = {p.name("make")}(a);', p.allocate('got.tag'))


def high_half(p):
    p.put(f'KEEP void {p.name("use")}(ULONG64 both) {{ {p.allocate("(ULONG)(both >> 32)", "(ULONG)both & 0xFF")} }}')
    p.do(f'{p.name("use")}((ULONG64){p.tag()} << 32 | {p.of(("64", "a"))});')


def heap_context(p):
    c = p.name('C')
    p.put(f'typedef struct {{ ULONG size; {p.of(("", "PVOID next; ", "ULONG more[6]; "))}ULONG tag; }} {c};', f'static {c}* {p.name("context")};',
          f'KEEP void {p.name("later")}(void) {{ if ({p.name("context")}) {p.allocate(p.name("context") + "->tag")} }}')
    p.do(f'{c}* made = ({c}*)ExAllocatePoolWithTag(NonPagedPool, sizeof({c}), {p.tag()});', 'if (!made) return;',
         f'made->size = a; made->tag = {p.tag()};', f'{p.name("context")} = made;', f'{p.name("later")}();')


def callback(p):
    p.put(f'typedef void (*{p.name("F")})(ULONG, ULONG);', f'KEEP void {p.name("called")}(ULONG tag, ULONG size) {{ {p.allocate("tag", "size")} }}',
          f'KEEP void {p.name("other")}(ULONG tag, ULONG size) {{ opaque = tag + size; }}',
          f'KEEP void {p.name("apply")}({p.name("F")} f, ULONG tag) {{ f(tag, 24); }}')
    p.do(f'{p.name("apply")}(a & 1 ? {p.name("other")} : {p.name("called")}, {p.tag()});')


def function_table(p):
    n = p.of((2, 4))
    for i in range(n):
        p.put(f'KEEP void {p.name(f"entry{i}_")}(ULONG tag) {{ {p.allocate("tag", str(16 + i))} }}')
    names = ', '.join(p.name(f'entry{i}_') for i in range(n))
    p.put(f'static void (*{p.of(("const ", "volatile ", ""))}{p.name("table")}[])(ULONG) = {{{names}}};')
    p.do(f'{p.name("table")}[a & {n - 1}]({p.tag()});')


def override_global(p):
    p.put(f'{p.of(("static ", ""))}{p.of(("volatile ", ""))}ULONG {p.name("override")};',
          f'KEEP ULONG {p.name("tag_of")}(void) {{ return {p.name("override")} ? {p.name("override")} : {p.tag()}; }}')
    p.do(p.allocate(f'{p.name("tag_of")}()'), f'if (a == 3) {p.name("override")} = {p.tag()};')


def global_set(p):
    p.put(f'static volatile ULONG {p.name("g")}{p.of(("", " = " + p.tag()))};', f'KEEP void {p.name("set")}(ULONG tag) {{ {p.name("g")} = tag; }}')
    p.do(f'{p.name("set")}({p.tag()});', p.allocate(p.name('g')))


def string_tag(p):
    text, form = p.letters(), p.below(3)
    p.put(f'static const char {p.name("text")}[] = "{text}{p.of(("", "more"))}";')
    if form == 0:
        p.put(f'KEEP ULONG {p.name("tag_of")}(const char* s) {{ ULONG t = 0; for (int i = 3; i >= 0; --i) t = t << 8 | (UCHAR)s[i]; return t; }}')
    elif form == 1:
        p.put(f'KEEP ULONG {p.name("tag_of")}(const char* s) {{ return *(const ULONG*)s; }}')
    else:
        p.put(f'KEEP ULONG {p.name("tag_of")}(const char* s) {{ ULONG t = 0; UCHAR* o = (UCHAR*)&t; while (*s && o < (UCHAR*)&t + 4) *o++ = (UCHAR)*s++; return t; }}')
    p.do(p.allocate(f'{p.name("tag_of")}({p.name("text")})'))


def letter_at_run_time(p):
    first = p.letters()
    p.count += 8
    letters = ','.join(f"'{c}'" for c in first[:3])
    p.do(p.allocate(f"TAG({letters},0) | (ULONG)('{p.of(('0', 'A'))}' + (a & 3)) << 24"))


def shared_tail(p):
    n = p.between(2, 5)
    p.do('ULONG tag, size;')
    for i in range(n):
        p.do(f'{"else " if i else ""}{f"if (a == {i})" if i + 1 < n else ""} {{ tag = {p.tag()}; size = {16 * (i + 1)}; {"opaque = b; " if p.flip() else ""}}}')
    p.do(p.allocate('tag', 'size'))


def same_call_twice(p):
    p.do(f'if (a & 1) {{ opaque = a; {p.allocate(p.tag())} }} else {{ opaque = b; {p.allocate(p.tag())} }}')


def deep_wrapper(p):
    depth = p.between(1, 6)
    orders = [p.below(3) for _ in range(depth)]
    forms = (('ULONG tag, ULONG size', '{t}, {s}'), ('ULONG size, ULONG tag', '{s}, {t}'), ('ULONG x, ULONG size, ULONG tag', 'a1, {s}, {t}'))
    for i, order in enumerate(orders):
        arguments = forms[orders[i - 1]][1].format(t='tag', s=p.of(('size', 'size + 8'))).replace('a1', '1') if i else ''
        inner = f'{p.name(f"wrap{i - 1}_")}({arguments});' if i else p.allocate('tag', 'size')
        p.put(f'KEEP void {p.name(f"wrap{i}_")}({forms[order][0]}) {{ {p.of(("", "if (size > 4096) return; ", "opaque = size; "))}{inner}'
              f'{p.of(("", " opaque = 3;"))} }}')
    call = forms[orders[-1]][1].replace('a1', 'a')
    for _ in range(p.between(1, 3)):
        p.do(f'{p.name(f"wrap{depth - 1}_")}({call.format(t=p.tag(), s=40)});')


def recursive(p):
    p.put(f'KEEP void {p.name("again")}(ULONG n, ULONG tag) {{ if (n > 1) {{ {p.name("again")}(n - 1, {p.of(("tag", p.tag()))}); opaque = n; }} {p.allocate("tag")} }}')
    p.do(f'{p.name("again")}(a & 3, {p.tag()});')


def out_parameter(p):
    p.put(f'KEEP int {p.name("get")}(ULONG x, ULONG* tag) {{ if (x == 3) return 0; *tag = x & 1 ? {p.tag()} : {p.tag()}; return 1; }}')
    call = f'{p.name("get")}(a, &tag)'
    p.do(f'ULONG tag = {p.tag()};', p.of((call + ';', f'if ({call}) opaque = 1;', f'if (!{call}) return;')), p.allocate('tag'))


def chosen(p):
    how = p.of(('a & 1 ? {} : {}', 'a > b ? {} : {}', '(a == 2 ? {} : {}) ^ 0'))
    p.do(p.allocate(how.format(p.tag(), p.tag())))


def kept_over_call(p):
    p.do(f'ULONG tag = {p.tag()};', 'if (KeQueryTimeIncrement() == 12345) opaque = 1;', f'if (a & 1) tag = {p.tag()};',
         'opaque = KeQueryTimeIncrement();', p.allocate('tag'), p.of((p.allocate('tag'), '')))


def lookaside(p):
    p.put(f'static LOOKASIDE {p.name("list")};')
    p.do(f'ULONG tag = a & 1 ? {p.tag()} : {p.tag()};', f'{p.of(("ExInitializeNPagedLookasideList", "ExInitializePagedLookasideList"))}(&{p.name("list")}, 0, 0, 0, 64, {p.of(("tag", p.tag()))}, 0);')


def xor_key(p):
    p.put(f'static volatile ULONG {p.name("key")} = 0x5A5A1234;')
    p.do(f'ULONG tag = {p.tag()} ^ {p.name("key")};', 'opaque = tag;', p.allocate(f'tag ^ {p.name("key")}'))


C = TABLES + [loop_bounded, loop_by_argument, loop_same_tag, switch_dense, switch_sparse, struct_copy, struct_built, struct_by_value,
              struct_returned, high_half, heap_context, callback, function_table, override_global, global_set, string_tag,
              letter_at_run_time, shared_tail, same_call_twice, deep_wrapper, recursive, out_parameter, chosen, kept_over_call,
              lookaside, xor_key]
