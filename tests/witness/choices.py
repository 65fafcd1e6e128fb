"""Choices that a program is made of: drawn from a seed, written down, and taken again with some of them changed.

That is all the reducer needs: it leaves out parts, makes numbers smaller, and renders the program again.
"""
import random


SCATTERED = random.Random(4711).sample(range(35 * 36), 35 * 36)


class Choices:
    def __init__(self, seed, given=None):
        self.random, self.given, self.made = random.Random(seed), list(given or []), []
        self.replaying = given is not None

    def below(self, limit):
        """0 to limit - 1; a choice that a shorter list does not hold is 0, the simplest."""
        at = len(self.made)
        if self.replaying:
            value = self.given[at] % limit if at < len(self.given) else 0
        else:
            value = self.random.randrange(limit)
        self.made.append(value)
        return value

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def of(self, options):
        return options[self.below(len(options))]

    def flip(self):
        return self.below(2) == 1


class Part:
    """One construct of a program, with its own tags: `prefix` are their first two letters."""
    LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

    def __init__(self, number, choices):
        self.number, self.choices = number, choices
        self.prefix = self.LETTERS[number // 26 % 26] + self.LETTERS[26 + number % 26]
        self.count = 0
        self.decoys = []
        self.top, self.body, self.extern = [], [], []

    # Choices.
    def below(self, limit):
        return self.choices.below(limit)

    def between(self, low, high):
        return self.choices.between(low, high)

    def of(self, options):
        return self.choices.of(options)

    def flip(self):
        return self.choices.flip()

    # Names and tags.
    def name(self, text):
        return f'{text}{self.number}'

    def letters(self, decoy=False):
        """A fresh tag of this part as four letters; z is the third of decoys alone, which no listed function is handed.
        Scattered, because compilers make arithmetic of tags that stand next to each other."""
        self.count += 1
        letters = '0123456789abcdefghijklmnopqrstuvwxy'
        at = SCATTERED[(self.count + 37 * self.number) % len(SCATTERED)]
        text = self.prefix + ('z' if decoy else letters[at // 36]) + (letters + 'z')[at % 36]
        if decoy:
            self.decoys.append(text)
        return text

    def tag(self, decoy=False):
        return 'TAG(' + ','.join(f"'{letter}'" for letter in self.letters(decoy)) + ')'

    def allocate(self, tag, size='48'):
        """A statement that hands `tag` to one of the listed functions."""
        form = self.of(('ExAllocatePoolWithTag(NonPagedPool, {s}, {t})', 'ExAllocatePoolWithTag(PagedPool, {s}, {t})',
                        'ExAllocatePool2(POOL_FLAG_PAGED, {s}, {t})', 'ExAllocatePoolWithQuotaTag(PagedPool, {s}, {t})',
                        'ExAllocatePoolWithTagPriority(NonPagedPool, {s}, {t}, 16)'))
        return f'keep({form.format(s=size, t=tag)});'

    # Text.
    def put(self, *lines):
        """Declarations and functions before the part's own routine."""
        self.top += lines

    def do(self, *lines):
        """Statements of the part's routine, which has the parameters `a` and `b`, small numbers."""
        self.body += lines
