"""Where the functions of a driver start, for the witness to run.

Only starts that are certain: a run from the middle of a function has garbage in its registers, and what it then shows
looks like a refutation. So chained and fragment records of .pdata do not count, nor does code behind padding; where there
is no .pdata (and on x86) it is the entry point, exports, targets of direct calls and the usual prolog.
"""
import re
import struct

PROLOGS = re.compile(rb'(?:\x8b\xff)?\x55\x8b\xec|\x55\x89\xe5')


def starts(image):
    """Ascending RVAs."""
    found = {rva for _, rva in image.exports()}
    if image.entry:
        found.add(image.entry)
    table, size = image.directories[3]
    if table and size and image.machine == 'x64':
        found |= _unwind_x64(image, table, size)
    elif table and size and image.machine == 'arm64':
        found |= _unwind_arm64(image, table, size)
    else:
        found |= _call_targets(image)
    return sorted(rva for rva in found if image.is_code(rva))


def _unwind_x64(image, table, size):
    found, ends = set(), set()
    for at in range(table, table + size - 11, 12):
        try:
            begin, end, info = struct.unpack_from('<III', image.memory, at)
            flags = image.memory[info & ~1] >> 3
        except (struct.error, IndexError):
            break
        # Chained records, and those that point to another record, are parts of a function.
        if begin and not info & 1 and not flags & 4 and not _continues(image, begin, ends):
            found.add(begin)
        ends.add(end)
    return found


def _continues(image, begin, ends):
    """Whether control falls into the record from the one before: parts that compilers put aside follow padding or a jump."""
    if begin not in ends:
        return False
    # The last byte of a call or a plain instruction before: only ret, int3, nop and jumps end a function.
    before = bytes(image.memory[max(begin - 5, 0):begin])
    return not (before[-1:] in (b'\xc3', b'\xcc', b'\x90', b'\0') or before[0:1] in (b'\xe9', b'\xe8') or
                before[-2:-1] == b'\xeb' or before[-3:-2] == b'\xc2')


def _unwind_arm64(image, table, size):
    found = set()
    for at in range(table, table + size - 7, 8):
        try:
            begin, info = struct.unpack_from('<II', image.memory, at)
            # 2 is a packed fragment, 3 another record; a full record without prolog codes begins with `end_c` (0xE5).
            if not begin or info & 3 in (2, 3):
                continue
            if info & 3 == 0 and _is_fragment(image, info):
                continue
        except struct.error:
            break
        found.add(begin)
    return found


def _is_fragment(image, info):
    header = image.u32(info)
    epilogs, words = header >> 22 & 31, header >> 27
    codes = info + 4
    if not epilogs and not words:
        epilogs = image.u16(codes)
        codes += 4
    if not header >> 21 & 1:
        codes += 4 * epilogs
    return image.memory[codes] == 0xE5


def _call_targets(image):
    found = set()
    if image.machine == 'arm64':
        for section in (s for s in image.sections if s.executable):
            for at in range(section.rva, section.rva + section.size - 3, 4):
                word = image.u32(at)
                if word >> 26 == 0x25:
                    offset = word & 0x3FFFFFF
                    found.add(at + 4 * (offset - (offset >> 25 << 26)))
        return found
    for section in (s for s in image.sections if s.executable):
        code = bytes(image.memory[section.rva:section.rva + section.size])
        at = code.find(b'\xe8')
        while 0 <= at < len(code) - 4:
            target = section.rva + at + 5 + struct.unpack_from('<i', code, at + 1)[0]
            # An E8 inside another instruction hardly ever points to what begins as functions do.
            if image.is_code(target) and _looks_like_start(image, target):
                found.add(target)
            at = code.find(b'\xe8', at + 1)
        found |= {section.rva + m.start() for m in PROLOGS.finditer(code)}
    for at in image.relocated():
        try:
            target = image.pointer(at) - image.base
        except struct.error:
            continue
        if image.is_code(target) and not image.is_code(at) and PROLOGS.match(bytes(image.memory[target:target + 5])):
            found.add(target)
    return found


def _looks_like_start(image, target):
    """Behind the end of another function (ret, jump, padding), or with a prolog."""
    before = bytes(image.memory[max(target - 5, 0):target])
    return before[-1:] in (b'\xc3', b'\xcc', b'\x90') or before[-3:-2] == b'\xc2' or before[:1] == b'\xe9' or \
        PROLOGS.match(bytes(image.memory[target:target + 5])) is not None
