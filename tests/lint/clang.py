#!/usr/bin/env python3
"""A second compiler reads the code, and warnings are errors.   clang.py CLANG SOURCE BUILD…

Every source of ours that a BUILD (its compile_commands.json) compiles is checked as far as the syntax tree, with the flags
of its build; a source of several builds with those of the first. A build by mingw-w64 is read for that target, with the
headers of its compiler. Tests that scripts compile take the flags that all sources of the first build have. What is
generated or of other parties is not ours, and is counted; a source of ours that no BUILD compiles is named. Headers of the
standard library are read once for each build: they take most of the time otherwise.
"""
import concurrent.futures
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

CLANG, SOURCE, BUILDS = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
ROOMS = ('pe', 'tagdb', 'scanner', 'tests')
WRITTEN = SOURCE / 'tests' / 'witness' / 'cases'  # by a generator, for other compilers
PARALLEL = 2
# Flags of gcc that clang does not know, -Wno-restrict say, are no fault of the code.
OWN_FLAGS = ['-Werror', '-Wno-unknown-warning-option', '-Wno-unused-command-line-argument']
# None that few sources read: what it declares must not take part in the look-up of names elsewhere.
READ_ONCE = ('algorithm array bit charconv chrono cmath cstdint cstdio cstdlib cstring fstream functional iostream iterator '
             'map memory mutex optional set span sstream string string_view thread unordered_map utility variant vector'
             ).split()


def words_of(entry):
    """(compiler, flags, source) of a compile command; a launcher before the compiler goes, and so does the output."""
    words = shlex.split(entry['command'])
    while words[0].endswith('ccache'):
        del words[0]
    for option in ('-o', '-c'):
        at = words.index(option)
        value = words[at + 1]
        del words[at:at + 2]
    return words[0], words[1:], value


def target_of(compiler):
    """What makes clang see what a cross compiler sees; it does not find that one's C++ headers by itself."""
    if 'mingw32' not in compiler:
        return []
    said = subprocess.run([compiler, '-E', '-v', '-x', 'c++', '/dev/null'], text=True, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=True).stderr
    folders = said.split('search starts here:')[-1].split('End of search list')[0].split()
    found = ['--target=x86_64-w64-mingw32', '-nostdinc++']
    for folder in folders:
        if '/c++' in folder:
            found += ['-isystem', folder]
    return found


def run(command, folder):
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


class Build:
    """The sources of ours in one build, and how each is checked."""

    def __init__(self, folder, known):
        self.folder, self.foreign, self.sources = folder, 0, {}
        compiler = None
        for entry in json.loads(pathlib.Path(folder, 'compile_commands.json').read_text(encoding='utf-8')):
            path = pathlib.Path(entry['directory'], entry['file']).resolve()
            if not path.is_relative_to(SOURCE) or path.relative_to(SOURCE).parts[0] not in ROOMS:
                self.foreign += 1
            elif path not in known:
                compiler, flags, _ = words_of(entry)
                self.sources[path] = flags
        self.target = target_of(compiler) if compiler else []
        # The macros of one target are not among these.
        self.common = [flag for flag in next(iter(self.sources.values()), [])
                       if all(flag in flags for flags in self.sources.values())]

    def add(self, paths):
        for path in paths:
            self.sources.setdefault(path, self.common)

    def read_once(self, folder):
        """A precompiled header, made with the flags that all sources have."""
        header = pathlib.Path(folder, 'standard.hpp')
        header.write_text(''.join(f'#include <{name}>\n' for name in READ_ONCE), encoding='ascii')
        self.target += OWN_FLAGS
        result = run([CLANG, *self.target, *self.common, '-x', 'c++-header', header, '-o', f'{header}.pch'], self.folder)
        if result.returncode != 0:
            sys.exit(f'{self.folder}: the standard headers cannot be read:\n{result.stdout}')
        self.target += ['-include-pch', f'{header}.pch']

    def check(self, path):
        return run([CLANG, *self.target, *self.sources[path], '-fsyntax-only', path], self.folder)


def main():
    checked, wrong, foreign = set(), 0, 0
    for folder in BUILDS:
        build = Build(folder, checked)
        foreign += build.foreign
        if not build.sources:
            continue
        if not checked:
            build.add(path for path in (SOURCE / 'tests').rglob('*.cpp') if WRITTEN not in path.parents)
        with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            build.read_once(work)
            for path, result in zip(build.sources, pool.map(build.check, build.sources)):
                if result.returncode != 0 or result.stdout:
                    print(f'{path.relative_to(SOURCE)}\n{result.stdout}')
                    wrong += 1
        checked.update(build.sources)
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob('*.cpp')):
            if path not in checked and WRITTEN not in path.parents:
                print(f'not checked, no build compiles it: {path.relative_to(SOURCE)}')
    print(f'{len(checked)} sources checked, {wrong} of them with warnings; {foreign} generated or foreign ones passed over')
    return 1 if wrong or not checked else 0


sys.exit(main())
