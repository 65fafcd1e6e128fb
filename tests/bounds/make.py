#!/usr/bin/env python3
"""make.py FOLDER [CASE[:N]…]: drivers that cost far more than they should, or did: everything in them is legal code, only
too much of it, and everything hangs on something else. Each is assembler made here, so that a larger one is a number away.
Without cases: all, as large as the test wants them. Prints nothing; needs clang, lld-link and llvm-dlltool (14)."""
import os, shutil, subprocess, sys

TARGET = {'x64': 'x86_64-pc-windows-msvc', 'x86': 'i686-pc-windows-msvc', 'arm64': 'aarch64-pc-windows-msvc'}
MACHINE = {'x64': 'i386:x86-64', 'x86': 'i386', 'arm64': 'arm64'}
TAG = '0x6B61654C'  # Leak
INTEL = '  .intel_syntax noprefix\n  .text\n  .globl DriverEntry\n'
CALL = f'  mov r8d, {TAG}\n  mov edx, 8\n  xor ecx, ecx\n  call qword ptr [rip + __imp_ExAllocatePoolWithTag]\n'


def framed(name, body, handler=()):
    """A function of x64 with a frame and, if wanted, __finally blocks around its body."""
    scopes = ''
    if handler:
        scopes = ('  .seh_handler __C_specific_handler, @unwind, @except\n  .seh_handlerdata\n'
                  f'  .long {len(handler)}\n' +
                  ''.join(f'  .long {name}b@IMGREL, {name}e@IMGREL, {h}@IMGREL, 0\n' for h in handler) + '  .text\n')
    return (f'  .p2align 4, 0xCC\n{name}:\n  .seh_proc {name}\n  sub rsp, 0x38\n  .seh_stackalloc 0x38\n{scopes}'
            f'  .seh_endprologue\n{name}b:\n{body}{name}e:\n  nop\n  add rsp, 0x38\n  ret\n  .seh_endproc\n')


def leaf(name, body):
    return f'  .p2align 4, 0xCC\n{name}:\n  .seh_proc {name}\n  .seh_endprologue\n{body}  ret\n  .seh_endproc\n'


ALLOCATE_X86 = (f'  push {TAG}\n  push 8\n  push 0\n  .att_syntax\n  calll *__imp__ExAllocatePoolWithTag@12\n'
                '  .intel_syntax noprefix\n')
HANDLER = '__C_specific_handler:\n  ret\n'


def chained_finally(n):
    """Every __finally block has one of its own."""
    return (INTEL + HANDLER + framed('DriverEntry', CALL, ['f0']) +
            ''.join(framed(f'f{i}', '  nop\n', [f'f{i + 1}']) for i in range(n)) + leaf(f'f{n}', ''))


def finally_in_a_circle(n):
    return (INTEL + HANDLER + framed('DriverEntry', CALL, ['f0']) +
            ''.join(framed(f'f{i}', '  nop\n', [f'f{(i + 1) % n}']) for i in range(n)))


def branching_finally(n):
    """Each with the next eight: more ways than anybody can go."""
    return (INTEL + HANDLER + framed('DriverEntry', CALL, ['f0']) +
            ''.join(framed(f'f{i}', '  nop\n', [f'f{min(i + k, n)}' for k in range(1, 9)]) for i in range(n)) +
            leaf(f'f{n}', ''))


