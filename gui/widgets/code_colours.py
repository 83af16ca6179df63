"""Which parts of an example are drawn in which colour: comments, strings, names of fields, numbers. By a few regular
expressions a line, which is enough for what the app itself shows."""

import re
from typing import Literal, NamedTuple

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from ..theme.theme import Theme

Language = Literal["shell", "javascript", "python", "json", "plain"]


class Span(NamedTuple):
    """So many characters from `start` in a token's colour."""

    start: int
    length: int
    colour: str


_COLOURS = {"comment": "ink3", "name": "series1", "string": "series4", "number": "series2"}
_NAME = r'(?P<name>"[^"\n]*"(?=\s*:))'
_NUMBER = r"(?P<number>(?<![\w.'\"-])\d+(?:\.\d+)?(?=\s*[,})\n]|\s*$))"
_PATTERNS: dict[Language, re.Pattern[str]] = {
    "shell": re.compile(rf"(?P<comment>^\s*#.*$)|(?P<string>'[^'\n]*')|{_NAME}|{_NUMBER}"),
    "javascript": re.compile(
        r"(?P<comment>//.*$)|(?P<name>(?:'[^'\n]*'|\b\w+)(?=\s*:))"
        r"|(?P<string>'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")|" + _NUMBER
    ),
    "python": re.compile(rf"(?P<comment>#.*$)|{_NAME}" + r'|(?P<string>"(?:\\.|[^"\\\n])*")|' + _NUMBER),
    "json": re.compile(rf'{_NAME}|(?P<string>"[^"\n]*")|{_NUMBER}'),
}


def coloured(line: str, language: Language) -> list[Span]:
    """The spans of one line; what is in none is ink."""
    pattern = _PATTERNS.get(language)
    if pattern is None:
        return []
    return [
        Span(found.start(), found.end() - found.start(), _COLOURS[found.lastgroup])
        for found in pattern.finditer(line)
        if found.lastgroup is not None
    ]


class CodeColours(QSyntaxHighlighter):
    """Colours a document in one language; `rehighlight` after a change of theme."""

    def __init__(self, theme: Theme, document: QTextDocument, language: Language) -> None:
        super().__init__(document)
        self._theme = theme
        self._language: Language = language

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        for span in coloured(text, self._language):
            form = QTextCharFormat()
            form.setForeground(self._theme.colour(span.colour))
            self.setFormat(span.start, span.length, form)
