#!/usr/bin/python3
"""Generated programs: their execution in the emulator is the truth, and the survey is held against it.

    programs.py PROGRAM --work DIR [--seed N] [--count N] [--fresh N] [--fresh-seed N] [--builds N]
                [--stats POOLWHO_SURVEY_STATS] [--known FILE] [--cases DIR] [--keep DIR] [--renew]

Each of --count programs is built in --builds of the combinations of compiler, processor, level, .pdata and SIMD, drawn from
--seed (a fixed one unless it is given). --fresh more programs come from a seed that the clock gives and that is printed;
--fresh-seed repeats it. What can fail, by construct:
missed    a tag that was handed over, and the survey has it nowhere at that site
refuted   every use at the site is sure, and the tag is none of them
accused   a decoy, a name beside a tag, is told as a tag
What the survey says beyond, of code that was never run, is counted and no error. (construct, failure) pairs that --known does
not list fail; each is reduced, and kept in --keep. A fresh seed may meet what nobody has met: that is printed and kept, and
fails where a construct that the list does not name at all is refuted or accused in a build with .pdata, or where less than
half of the tags are found. The cases are such programs: each must behave as its head says.
"""
import argparse
import pathlib
import random
import sys
import time

import builds
import cases
import judge
import reduce
import render

HERE = pathlib.Path(__file__).resolve().parent
SEED = 1795909605
LOWEST_RECALL = 0.5


def arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument('program')
    parser.add_argument('--work', required=True)
    parser.add_argument('--seed', type=int, default=SEED)
    parser.add_argument('--count', type=int, default=40)
    parser.add_argument('--fresh', type=int, default=0)
    parser.add_argument('--fresh-seed', type=int)
    parser.add_argument('--builds', type=int, default=3)
    parser.add_argument('--stats')
    parser.add_argument('--known')
    parser.add_argument('--cases')
    parser.add_argument('--keep')
    parser.add_argument('--renew', action='store_true')
    return parser.parse_args()


def drawn_builds(seed, cpp, count):
    """Of each processor one at least, if there are three or more."""
    source = random.Random(seed)
    possible = [build for build in builds.ALL if build.compiler == 'clang' or not cpp]
    source.shuffle(possible)
    chosen = []
    for machine in source.sample(('x64', 'x86', 'arm64'), 3):
        chosen.append(next(build for build in possible if build.machine == machine))
    chosen += [build for build in possible if build not in chosen]
    return chosen[:count]


def generate(bench, seed, count, amount, where=''):
    """[(Program, Build, path)]"""
    work = []
    for i in range(count):
        program = render.Program.drawn(seed * 1000 + i)
        for build in drawn_builds(seed * 1000 + i, program.is_cpp, amount):
            work.append((program, build, bench.compilers.work / f'{where}{i}' / f'{builds.name_of(build)}.sys'))
    bench.build_all(work)
    return work


def known_pairs(file):
    if not file:
        return set()
    lines = pathlib.Path(file).read_text(encoding='utf-8').splitlines()
    return {tuple(line.split()[:2]) for line in lines if line.strip() and not line.startswith('#')}


def write_known(file, pairs):
    head = [line for line in pathlib.Path(file).read_text(encoding='utf-8').splitlines() if line.startswith('#')]
    pathlib.Path(file).write_text('\n'.join(head + [' '.join(pair) for pair in sorted(pairs)]) + '\n', encoding='utf-8')


def report_new(bench, work, results, known, keep, seed, fresh=False):
    """One reduced program for each new pair; the number of those that fail."""
    new = {}
    failed = 0
    for (program, build, path), result in zip(work, results):
        for failure in result.failures:
            if failure.pair not in known:
                new.setdefault(failure.pair, (program, build, failure))
    for pair, (program, build, failure) in sorted(new.items()):
        fails = not fresh or is_clean(pair, build, known)
        failed += fails
        print(f'{"FAILED" if fails else "NEW"}: {" ".join(pair)}, which is not listed: seed {seed}, {builds.name_of(build)}, {failure.text}')
        small = reduce.reduced(bench, program, build, pair)
        if keep:
            path = cases.keep(keep, pair, build, small.source())
            print(f'  reduced and kept: {path}; once it is understood, move it to {HERE / "cases"} and list the pair')
    return failed


def is_clean(pair, build, known):
    """A wrong answer about a construct of which the list knows nothing bad, where .pdata tells the functions."""
    construct, failure = pair
    return failure in ('refuted', 'accused') and build.unwind and all(construct != one for one, _ in known)


def look_at_fresh(bench, options):
    """Programs that nobody has seen; the number of failures."""
    seed = options.fresh_seed if options.fresh_seed is not None else int(time.time())
    print(f'fresh seed {seed}: repeat with --fresh-seed {seed}')
    work = generate(bench, seed, options.fresh, options.builds, 'fresh')
    results = bench.judge_all([(program.source(), path) for program, _, path in work])
    failed = report_new(bench, work, results, known_pairs(options.known), options.keep, seed, fresh=True)
    agreed = sum(sum(result.agreed.values()) for result in results)
    lost = sum(failure.pair[1] in ('missed', 'refuted') for result in results for failure in result.failures)
    print(f'{options.fresh} fresh programs, {len(work)} builds, {agreed} of {agreed + lost} tags found, {failed} failed')
    if agreed < LOWEST_RECALL * (agreed + lost):
        print('FAILED: less than half of the tags are found')
        failed += 1
    return failed


def main():
    options = arguments()
    seed = options.seed
    print(f'seed {seed}')
    bench = judge.Bench(options.program, options.stats, builds.Compilers(HERE.parent / 'drivers', options.work))
    failed = 0
    if options.cases:
        failed += cases.check(bench, options.cases, options.renew)
    work = generate(bench, seed, options.count, options.builds)
    results = bench.judge_all([(program.source(), path) for program, _, path in work])
    judge.print_table(results, print)
    pairs = {failure.pair for result in results for failure in result.failures}
    if options.known and options.renew:
        write_known(options.known, pairs | known_pairs(options.known))
    elif options.known:
        failed += report_new(bench, work, results, known_pairs(options.known), options.keep, seed)
    for result in results:
        for error in result.errors:
            print('FAILED:', error)
            failed += 1
    if not any(result.agreed for result in results):
        print('FAILED: nothing was found at all')
        failed += 1
    if options.fresh:
        failed += look_at_fresh(bench, options)
    print(f'{options.count} programs, {len(work)} builds, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
