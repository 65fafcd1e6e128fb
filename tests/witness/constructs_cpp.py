"""Constructs that need C++: virtual functions, constructors, templates, references, lambdas."""


def virtual_tag(p):
    n = p.between(1, 3)
    base = p.name('Base')
    p.put(f'struct {base} {{ virtual ULONG tag() {{ return {p.tag()}; }} virtual void other() {{ opaque = 1; }} ULONG data; }};')
    for i in range(n):
        p.put(f'struct {p.name(f"D{i}_")} : {base} {{ ULONG tag() override {{ return {p.tag()}; }} }};')
    p.put(f'KEEP void {p.name("use")}({base}* o) {{ {p.allocate("o->tag()")} }}')
    p.do(*(f'{p.name(f"D{i}_")} o{i}; if (a >= {i}) {p.name("use")}(&o{i});' for i in range(n)))


def member_tag(p):
    cls = p.name('Pool')
    p.put(f'class {cls} {{', ' public:', f'  explicit {cls}(ULONG tag) : tag_(tag) {{}}',
          f'  KEEP void get(ULONG size) {{ {p.allocate("tag_", "size")} }}', ' private:', f'  {p.of(("", "ULONG before_[3] = {}; "))}ULONG tag_;', '};')
    p.do(*(f'{cls} pool{i}({p.tag()}); pool{i}.get({16 + 8 * i});' for i in range(p.between(1, 3))))


def template_tag(p):
    f = p.name('get')
    p.put(f'template <ULONG Tag> KEEP void {f}(ULONG size) {{ {p.allocate("Tag", "size")} }}')
    p.do(*(f'{f}<{p.tag()}>(a + {i});' for i in range(p.between(1, 3))))


def reference_tag(p):
    p.put(f'KEEP void {p.name("use")}(const ULONG& tag) {{ {p.allocate("tag")} }}')
    p.do(f'ULONG mine = {p.tag()};', f'if (a & 1) mine = {p.tag()};', f'{p.name("use")}(mine);')


def lambda_tag(p):
    p.do(f'const ULONG tag = {p.tag()};', f'auto get = [&](ULONG size) {{ {p.allocate("tag", "size")} }};', 'get(8);', 'if (a == 2) get(16);')


CPP = [virtual_tag, member_tag, template_tag, reference_tag, lambda_tag]
