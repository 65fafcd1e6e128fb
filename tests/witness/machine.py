"""What differs between the three processors: registers, arguments, how a stub returns, what a call looks like."""
import struct

import unicorn as uc
import unicorn.arm64_const as a64
import unicorn.x86_const as x86


CLOBBERED = 0x9D0DEAD0


class Machine:
    """`argument(engine, i, fast)` is valid when a callee has just been entered."""
    name, word = '', 8

    def stub(self, removed):
        """Code that returns to the caller and takes `removed` bytes of arguments away."""
        raise NotImplementedError

    def clobber(self, engine):
        for name in self.volatile:
            engine.reg_write(self.registers[name], CLOBBERED)

    def read_word(self, engine, address):
        return struct.unpack('<Q' if self.word == 8 else '<I', engine.mem_read(address, self.word))[0]

    def pack(self, value):
        return struct.pack('<Q', value) if self.word == 8 else struct.pack('<I', value & 0xFFFFFFFF)


class X64(Machine):
    name = 'x64'
    registers = {n: getattr(x86, 'UC_X86_REG_' + n.upper()) for n in
                 'rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11 r12 r13 r14 r15'.split()}
    pc, sp, result = x86.UC_X86_REG_RIP, x86.UC_X86_REG_RSP, x86.UC_X86_REG_RAX
    passed = ['rcx', 'rdx', 'r8', 'r9']
    # A callee may leave anything in these; only a wrong reader expects more.
    volatile = ['rcx', 'rdx', 'r8', 'r9', 'r10', 'r11']

    def create(self):
        return uc.Uc(uc.UC_ARCH_X86, uc.UC_MODE_64)

    def stub(self, removed):
        return b'\xc3'

    def argument(self, engine, index, fast=False):
        if index < 4:
            return engine.reg_read(self.registers[self.passed[index]])
        return self.read_word(engine, engine.reg_read(self.sp) + 8 + 8 * index)

    def enter(self, engine, stack, arguments, back):
        engine.reg_write(self.sp, stack)
        engine.mem_write(stack, b''.join(map(self.pack, [back, 0, 0, 0, 0] + arguments[4:])))
        for name, value in zip(self.passed, arguments):
            engine.reg_write(self.registers[name], value)

    def leave(self, engine, removed=0):
        """Returns at once, as the callee's last instruction would."""
        stack = engine.reg_read(self.sp)
        back = self.read_word(engine, stack)
        engine.reg_write(self.sp, stack + self.word + removed)
        engine.reg_write(self.pc, back)
        return back

    def is_call(self, code):
        """Whether a block that ends with these bytes ends with a call (a near one, direct or through memory)."""
        if code[-5:-4] == b'\xe8':
            return True
        for length, forms in ((2, (0xD0,)), (3, (0x50,)), (6, (0x10, 0x90)), (3, (0x10,)), (4, (0x50,)), (7, (0x90, 0x10)), (2, (0x10,))):
            part = code[-length:]
            if len(part) == length and part[0] == 0xFF and (part[1] & 0xF8) in forms:
                return True
        return False

    def is_jump_only(self, code):
        return code[:2] == b'\xff\x25' and len(code) == 6 or code[:3] == b'\x48\xff\x25' and len(code) == 7 or \
            code[:1] == b'\xe9' and len(code) == 5 or code[:1] == b'\xeb' and len(code) == 2 or \
            code in (b'\xff\xe0', b'\x48\xff\xe0')

    longest_call = 8


class X86(X64):
    name, word = 'x86', 4
    registers = {n: getattr(x86, 'UC_X86_REG_' + n.upper()) for n in 'eax ebx ecx edx esi edi ebp'.split()}
    pc, sp, result = x86.UC_X86_REG_EIP, x86.UC_X86_REG_ESP, x86.UC_X86_REG_EAX

    volatile = ['ecx', 'edx']

    def create(self):
        return uc.Uc(uc.UC_ARCH_X86, uc.UC_MODE_32)

    def stub(self, removed):
        return b'\xc2' + struct.pack('<H', removed) if removed else b'\xc3'

    def argument(self, engine, index, fast=False):
        if fast:
            return engine.reg_read(self.registers['edx' if index else 'ecx'])
        return self.read_word(engine, engine.reg_read(self.sp) + 4 + 4 * index)

    def enter(self, engine, stack, arguments, back):
        engine.reg_write(self.sp, stack)
        engine.mem_write(stack, b''.join(map(self.pack, [back] + arguments)))
        # fastcall and thiscall functions find theirs here.
        engine.reg_write(self.registers['ecx'], arguments[0])
        engine.reg_write(self.registers['edx'], arguments[1])


class Arm64(Machine):
    name = 'arm64'
    registers = {f'x{i}': getattr(a64, f'UC_ARM64_REG_X{i}') for i in range(31)}
    pc, sp, result = a64.UC_ARM64_REG_PC, a64.UC_ARM64_REG_SP, a64.UC_ARM64_REG_X0
    volatile = [f'x{i}' for i in range(1, 18)]

    def create(self):
        engine = uc.Uc(uc.UC_ARCH_ARM64, uc.UC_MODE_ARM)
        # Floating point and SIMD are off after reset.
        engine.reg_write(a64.UC_ARM64_REG_CPACR_EL1, 3 << 20)
        return engine

    def stub(self, removed):
        return b'\xc0\x03\x5f\xd6'

    def argument(self, engine, index, fast=False):
        if index < 8:
            return engine.reg_read(self.registers[f'x{index}'])
        return self.read_word(engine, engine.reg_read(self.sp) + 8 * (index - 8))

    def enter(self, engine, stack, arguments, back):
        engine.reg_write(self.sp, stack)
        engine.mem_write(stack, b''.join(map(self.pack, arguments)))
        for i, value in enumerate(arguments[:8]):
            engine.reg_write(self.registers[f'x{i}'], value)
        engine.reg_write(self.registers['x30'], back)

    def leave(self, engine, removed=0):
        back = engine.reg_read(self.registers['x30'])
        engine.reg_write(self.pc, back)
        return back

    def is_call(self, code):
        word = struct.unpack('<I', code[-4:])[0] if len(code) >= 4 else 0
        return word >> 26 == 0x25 or word & 0xFFFFFC1F == 0xD63F0000

    def is_jump_only(self, code):
        """A thunk: nothing but the address and the jump, through x16 mostly, or a plain branch."""
        word = struct.unpack('<I', code[-4:])[0] if len(code) >= 4 else 0
        return len(code) in (4, 12) and word & 0xFFFFFC1F == 0xD61F0000 or len(code) == 4 and word >> 26 == 5

    longest_call = 4


MACHINES = {m.name: m for m in (X64(), X86(), Arm64())}