def chained_finally_arm64(n):
    def function(name, body, handler):
        return (f'  .p2align 2\n{name}:\n  .seh_proc {name}\n  stp x29, x30, [sp, #-16]!\n  .seh_save_fplr_x 16\n'
                f'  .seh_endprologue\n  .seh_handler __C_specific_handler, @unwind, @except\n{name}b:\n{body}{name}e:\n  nop\n'
                '  .seh_startepilogue\n  ldp x29, x30, [sp], #16\n  .seh_save_fplr_x 16\n  .seh_endepilogue\n  ret\n'
                f'  .seh_handlerdata\n  .long 1\n  .long {name}b@IMGREL, {name}e@IMGREL, {handler}@IMGREL, 0\n  .text\n  .seh_endproc\n')
    call = ('  mov w2, #0x654C\n  movk w2, #0x6B61, lsl #16\n  mov w1, #8\n  mov w0, wzr\n'
            '  adrp x8, __imp_ExAllocatePoolWithTag\n  ldr x8, [x8, :lo12:__imp_ExAllocatePoolWithTag]\n  blr x8\n')
    return ('  .text\n  .globl DriverEntry\n__C_specific_handler:\n  ret\n' + function('DriverEntry', call, 'f0') +
            ''.join(function(f'f{i}', '  nop\n', f'f{i + 1}') for i in range(n)) + f'  .p2align 2\nf{n}:\n  ret\n')


def through_argument(offsets):
    return (INTEL + leaf('fill', ''.join(f'  mov dword ptr [rcx + {at}], edx\n' for at in offsets)) +
            framed('DriverEntry', f'  mov dword ptr [rsp + 0x28], {TAG}\n  lea rcx, [rsp + 0x28]\n  call fill\n'
                   '  mov r8d, dword ptr [rsp + 0x28]\n  mov edx, 8\n  xor ecx, ecx\n'
                   '  call qword ptr [rip + __imp_ExAllocatePoolWithTag]\n'))


def stores_through_argument(n):
    return through_argument(0x1000 + 4 * i for i in range(n))


def stores_through_argument_down(n):
    return through_argument(0x1000 + 4 * i for i in range(n - 1, -1, -1))


def stores_to_one_global(n):
    return (INTEL + framed('DriverEntry', ''.join(f'  mov dword ptr [rip + g], {0x10000000 + i}\n' for i in range(n)) + CALL) +
            '  .data\ng: .long 1\n')


def functions_store_to_one_global(n):
    """Each from a function of its own that is followed, and whose tag comes from there."""
    return (INTEL + framed('DriverEntry', CALL) +
            ''.join(framed(f'f{i}', f'  mov dword ptr [rip + g], {0x10000000 + i}\n  mov r8d, dword ptr [rip + g]\n  mov edx, 8\n'
                           '  xor ecx, ecx\n  call qword ptr [rip + __imp_ExAllocatePoolWithTag]\n') for i in range(n)) +
            '  .data\ng: .long 1\n')


def one_function_in_many_globals(n):
    """A wrapper whose address is stored everywhere."""
    return (INTEL + leaf('wrapper', '  xor ecx, ecx\n  jmp qword ptr [rip + __imp_ExAllocatePoolWithTag]\n') +
            framed('DriverEntry', '  lea rax, [rip + wrapper]\n' +
                   ''.join(f'  mov qword ptr [rip + g + {8 * i}], rax\n' for i in range(n)) + CALL) +
            f'  .bss\n  .p2align 3\ng: .zero {8 * n}\n')


def shared_pointers(n):
    """The address of every field of an argument, and of every local, is given away."""
    return (INTEL + framed('DriverEntry', ''.join(f'  lea rax, [rcx + {8 * (n - i)}]\n  mov qword ptr [rip + g], rax\n'
                                                  f'  lea rax, [rsp + {8 * (n - i)}]\n  mov qword ptr [rip + g], rax\n'
                                                  for i in range(n)) + CALL) + '  .data\n  .p2align 3\ng: .quad 1\n')


def wrappers_of_wrappers(n):
    """Each allocates with what it got, and passes it on."""
    body = ('  push rsi\n  .seh_pushreg rsi\n  sub rsp, 0x20\n  .seh_stackalloc 0x20\n  .seh_endprologue\n  mov esi, r8d\n'
            '  call qword ptr [rip + __imp_ExAllocatePoolWithTag]\n  mov r8d, esi\n  call {}\n  add rsp, 0x20\n  pop rsi\n  ret\n')
    return (INTEL + framed('DriverEntry', CALL.replace('qword ptr [rip + __imp_ExAllocatePoolWithTag]', 'w0')) +
            ''.join(f'  .p2align 4, 0xCC\nw{i}:\n  .seh_proc w{i}\n{body.format(f"w{i + 1}")}  .seh_endproc\n' for i in range(n)) +
            leaf(f'w{n}', ''))


