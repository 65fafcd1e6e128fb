"""Runs functions of one image in Unicorn, in memory that is made up when it is touched, and logs calls of listed functions.

A page that nobody made appears with zeros, small numbers and pointers to further such pages; none of these can be taken
for the text of a tag. The image's own data is put back before each function, so that what one run wrote with made-up
values is no fact for the next. Everything depends on the function's address and the round alone: a finding can be replayed.
"""
import random
import struct

import unicorn as uc
import unicorn.arm64_const as a64
import unicorn.x86_const as x86

import kernel as k
from machine import MACHINES
from rows import tags

STACK, STACK_SIZE, BACK = 0x99000000, 0x20000, k.STUBS + 0x200000
PAGE, PAGES_A_RUN, STUB_SPACE = 0x1000, 96, 0x300000
ARENA_PAGES = 64
TEMPLATES = {}  # pages to make up memory from, by the size of a pointer: always the same


class Event:
    """A tag handed to a listed function. `ends`: where the calling instruction ends, the thunk's first if there is one;
    `callers`: the same of the calls that are open, innermost last; `registers` as the callee finds them."""

    def __init__(self, api, tag, ends, callers, registers):
        self.api, self.tag, self.ends, self.callers, self.registers = api, tag, ends, callers, registers


class Emulator:
    def __init__(self, image, rows, removed):
        self.image, self.rows, self.machine = image, rows, MACHINES[image.machine]
        self.engine = engine = self.machine.create()
        engine.mem_map(image.base, image.size)
        engine.mem_write(image.base, bytes(image.memory))
        engine.mem_map(k.STUBS, STUB_SPACE)
        engine.mem_map(STACK, STACK_SIZE)
        self.kernel = k.Kernel(self, removed)
        for slot, module, name in image.imports():
            self.kernel.stub_for(name, module)
            engine.mem_write(image.base + slot, self.machine.pack(self.kernel.stub_for(name, module)))
        self.kernel.make_kmdf_table()
        self.mapped, self.dirty, self.path, self.events = set(), set(), [], []
        self.random, self.blocks, self.stopped = random.Random(0), 0, ''
        if self.machine.word not in TEMPLATES:
            TEMPLATES[self.machine.word] = [self._page(random.Random(n), n) for n in range(8)]
        self.templates = TEMPLATES[self.machine.word]
        if image.machine == 'x64':
            engine.reg_write(x86.UC_X86_REG_GS_BASE, k.ARENA)
        self.clean = engine.context_save()
        self._bind_kmdf()
        self._hooks()
        self.initial = bytes(engine.mem_read(image.base, image.size))
        self.state = self.initial

    def _hooks(self):
        first, last = self.image.base, self.image.base + self.image.size - 1
        add = self.engine.hook_add
        add(uc.UC_HOOK_BLOCK, self._on_block, None, first, last)
        add(uc.UC_HOOK_CODE, self._on_stub, None, k.STUBS, BACK - 1)
        add(uc.UC_HOOK_MEM_READ_UNMAPPED | uc.UC_HOOK_MEM_WRITE_UNMAPPED, self._on_unmapped)
        add(uc.UC_HOOK_MEM_WRITE, self._on_write, None, first, last)

    def _bind_kmdf(self):
        """The framework binds before any function of the driver runs; here, wherever a bind info lies in the data."""
        word = self.image.word
        name = 'KmdfLibrary\0'.encode('utf-16-le')
        memory, at = self.image.memory, self.image.memory.find(name)
        while at >= 0:
            pointer, holder = self.machine.pack(self.image.base + at), 0
            while (holder := memory.find(pointer, holder)) >= 0:
                try:
                    self.kernel.bind(self.image.base + holder - word)
                except (uc.UcError, struct.error):
                    pass
                holder += word
            at = memory.find(name, at + 2)

    # Made-up things.
    def _page(self, source, kind):
        word, values = self.machine.word, []
        for _ in range(PAGE // word):
            draw = source.randrange(8)
            pointer = k.ARENA + source.randrange(ARENA_PAGES) * PAGE + source.randrange(32) * 16
            values.append(pointer if draw < (1, 2, 4, 6)[kind % 4] else source.randrange(8) if draw == 7 else 0)
        return b''.join(map(self.machine.pack, values))

    def pointer(self):
        return k.ARENA + self.random.randrange(ARENA_PAGES) * PAGE

    def small(self):
        return 0 if self.round == 0 else self.random.choice((0, 0, 1, 2, 5))

    def ensure(self, address, size):
        """Makes the memory there exist; for the stubs, which the engine's hook does not see."""
        for page in range(address & ~(PAGE - 1), address + max(size, 1), PAGE):
            inside = self.image.base <= page < self.image.base + self.image.size
            if not inside and not k.STUBS <= page < k.STUBS + STUB_SPACE and not STACK <= page < STACK + STACK_SIZE and \
                    page not in self.mapped:
                self._make_page(page)
            elif inside:
                self.dirty.add(page)

    def _make_page(self, page):
        if len(self.mapped) >= PAGES_A_RUN:
            return False
        try:
            self.engine.mem_map(page, PAGE, uc.UC_PROT_READ | uc.UC_PROT_WRITE)
        except uc.UcError:
            return False
        self.mapped.add(page)
        if page:
            self.engine.mem_write(page, self.templates[(page // PAGE * 7 + self.round) % 8])
        return True

    # Hooks.
    def _on_unmapped(self, engine, access, address, size, value, data):
        made = True
        for page in {address & ~(PAGE - 1), (address + size - 1) & ~(PAGE - 1)}:
            if page not in self.mapped:
                made = self._make_page(page) and made
        return made

    def _on_write(self, engine, access, address, size, value, data):
        self.dirty.add(address & ~(PAGE - 1))
        self.dirty.add((address + size - 1) & ~(PAGE - 1))

    def _on_block(self, engine, address, size, data):
        self.path.append((address, size))
        if len(self.path) > self.blocks:
            self.stopped = 'limit'
            engine.emu_stop()

    def _on_stub(self, engine, address, size, data):
        if address % k.STUB_SIZE:
            return
        name, index = self.kernel.called(address)
        row = self.rows.imports.get(name) if name else self.rows.kmdf.get(index)
        try:
            if row:
                for tag in tags(row, lambda i, fast=False: self.machine.argument(engine, i, fast), self.kernel.read,
                                self.image.wide):
                    self._log(row.name, tag)
            result = self.kernel.act(name, index)
            if result is not None:
                self.machine.clobber(engine)
                engine.reg_write(self.machine.result, result)
        except (uc.UcError, struct.error):
            pass
        if not self.kernel.knows_depth(name, index):
            self.stopped = f'takes off an unknown number of bytes: {name or index}'
            engine.emu_stop()

    def _log(self, api, tag):
        if not self.path:
            return
        registers = {n: self.engine.reg_read(r) for n, r in self.machine.registers.items()}
        self.events.append(Event(api, tag, *self._where(), registers))

    def _where(self):
        """Of the call being made and of those that are open, where the instruction ends (RVA)."""
        base, frames = self.image.base, []
        for (address, size), following in zip(self.path, self.path[1:]):
            end = address + size
            if following[0] in frames:
                del frames[frames.index(following[0]):]
            elif following[0] != end and self.machine.is_call(self._code(address, size)):
                frames.append(end)
        ends = []
        for address, size in reversed(self.path[-3:]):
            ends.append(address + size - base)
            if not self.machine.is_jump_only(self._code(address, size)):
                break
        return ends, [end - base for end in frames]

    def _code(self, address, size):
        return bytes(self.engine.mem_read(address + max(size - 16, 0), min(size, 16)))

    # Running.
    def use_state_of(self, start, blocks):
        """Runs the entry point, and keeps what it left in the image's data for the next round."""
        self.run(start, 1, blocks)
        self.state = bytes(self.engine.mem_read(self.image.base, self.image.size))

    def reset(self, rva, round_):
        """The state that a run begins with: the image's data, an empty stack, nothing made up yet."""
        for page in self.dirty:
            at = page - self.image.base
            self.engine.mem_write(page, self.state[at:at + PAGE] if round_ else self.initial[at:at + PAGE])
        if round_ and self.state is not self.initial and self.last_round != round_:
            self.engine.mem_write(self.image.base, self.state)
        self.dirty.clear()
        self.forget()
        self.engine.mem_write(STACK, bytes(STACK_SIZE))
        # All of the processor: flags, SIMD registers, and segments that a run from odd values has loaded.
        self.engine.context_restore(self.clean)
        self.last_round = self.round = round_
        self.random = random.Random(rva * 4 + round_)
        self.kernel.heap = k.HEAP

    last_round = round = 0

    def forget(self):
        for page in self.mapped:
            self.engine.mem_unmap(page, PAGE)
        self.mapped.clear()

    def run(self, rva, round_, blocks):
        """Events of one function with made-up arguments."""
        self.reset(rva, round_)
        arguments = [self.pointer() if self.random.randrange(4) or i == 0 else self.random.randrange(6) for i in range(12)]
        return self.execute(rva, arguments, blocks)

    def execute(self, rva, arguments, blocks):
        engine, machine = self.engine, self.machine
        if machine.name == 'arm64':
            engine.reg_write(machine.registers['x18'], k.ARENA)
        machine.enter(engine, STACK + STACK_SIZE - 0x4008 if machine.name == 'x64' else STACK + STACK_SIZE - 0x4000,
                      arguments, BACK)
        self.path, self.events, self.blocks, self.stopped = [], [], blocks, ''
        at = self.image.base + rva
        while True:
            try:
                engine.emu_start(at, BACK)
                break
            except uc.UcError as error:
                at = self._pass_over(error)
                if not at:
                    self.stopped = self.stopped or str(error)
                    break
        return self.events

    def _pass_over(self, error):
        """A call of a made-up pointer returns at once, where its return is known; else 0."""
        if error.errno not in (uc.UC_ERR_FETCH_UNMAPPED, uc.UC_ERR_FETCH_PROT) or not self.path:
            return 0
        address, size = self.path[-1]
        if not self.machine.is_call(self._code(address, size)):
            return 0
        try:
            back = self.machine.leave(self.engine)
            if back != address + size:
                return 0
            if self.machine.name == 'x86' and bytes(self.engine.mem_read(back, 2)) not in (b'\x83\xc4', b'\x81\xc4'):
                return 0
            self.machine.clobber(self.engine)
            self.engine.reg_write(self.machine.result, self.small())
            return back
        except uc.UcError:
            return 0
