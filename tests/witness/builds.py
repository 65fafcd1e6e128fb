"""Compiles generated programs: clang for three processors, gcc for two, five levels, with and without .pdata and SIMD."""
import collections
import pathlib
import re
import subprocess

Build = collections.namedtuple('Build', 'compiler machine level unwind simd')
LEVELS = ('O0', 'O1', 'O2', 'O3', 'Os')
ALL = [Build(compiler, machine, level, unwind, simd)
       for compiler, machines in (('clang', ('x64', 'x86', 'arm64')), ('gcc', ('x64', 'x86'))) for machine in machines
       for level in LEVELS for unwind in (True, False) for simd in (True, False)]
TARGETS = {'x64': 'x86_64', 'x86': 'i686', 'arm64': 'aarch64'}
PLAIN = {'x64': ['-mno-sse'], 'x86': ['-mno-sse', '-mno-mmx'], 'arm64': ['-mgeneral-regs-only']}
SIMD = {'x64': [], 'x86': ['-msse2'], 'arm64': []}
GCC = {'x64': 'x86_64-w64-mingw32-', 'x86': 'i686-w64-mingw32-'}
HERE = pathlib.Path(__file__).resolve().parent
# What compilers call by themselves.
OWN_CALLS = 'memcpy\nmemset\nmemmove\n'


def name_of(build):
    return '-'.join([build.compiler, build.machine, build.level] + ['unwind'] * build.unwind + ['simd'] * build.simd)


def named(text):
    parts = text.split('-')
    return Build(parts[0], parts[1], parts[2], 'unwind' in parts, 'simd' in parts)


class Compilers:
    def __init__(self, drivers, work):
        """`drivers`: the folder tests/drivers, of which kernel.h and ntoskrnl.def are used."""
        self.drivers, self.work = pathlib.Path(drivers), pathlib.Path(work)
        self.work.mkdir(parents=True, exist_ok=True)
        for machine in TARGETS:
            self._libraries(machine)

    def _libraries(self, machine):
        text = (self.drivers / 'ntoskrnl.def').read_text(encoding='utf-8') + OWN_CALLS
        if machine != 'x86':
            text = re.sub(r'\n@?([A-Za-z0-9_]+)@[0-9]+', r'\n\1', text)
        definition = self.work / f'{machine}.def'
        definition.write_text(text, encoding='utf-8')
        flag = {'x64': ['-m', 'i386:x86-64'], 'x86': ['-m', 'i386', '-k'], 'arm64': ['-m', 'arm64']}[machine]
        _run(['llvm-dlltool-14', *flag, '-d', str(definition), '-l', str(self.work / f'{machine}.lib')])
        if machine in GCC:
            _run([GCC[machine] + 'dlltool', *(['-k'] if machine == 'x86' else []), '-d', str(definition), '-l',
                  str(self.work / f'lib{machine}.a')])

    def build(self, source, cpp, build, output):
        """Compiles the text to `output`; raises with the compiler's words."""
        output = pathlib.Path(output)
        output.parent.mkdir(parents=True, exist_ok=True)
        file = output.with_suffix('.cpp' if cpp else '.c')
        file.write_text(source, encoding='utf-8')
        flags = [f'-{build.level}', '-ffreestanding', '-fno-stack-protector', '-I', str(self.drivers), '-I', str(HERE), '-w', '-std=' + ('c++17' if cpp else 'gnu17')]
        flags += SIMD[build.machine] if build.simd else PLAIN[build.machine]
        flags += ['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics'] if cpp else []
        flags += ['-funwind-tables'] if build.unwind else ['-fno-unwind-tables', '-fno-asynchronous-unwind-tables']
        if build.compiler == 'clang':
            self._clang(file, flags, build, output)
        else:
            entry = '_DriverEntry@8' if build.machine == 'x86' else 'DriverEntry'
            _run([GCC[build.machine] + 'gcc', *flags, '-mno-stack-arg-probe', '-nostdlib', '-s', '-Wl,--subsystem,native', f'-Wl,--entry,{entry}',
                  '-Wl,--no-insert-timestamp', '-o', str(output), str(file), str(self.work / f'lib{build.machine}.a')])
        return str(output)

    def _clang(self, file, flags, build, output):
        target = f'--target={TARGETS[build.machine]}-pc-windows-msvc'
        objects = output.with_suffix('.obj')
        _run(['clang-14', target, *flags, '-c', str(file), '-o', str(objects)])
        _run(['lld-link-14', '/nologo', '/driver', '/subsystem:native', '/entry:DriverEntry', '/nodefaultlib', '/Brepro',
              *(['/safeseh:no'] if build.machine == 'x86' else []), f'/out:{output}', str(objects), str(self.work / f'{build.machine}.lib')])
        objects.unlink()


def _run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    if done.returncode:
        raise RuntimeError(f'{" ".join(command)}\n{done.stdout[-3000:]}')
