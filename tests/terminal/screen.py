"""A small terminal: what a person sees of a program's bytes, with the lines that scrolled away.

Knows CR, LF, BS, tab, ESC [ ... m (ignored), ESC [ K, wide and combining characters, and the wrap of a full line, which
happens when the next character comes. Everything else is recorded in `strange`.
"""
import unicodedata


def width(character):
    if unicodedata.combining(character) or unicodedata.category(character) in ('Mn', 'Me', 'Cf'):
        return 0
    return 2 if unicodedata.east_asian_width(character) in 'WF' else 1


class Screen:
    def __init__(self, columns):
        self.columns = columns
        self.lines = []      # finished ones, as a person could scroll back to them
        self.wrapped = []    # those that did not end with a line feed
        self.cells = []
        self.at = 0
        self.strange = set()
        self.drawn = []      # every state of a line that ended in CR: progress

    def line(self):
        return ''.join(self.cells).rstrip()

    def finish(self, wrapped):
        self.lines.append(self.line())
        if wrapped:
            self.wrapped.append(self.line())
        self.cells, self.at = [], 0

    def put(self, character):
        size = width(character)
        if size == 0:
            return
        if self.at + size > self.columns:
            self.finish(True)
        while len(self.cells) < self.at + size:
            self.cells.append(' ')
        self.cells[self.at] = character
        if size == 2:
            self.cells[self.at + 1] = ''
        self.at += size

    def feed(self, text):
        i = 0
        while i < len(text):
            character = text[i]
            i += 1
            if character == '\n':
                self.finish(False)
            elif character == '\r':
                if self.line() and not text.startswith('\n', i):
                    self.drawn.append(self.line())
                self.at = 0
            elif character == '\b':
                self.at = max(0, self.at - 1)
            elif character == '\t':
                self.at = min(self.columns - 1, self.at // 8 * 8 + 8)
            elif character == '\x1b' and text.startswith('[', i):
                end = i + 1
                while end < len(text) and not '@' <= text[end] <= '~':
                    end += 1
                code = text[end] if end < len(text) else '?'
                if code == 'K':
                    del self.cells[self.at:]
                elif code != 'm':
                    self.strange.add('ESC [ ' + code)
                i = end + 1
            elif character < ' ':
                self.strange.add(repr(character))
            else:
                self.put(character)
