"""What the program says about drivers: the uses of `poolwho survey`, and what became of each call site.

The sites come from poolwho_survey_stats, a tool of the tests; they serve to name the reason of a miss, never to judge.
"""
import bisect
import json
import re
import subprocess

STRONG = ('allocates', 'lookaside', 'configures', 'frees', 'references')


class Use:
    def __init__(self, record):
        self.tag = record['tag_bytes']
        self.evidence, self.certainty, self.api = record['evidence'], record['certainty'], record['api']
        self.site, self.origin = int(record['site_rva'], 0), int(record['origin_rva'], 0)
        self.via = [int(rva, 0) for rva in record['via']]

    @property
    def direct(self):
        return self.origin == self.site

    def is_tag(self, tag):
        """A letter that is known at run time only is `??` among the bytes."""
        told = (tag & 0x7FFFFFFF).to_bytes(4, 'little').hex()
        return re.fullmatch(self.tag.replace('?', '.'), told) is not None


class Answers:
    """Of one driver."""

    def __init__(self):
        self.uses, self.sites, self.wrappers, self.known = [], {}, {}, []

    def finish(self):
        self.known = sorted({use.site for use in self.uses} | set(self.sites))
        self.calls = sorted({rva for use in self.uses for rva in use.via} | set(self.wrappers))

    def site_before(self, ends, longest, among=None):
        """The call site that ends at one of `ends`, or None."""
        among = self.known if among is None else among
        for end in ends:
            at = bisect.bisect_left(among, end) - 1
            if at >= 0 and among[at] >= end - longest:
                return among[at]
        return None


def survey(program, stats, paths):
    """{path: Answers}; a path that the program could not trace is absent."""
    found, copies = {}, {}
    result = subprocess.run([program, 'survey', '--files-from', '-', '--format', 'ndjson', '-q', '-j2'], text=True,
                            input='\n'.join(paths) + '\n', stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors='replace')
    if result.returncode not in (0, 1, 3):
        raise RuntimeError(f'poolwho survey ended with {result.returncode}: {result.stderr.strip()[-500:]}')
    for line in result.stdout.splitlines():
        record = json.loads(line)
        if record['type'] == 'driver' and record.get('traced', True):
            found[record['path']] = Answers()
        elif record['type'] == 'copy':
            copies[record['path']] = record['of']
        elif record['type'] == 'use' and record['evidence'] in STRONG and record['path'] in found:
            found[record['path']].uses.append(Use(record))
    _read_sites(stats, found)
    for answers in found.values():
        answers.finish()
    for path, original in copies.items():
        if original in found:
            found[path] = found[original]
    return found


def _read_sites(stats, found):
    if not stats:
        return
    result = subprocess.run([stats, '--sites'], input='\n'.join(found) + '\n', text=True, stdout=subprocess.PIPE, errors='replace')
    for line in result.stdout.splitlines():
        fields = line.split('\t')
        if len(fields) < 5 or fields[0] not in found:
            continue
        reason = fields[4] + (': ' + fields[5] if len(fields) > 5 and fields[5] else '')
        answers = found[fields[0]]
        (answers.wrappers if fields[-1] == 'wrapper' else answers.sites)[int(fields[1], 0)] = reason
