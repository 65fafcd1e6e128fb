"""Programs that failed once, reduced and kept. The head of each says in which build, and whether it still fails.

    // case CONSTRUCT FAILURE BUILD fails|passes

One that fails must fail in the same way, so that nobody forgets it; when the engine has learned, it becomes `passes` (with
--renew) and stays as a test.
"""
import pathlib
import re

import builds
import judge
import render

HEAD = re.compile(r'// case (\w+) (\w+) (\S+) (fails|passes)\n')


def keep(folder, pair, build, source):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    suffix = '.cpp' if is_cpp(source) else '.c'
    path = folder / f'{pair[0]}_{pair[1]}_{builds.name_of(build).replace("-", "_")}{suffix}'
    path.write_text(f'// case {pair[0]} {pair[1]} {builds.name_of(build)} fails\n{source}', encoding='utf-8')
    return path


def is_cpp(source):
    return any(render.BY_NAME.get(name) in render.CPP for name in render.Parts(source).names.values())


def check(bench, folder, renew):
    """The number of cases that do not behave as their head says."""
    work = []
    for path in sorted(pathlib.Path(folder).glob('*.c*')):
        source = path.read_text(encoding='utf-8')
        head = HEAD.match(source)
        if not head:
            raise RuntimeError(f'{path}: the first line is no head of a case')
        output = bench.compilers.work / 'cases' / (path.stem + '.sys')
        bench.compilers.build(source, path.suffix == '.cpp', builds.named(head[3]), output)
        work.append((path, source, head, output))
    wrong = 0
    for (path, source, head, _), result in zip(work, bench.judge_all([(s, o) for _, s, _, o in work])):
        pairs = {failure.pair for failure in result.failures}
        now = 'fails' if (head[1], head[2]) in pairs else 'passes'
        if result.errors:
            print('FAILED:', *result.errors)
            wrong += 1
        elif now != head[4] and renew:
            path.write_text(source.replace(head[0], head[0].replace(head[4], now), 1), encoding='utf-8')
        elif now != head[4]:
            print(f'FAILED: case {path.name} {now} now; its head says that it {head[4]}' +
                  (': renew it, and look whether the pair can leave the list' if now == 'passes' else ''))
            wrong += 1
    print(f'{len(work)} cases, {wrong} of them not as their heads say')
    return wrong
