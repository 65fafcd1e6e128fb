"""Holds what was seen against what the program says.

agreed    a use at the site has the tag
refuted   every use at the site is sure and direct, and the tag is none of them; or the same along the chain of calls from
          where a constant enters a wrapper
missed    the tag is text, and no use at the site has it
no text   as refuted, but what arrived is no tag: the value of a global before its writer ran, or made-up memory behind the
          end of a table; 0 is not even that, since the program tells tags and not their absence
          A register that a callee may change, and that a sure site still reads, is refuted: the emulator changes it.
made up   the tag is no text and the site is not sure: it comes from a made-up argument
"""
from machine import CLOBBERED
from rows import printable

LONGEST = {'x64': 8, 'x86': 8, 'arm64': 4}


def judge(answers, event, machine):
    """(verdict, site RVA or None, reason). `event` has api, tag, ends and callers."""
    longest = LONGEST[machine]
    site = answers.site_before(event['ends'], longest)
    uses = [use for use in answers.uses if use.site == site]
    if any(use.is_tag(event['tag']) for use in uses):
        return 'agreed', site, ''
    text = printable(event['tag']) or event['tag'] == CLOBBERED
    if uses and event['tag']:
        chain = _chain_refutes(answers, uses, event, longest)
        if chain or all(use.certainty == 'sure' and use.direct for use in uses):
            return 'refuted' if text else 'no text', site, 'chain' if chain else 'direct'
    if not printable(event['tag']):
        return 'made up', site, ''
    return 'missed', site, _reason(answers, site, uses, event, longest)


def _callers(answers, event, longest):
    """The open calls that the program knows as parts of chains, innermost first; None for another."""
    return [answers.site_before([end], longest, answers.calls) for end in reversed(event['callers'])]


def _chain_refutes(answers, uses, event, longest):
    """The chain that was run is one that the survey tells, all its uses are sure, and the tag is none of theirs."""
    callers = _callers(answers, event, longest)
    for use in uses:
        chain = list(reversed(use.via[:-1]))
        if not chain or callers[:len(chain)] != chain:
            continue
        same = [other for other in uses if other.origin == use.origin]
        if all(other.certainty == 'sure' for other in same):
            return True
    return False


def _reason(answers, site, uses, event, longest):
    """Why the program has nothing there, in its own words where it has some."""
    if site is None:
        return 'no such site'
    reason = answers.sites.get(site, 'not told')
    if reason.startswith('forwarded') or uses and not all(use.direct for use in uses):
        for caller in _callers(answers, event, longest):
            outer = answers.wrappers.get(caller)
            if outer and not outer.startswith('forwarded'):
                return 'wrapper, ' + outer
        return reason if reason.startswith('forwarded') else 'wrapper, ' + reason
    if uses:
        return reason + ', other tags there are ' + '/'.join(sorted({use.certainty for use in uses}))
    return reason
