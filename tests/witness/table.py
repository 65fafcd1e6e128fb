"""The table by processor and reason, and the findings from which it can be replayed."""
import collections

from rows import shown

VERDICTS = ('agreed', 'refuted', 'missed', 'no text', 'made up')


class Table:
    def __init__(self):
        self.drivers, self.functions = collections.Counter(), collections.Counter()
        self.verdicts, self.reasons = collections.Counter(), collections.Counter()
        self.errors, self.stops, self.unknown_rows = [], collections.Counter(), set()
        self.findings = []

    def add(self, record, judged):
        """`judged`: (event, verdict, site, reason) of a driver, each (site, tag) once."""
        machine = record['machine']
        self.drivers[machine] += 1
        self.functions[machine] += record['functions']
        self.unknown_rows |= set(record['unknown_rows'])
        for reason, count in record['stops'].items():
            self.stops[machine, reason.split(':')[0] or 'returned'] += count
        seen = set()
        for event, verdict, site, reason in judged:
            key = (site or event['ends'][0], event['tag'], verdict)
            if key in seen:
                continue
            seen.add(key)
            self.verdicts[machine, verdict] += 1
            if verdict in ('refuted', 'missed', 'no text'):
                self.reasons[verdict, machine, reason] += 1
                self.findings.append((record['path'], machine, verdict, reason, site, event))

    def print(self, out, reasons=True):
        out(f'{"":8}{"drivers":>8}{"functions":>11}' + ''.join(f'{v:>9}' for v in VERDICTS))
        for machine in sorted(self.drivers):
            out(f'{machine:8}{self.drivers[machine]:8}{self.functions[machine]:11}' +
                ''.join(f'{self.verdicts[machine, v]:9}' for v in VERDICTS))
        for (verdict, machine, reason), count in sorted(self.reasons.items()) if reasons else ():
            out(f'  {verdict} {machine:6}{count:6}  {reason}')
        for path, error in self.errors:
            out(f'  not run: {path}: {error}')
        if self.unknown_rows:
            out(f'  rows in a form that the witness does not know: {", ".join(sorted(self.unknown_rows))}')

    def print_stops(self, out):
        for (machine, reason), count in sorted(self.stops.items(), key=lambda item: -item[1]):
            out(f'  {machine:6}{count:9} runs: {reason}')


def line(finding):
    """One finding, with what --replay takes."""
    path, machine, verdict, reason, site, event = finding
    registers = ' '.join(f'{name}={value:x}' for name, value in event['registers'].items() if value)
    where = f'{site:#x}' if site is not None else f'ends at {event["ends"][0]:#x}'
    return (f'{verdict}\t{reason}\t{path}\tsite {where}\t{shown(event["tag"])}\t{event["api"]}\t'
            f'--replay {path}@{event["start"]:#x}/{event["round"]}\t{registers}')
