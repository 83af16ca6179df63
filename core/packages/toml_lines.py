"""Finds the line of each key in a TOML text that `tomllib` has accepted. Values and their rules are not read here.

tomllib gives values without places; a parser that keeps places (tomlkit) would be a dependency of the published
library. Since the text is known to be valid, a scanner that knows strings, brackets and keys is enough.
"""

import bisect
import re
import tomllib

KeyPath = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^\s,\]}#][^,\]}#\r\n]*")
# of the four kinds of strings, the longer openings first; a multi-line one may end in up to two quotes of its own
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2}(?!"))|'
    r"'''.*?'''(?:'{0,2}(?!'))|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'[^'\n]*'",
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, where each key or element of a list first stands.

    A key's path holds the names from the top; elements of lists stand under their index, tables of `[[lists]]` under
    the list's own path. `text` must be valid TOML of bounded depth: raises ValueError or RecursionError otherwise.
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip(_BLANK_LINES)
        while self._at < len(self._text):
            if self._peek() == "[":
                start = self._at
                while self._peek() == "[":
                    self._at += 1
                table = self._key((), start)
                while self._peek() == "]":
                    self._at += 1
            else:
                self._pair(table)
            self._skip(_BLANK_LINES)
        return self._lines

    def _pair(self, table: KeyPath) -> None:
        key = self._key(table, self._at)
        self._expect("=")
        self._skip(_BLANK)
        self._value(key)

    def _key(self, above: KeyPath, start: int) -> KeyPath:
        """A dotted key, with each of its parts noted at the line of `start`."""
        path = above
        while True:
            self._skip(_BLANK)
            quoted = self._peek() in "\"'"
            path = (*path, _string(self._take(_STRING)) if quoted else self._take(_BARE_KEY))
            self._note(path, start)
            self._skip(_BLANK)
            if self._peek() != ".":
                return path
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        first = self._peek()
        if first == "[":
            self._at += 1
            self._skip(_BLANK_LINES)
            index = 0
            while self._peek() != "]":
                element = (*path, index)
                self._note(element, self._at)
                self._value(element)
                index += 1
                self._separator()
            self._at += 1
        elif first == "{":
            self._at += 1
            self._skip(_BLANK_LINES)
            while self._peek() != "}":
                self._pair(path)
                self._separator()
            self._at += 1
        elif first and first in "\"'":
            self._take(_STRING)
        else:
            self._take(_SCALAR)

    def _separator(self) -> None:
        self._skip(_BLANK_LINES)
        if self._peek() == ",":
            self._at += 1
            self._skip(_BLANK_LINES)

    def _note(self, path: KeyPath, at: int) -> None:
        self._lines.setdefault(path, bisect.bisect_left(self._breaks, at) + 1)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None or match.end() == self._at:
            raise ValueError(f"no TOML at character {self._at}")
        self._at = match.end()
        return match.group()

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise ValueError(f"no {character} at character {self._at}")
        self._at += 1


def _string(literal: str) -> str:
    """What a string literal of a key means."""
    value = tomllib.loads(f"v = {literal}")["v"]
    return str(value)
