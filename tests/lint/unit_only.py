#!/usr/bin/env python3
"""-DPOOLWHO_TESTS=unit asks for no tool of the other tests.   unit_only.py CMAKE SOURCE WORK COMPILER GENERATOR

The project is configured that way in WORK. It must have looked for no program that tests/ looks for, and its unit tests
are exactly those that mention nothing of what only the full configuration makes: so none is left out that could run, and
none is built that could not.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

CMAKE, SOURCE, WORK, COMPILER, GENERATOR = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), *sys.argv[4:6]
SEARCH = re.compile(r'find_(?:program|package)\((\w+)')
NEEDS = re.compile(r'\bTEST_(?!CASE|SUITE|SOURCES)[A-Z_]+\b|\bREAL_DRIVERS\b|\b(?:test|wine|all)_drivers\(\)'
                   r'|#include <(?:LIEF|capstone)/|#include "tests/census/')


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    subprocess.run([CMAKE, '-S', SOURCE, '-B', WORK, '-G', GENERATOR, f'-DCMAKE_CXX_COMPILER={COMPILER}',
                    '-DPOOLWHO_TESTS=unit'], check=True, stdout=subprocess.DEVNULL)
    faults = []
    cache = (WORK / 'CMakeCache.txt').read_text(encoding='utf-8')
    sought = set()
    for lists in (SOURCE / 'tests').rglob('CMakeLists.txt'):
        sought |= set(SEARCH.findall(lists.read_text(encoding='utf-8')))
    sought -= {'doctest'} | set(SEARCH.findall((SOURCE / 'CMakeLists.txt').read_text(encoding='utf-8')))
    if len(sought) < 5:
        faults.append(f'tests/ seems to need only {sorted(sought)}: look at SEARCH in this test')
    faults += [f'{name} is looked for' for name in sorted(sought)
               if re.search(rf'^_?{name}(_EXECUTABLE)?:', cache, re.MULTILINE)]
    built = {pathlib.Path(entry['file']).name for entry in json.loads((WORK / 'compile_commands.json').read_text())
             if '/tests/unit/' in entry['file']}
    able = {file.name for file in (SOURCE / 'tests' / 'unit').glob('*.cpp')
            if not NEEDS.search(file.read_text(encoding='utf-8'))}
    faults += [f'tests/unit/{name} is built, but needs what is not there' for name in sorted(built - able)]
    faults += [f'tests/unit/{name} is left out, but needs nothing' for name in sorted(able - built)]
    for fault in faults:
        print(fault)
    print(f'{len(built)} of {len(list((SOURCE / "tests" / "unit").glob("*.cpp")))} unit test files are built')
    sys.exit(1 if faults or not built else 0)


main()