def many_fields(n):
    """A wrapper that takes its tag from any of many fields, and callers of it."""
    fields = ''.join(f'  mov r8d, dword ptr [rsi + {4 * i}]\n  call qword ptr [rip + __imp_ExAllocatePoolWithTag]\n' for i in range(n))
    return (INTEL + f'  .p2align 4, 0xCC\nwrapper:\n  .seh_proc wrapper\n  push rsi\n  .seh_pushreg rsi\n  sub rsp, 0x20\n'
            f'  .seh_stackalloc 0x20\n  .seh_endprologue\n  mov rsi, rcx\n{fields}  add rsp, 0x20\n  pop rsi\n  ret\n  .seh_endproc\n' +
            ''.join(framed(f'f{i}', '  lea rcx, [rip + g]\n  call wrapper\n') for i in range(n)) + framed('DriverEntry', CALL) +
            f'  .data\ng: .zero {4 * n}\n')


def targets_that_tell_of_targets(n):
    """The pointer that one function calls is stored by what the pointer before it calls."""
    teller = '  lea rax, [rip + a{1}]\n  mov qword ptr [rcx], rax\n' + CALL
    caller = '  lea rcx, [rip + g + {1}]\n  call qword ptr [rip + g + {0}]\n' + CALL
    return (INTEL + ''.join(framed(f'a{i}', teller.format(i, i + 1)) for i in range(n)) + leaf(f'a{n}', '') +
            ''.join(framed(f's{i}', caller.format(8 * i, 8 * (i + 1))) for i in range(n)) +
            framed('DriverEntry', '  lea rax, [rip + a0]\n  mov qword ptr [rip + g], rax\n' + CALL) +
            f'  .bss\n  .p2align 3\ng: .zero {8 * n + 16}\n')


def pushes_x86(n):
    """Frames as deep as there are, one word at a time."""
    return (INTEL.replace('DriverEntry', '_DriverEntry@8') + '_DriverEntry@8:\n' + '  push eax\n' * n +
            f'{ALLOCATE_X86}  add esp, {4 * n}\n  ret 8\n')


def callees_x86(n):
    """Every function calls the next, and what that leaves of the stack decides."""
    return (INTEL.replace('DriverEntry', '_DriverEntry@8') + '_DriverEntry@8:\n  call f0\n' +
            f'{ALLOCATE_X86}  ret 8\n' +
            ''.join(f'  .p2align 4, 0xCC\nf{i}:\n  call f{i + 1}\n{ALLOCATE_X86}  ret\n' for i in range(n)) + f'f{n}:\n  ret\n')


def jumps_by_one_table(n):
    """A table of a thousand entries, and jumps through it all over the function."""
    places = ''.join(f'l{i}:\n  lea r9, [rip + table]\n  movsxd rax, dword ptr [r9 + 4*rax]\n  add rax, r9\n  jmp rax\n' for i in range(n))
    return (INTEL + framed('DriverEntry', CALL + '  cmp eax, 1000\n  ja out\n  and eax, 1023\n' + places + 'out:\n') +
            '  .section .rdata,"dr"\n  .p2align 2\ntable:\n' + ''.join(f'  .long l{i % n}-table\n' for i in range(1000)))


def scopes_over_blocks(n):
    """Handlers of the whole function by the thousand, and blocks by the ten thousand."""
    scopes = ''.join(f'  .long begin@IMGREL, finish@IMGREL, 1, h{i}@IMGREL\n' for i in range(4000))
    return (INTEL + HANDLER + '  .p2align 4, 0xCC\nDriverEntry:\n  .seh_proc DriverEntry\n  sub rsp, 0x38\n  .seh_stackalloc 0x38\n'
            f'  .seh_handler __C_specific_handler, @unwind, @except\n  .seh_handlerdata\n  .long 4000\n{scopes}  .text\n'
            '  .seh_endprologue\nbegin:\n' + ''.join(f'  jz b{i}\nb{i}:\n' for i in range(n)) + CALL + 'finish:\n' +
            ''.join(f'h{i}:\n  nop\n' for i in range(4000)) + '  add rsp, 0x38\n  ret\n  .seh_endproc\n')


