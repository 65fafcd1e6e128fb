"""What the driver finds around itself: a stub for each import that does the little which a tag's way needs.

Memory is copied and filled, names are looked up, strings and bind infos are filled in, allocators return fresh memory.
Everything else returns success, a small number or a pointer, whatever the round says. A function on x86 of which nobody
knows how many bytes it takes off the stack ends the run: with a wrong depth the rest would be garbage.
"""
import struct

ARENA, HEAP, STUBS = 0x9A000000, 0x9B000000, 0x9C000000
STUB_SIZE, STUB_COUNT = 16, 0x4000
KMDF_TABLE, KMDF_STUB, KMDF_COUNT = STUBS + 0x100000, 0x3000, 0x600
BIND_SIZES = range(0x1C, 0x101)
# Helpers with rules of their own: they change no register, and take their argument in one.
SILENT = ('__chkstk', '_chkstk', '___chkstk_ms', '__guard_check_icall', '_guard_check_icall')
POINTERS = ('Alloc', 'Create', 'Reference', 'Lookup', 'Open', 'Get', 'Build', 'Find', 'Map')


class Kernel:
    def __init__(self, emulator, removed):
        self.emulator, self.engine, self.machine = emulator, emulator.engine, emulator.machine
        self.removed = removed
        self.names = []       # by number of the stub
        self.numbers = {}     # by name
        self.heap = HEAP

    def stub_for(self, name, module=''):
        """Address of the stub of an imported function, made when it is first asked for."""
        if name not in self.numbers:
            number = len(self.names)
            if number >= KMDF_STUB:
                return 0
            self.numbers[name] = number
            self.names.append(name)
            self.engine.mem_write(STUBS + number * STUB_SIZE, self.machine.stub(self.removed.get(name, 0)))
        return STUBS + self.numbers[name] * STUB_SIZE

    def make_kmdf_table(self):
        for i in range(KMDF_COUNT):
            address = STUBS + (KMDF_STUB + i) * STUB_SIZE
            # On x86 the framework's functions take their arguments off; how many is known for those with a row only.
            self.engine.mem_write(address, self.machine.stub({116: 24, 192: 28, 198: 28}.get(i, 0)))
            self.engine.mem_write(KMDF_TABLE + i * self.machine.word, self.machine.pack(address))

    def called(self, address):
        """(name, KMDF index) of the stub there; one of them is None."""
        number = (address - STUBS) // STUB_SIZE
        if number >= KMDF_STUB:
            return None, number - KMDF_STUB
        return (self.names[number], None) if number < len(self.names) else (None, None)

    def knows_depth(self, name, index):
        if self.machine.name != 'x86':
            return True
        return index in (116, 192, 198) if name is None else name in self.removed

    def act(self, name, index):
        """Does what the function does, and says what it returns (None: the registers stay)."""
        if name is None:
            return 0
        if name in SILENT:
            return None
        action = getattr(self, 'do_' + name.lstrip('_'), None)
        if action:
            return action(*(self.argument(i) for i in range(4)))
        if self.removed.get('@' + name):
            return 0
        if 'AllocatePool' in name or 'AllocateMemory' in name:
            self.heap += 0x1000
            return self.heap
        if name.startswith(('Rtl', 'Zw', 'Nt', 'Flt', 'Ke', 'Ndis')):
            return self.emulator.small()
        return self.emulator.pointer() if any(word in name for word in POINTERS) else self.emulator.small()

    def argument(self, index):
        return self.machine.argument(self.engine, index)

    def do_memcpy(self, target, source, size, _):
        self.write(target, self.read(source, min(size, 0x10000)))
        return target

    do_memmove = do_RtlCopyMemory = do_RtlMoveMemory = do_memcpy

    def do_memset(self, target, value, size, _):
        self.write(target, bytes([value & 255]) * min(size & 0xFFFFFFFF, 0x10000))
        return target

    def do_RtlZeroMemory(self, target, size, *_):
        return self.do_memset(target, 0, size, 0)

    def do_RtlFillMemory(self, target, size, value, _):
        return self.do_memset(target, value, size, 0)

    def do_RtlInitUnicodeString(self, target, text, *_):
        length = len(self.wide_text(text)) * 2 if text else 0
        pad = b'\0\0\0\0' if self.machine.word == 8 else b''
        self.write(target, struct.pack('<HH', length, length + 2 if text else 0) + pad + self.machine.pack(text))
        return 0

    def do_MmGetSystemRoutineAddress(self, text, *_):
        length = struct.unpack('<H', self.read(text, 2))[0] // 2
        buffer = self.machine.read_word(self.engine, text + self.machine.word)
        return self.stub_for(self.wide_text(buffer)[:length])

    def do_WdfVersionBind(self, driver, path, info, globals_):
        if self.bind(info):
            self.write(globals_, self.machine.pack(ARENA))
        return 0

    def bind(self, info):
        """What the framework's loader does with a bind info: it fills the array (to 1.13), or a pointer to its own."""
        word = self.machine.word
        size, major, minor, count = (struct.unpack('<I', self.read(info + at, 4))[0] for at in
                                     ((0, 16, 20, 28) if word == 8 else (0, 8, 12, 20)))
        holder = self.machine.read_word(self.engine, info + (32 if word == 8 else 24))
        component = self.machine.read_word(self.engine, info + word)
        if size not in BIND_SIZES or major != 1 or not holder or self.wide_text(component) != 'KmdfLibrary':
            return False
        if minor >= 15:
            self.write(holder, self.machine.pack(KMDF_TABLE))
        else:
            count = min(count, KMDF_COUNT)
            self.write(holder, bytes(self.engine.mem_read(KMDF_TABLE, count * word)))
        return True

    def read(self, address, size):
        self.emulator.ensure(address, size)
        return bytes(self.engine.mem_read(address, size))

    def write(self, address, content):
        self.emulator.ensure(address, len(content))
        self.engine.mem_write(address, content)

    def wide_text(self, address):
        text = ''
        while address and len(text) < 64:
            code = struct.unpack('<H', self.read(address + 2 * len(text), 2))[0]
            if not code:
                break
            text += chr(code)
        return text
