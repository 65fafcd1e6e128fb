"""Builds, runs and judges generated programs, and counts by construct."""
import collections
import concurrent.futures

import batches
import builds
import compare
import render
import survey
from rows import shown

BLOCKS = 20000
ACCUSING = ('allocates', 'lookaside', 'configures')


class Failure:
    def __init__(self, construct, kind, text):
        self.pair, self.text = (construct, kind), text


class Result:
    """Of one build of a program: what was agreed, counted by construct, the failures, and what the survey says beyond."""

    def __init__(self):
        self.agreed, self.beyond = collections.Counter(), collections.Counter()
        self.failures, self.errors = [], []


class Bench:
    def __init__(self, program, stats, compilers):
        self.program, self.stats, self.compilers = program, stats, compilers

    def build_all(self, work):
        """`work`: (Program, Build, path)."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda item: self.compilers.build(item[0].source(), item[0].is_cpp, item[1], item[2]), work))

    def judge_all(self, programs):
        """Results for (source, path) of programs that are built."""
        paths = [str(path) for _, path in programs]
        answers = survey.survey(self.program, self.stats, paths)
        records = batches.run_all(paths, str(batches.HERE.parents[1] / 'data'), 0, BLOCKS)
        return [judged(render.Parts(source), answers.get(path), record) for (source, _), path, record in zip(programs, paths, records)]


def judged(parts, answers, record):
    result = Result()
    path = record['path']
    if 'error' in record or answers is None:
        result.errors.append(f'{path}: {record.get("error", "the program does not trace it")}')
        return result
    for reason in record['stops']:
        # 'limit' too: a generated program ends.
        if reason:
            result.errors.append(f'{path}: a run ended with: {reason}')
    handed, seen = set(), set()
    for event in record['events']:
        tag = shown(event['tag'])
        verdict, site, reason = compare.judge(answers, event, record['machine'])
        handed.add(tag)
        if (site, tag, verdict) in seen:
            continue
        seen.add((site, tag, verdict))
        construct = parts.construct(tag)
        if verdict == 'agreed':
            result.agreed[construct] += 1
        elif verdict in ('missed', 'refuted'):
            # Code that the engine takes for dead is one kind, whatever stands in it.
            kind = 'unreached' if reason == 'dynamic: unreached' else construct
            result.failures.append(Failure(kind, verdict, f'{path}: {tag} at {event["ends"][0]:#x}: {reason}'))
    for use in answers.uses:
        beyond(result, parts, use, handed, path)
    return result


def beyond(result, parts, use, handed, path):
    """A use that no run shows: code that was not reached, or a wrong one if the tag is a decoy."""
    if '?' in use.tag:
        return
    tag = shown(int.from_bytes(bytes.fromhex(use.tag), 'little'))
    if tag in handed or use.evidence not in ACCUSING:
        return
    construct = parts.construct(tag)
    if tag in parts.decoys:
        how = 'accused' if use.certainty != 'assumed' else 'assumed'
        result.failures.append(Failure(construct, how, f'{path}: decoy {tag} at {use.site:#x}, {use.certainty}'))
    else:
        result.beyond[construct] += 1


def print_table(results, out):
    """By construct: tags handed over, recall, and the failures."""
    kinds = ('missed', 'refuted', 'accused', 'assumed')
    agreed, beyond_, failures = collections.Counter(), collections.Counter(), collections.Counter()
    for result in results:
        agreed.update(result.agreed)
        beyond_.update(result.beyond)
        failures.update(failure.pair for failure in result.failures)
    constructs = sorted(set(agreed) | {construct for construct, _ in failures} | set(beyond_))
    out(f'{"construct":24}{"seen":>7}{"recall":>8}' + ''.join(f'{kind:>9}' for kind in kinds) + f'{"beyond":>8}')
    total = collections.Counter()
    for construct in constructs + ['all']:
        row = {kind: failures[construct, kind] for kind in kinds} | dict(agreed=agreed[construct], beyond=beyond_[construct])
        if construct == 'all':
            row = total
        else:
            total.update(row)
        handed = row['agreed'] + row['missed'] + row['refuted']
        recall = f'{100 * row["agreed"] / handed:7.1f}%' if handed else f'{"-":>8}'
        out(f'{construct:24}{handed:7}{recall}' + ''.join(f'{row[kind]:9}' for kind in kinds) + f'{row["beyond"]:8}')


def one(bench, program, build, path):
    """The pairs that fail in this build of the program; None when it cannot be built or run."""
    try:
        bench.compilers.build(program.source(), program.is_cpp, build, path)
    except RuntimeError:
        return None
    result = bench.judge_all([(program.source(), path)])[0]
    return None if result.errors else {failure.pair for failure in result.failures}