def chained_unwind(n):
    """Unwind information that names the record before it, in a circle of records."""
    records = ''.join(f'u{i}: .byte 0x21, 0, 0, 0\n  .long f@IMGREL, fe@IMGREL, u{(i + 1) % n}@IMGREL\n' for i in range(n))
    return (INTEL + '  .p2align 4, 0xCC\nDriverEntry:\n  sub rsp, 0x38\n' + CALL + '  add rsp, 0x38\n  ret\n  .p2align 4, 0xCC\nf:\n' +
            '  nop\n' * n + 'fe:\n  .section .xdata,"dr"\n  .p2align 2\n' + records + '  .section .pdata,"dr"\n  .p2align 2\n' +
            ''.join(f'  .long f@IMGREL+{i}, f@IMGREL+{i + 1}, u{i}@IMGREL\n' for i in range(n)))


# name: size, is the reason `budget` to be seen?, processor
CASES = {
    chained_finally: (20000, True, 'x64'), finally_in_a_circle: (3, True, 'x64'), branching_finally: (2000, True, 'x64'),
    chained_finally_arm64: (5000, True, 'arm64'), stores_through_argument: (300000, None, 'x64'),
    stores_through_argument_down: (60000, None, 'x64'), stores_to_one_global: (80000, False, 'x64'),
    functions_store_to_one_global: (3000, None, 'x64'), one_function_in_many_globals: (20000, False, 'x64'),
    shared_pointers: (20000, False, 'x64'), wrappers_of_wrappers: (20000, None, 'x64'), many_fields: (1000, None, 'x64'),
    targets_that_tell_of_targets: (5000, False, 'x64'), pushes_x86: (50000, None, 'x86'), callees_x86: (10000, False, 'x86'),
    jumps_by_one_table: (20000, True, 'x64'), scopes_over_blocks: (10000, True, 'x64'), chained_unwind: (5000, None, 'x64'),
}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(' '.join(command) + ': ' + (done.stderr or done.stdout)[:2000])


def tool(*names):
    return next((n for n in names if shutil.which(n)), names[0])


def build(folder, case, n):
    machine, stem = CASES[case][2], os.path.join(folder, case.__name__)
    with open(stem + '.s', 'w', encoding='ascii') as out:
        out.write(case(n))
    with open(f'{stem}.def', 'w', encoding='ascii') as out:
        out.write('LIBRARY ntoskrnl.exe\nEXPORTS\n  ExAllocatePoolWithTag' + ('@12' if machine == 'x86' else '') + '\n')
    run(tool('llvm-dlltool-14', 'llvm-dlltool'), '-m', MACHINE[machine], *(['-k'] if machine == 'x86' else []), '-d', stem + '.def',
        '-l', stem + '.lib')
    run(tool('clang-14', 'clang'), '--target=' + TARGET[machine], '-c', stem + '.s', '-o', stem + '.o')
    run(tool('lld-link-14', 'lld-link'), stem + '.o', '/out:' + stem + '.sys', '/driver', '/subsystem:native',
        '/entry:DriverEntry' + ('@8' if machine == 'x86' else ''), '/nodefaultlib', '/safeseh:no', stem + '.lib')
    for suffix in ('.s', '.o', '.def', '.lib'):
        os.remove(stem + suffix)


def main():
    folder, wanted = sys.argv[1], [w.split(':') for w in sys.argv[2:]]
    os.makedirs(folder, exist_ok=True)
    names = {case.__name__: case for case in CASES}
    for name, *size in wanted or [[name] for name in names]:
        build(folder, names[name], int(size[0]) if size else CASES[names[name]][0])


if __name__ == '__main__':
    main()
