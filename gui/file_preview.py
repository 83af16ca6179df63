"""A look at the first bytes of a stored file: rows and columns of a table, lines of a text, a picture's kind.

The bytes are a stranger's. Nothing here decodes pictures or shows anything.
"""

import csv
import io
import re
from enum import StrEnum
from pathlib import PurePosixPath

import msgspec

from core.printable import printable

MOST_BYTES = 1 << 16
MOST_IMAGE_BYTES = 2 << 20
_MOST_ROWS = 50
_MOST_COLUMNS = 100
_MOST_CELL = 200
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|nan|inf", re.IGNORECASE)
_TABLES = frozenset({".csv", ".tsv"})
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"})
_TEXTS = frozenset({".txt", ".md", ".json", ".jsonl", ".yaml", ".yml", ".toml", ".xml", ".log", ".py", ".ini"})


class PreviewKind(StrEnum):
    """How a file can be looked at."""

    TABLE = "table"
    IMAGE = "image"
    TEXT = "text"
    NONE = "none"


class ColumnType(StrEnum):
    """What the rows seen of a column look like."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"


class TablePreview(msgspec.Struct, frozen=True):
    """The first rows; every row has as many cells as there are columns. `whole`: these are all rows of the file."""

    columns: list[str]
    types: list[ColumnType]
    rows: list[list[str]]
    delimiter: str
    encoding: str
    whole: bool


def preview_kind(path: str) -> PreviewKind:
    """By the name's end alone."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _TABLES:
        return PreviewKind.TABLE
    if suffix in _IMAGES:
        return PreviewKind.IMAGE
    return PreviewKind.TEXT if suffix in _TEXTS else PreviewKind.NONE


def read_table(beginning: bytes, size_bytes: int) -> TablePreview:
    """The first rows of a CSV. The first line is taken for names unless it holds a number."""
    text, encoding = _decoded(beginning)
    whole = size_bytes <= len(beginning)
    lines = text.splitlines(keepends=True)
    if not whole and len(lines) > 1:
        lines = lines[:-1]  # it may be cut in the middle
    delimiter = _delimiter(lines[0] if lines else "")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO("".join(lines)), delimiter=delimiter):
            if row:
                rows.append([_cell(cell) for cell in row[:_MOST_COLUMNS]])
            if len(rows) > _MOST_ROWS:
                break
    except csv.Error:
        rows = rows or [[_cell(line)] for line in lines[:_MOST_ROWS]]
    names, body = _split_names(rows)
    width = max((len(row) for row in [names, *body]), default=0)
    body = [row + [""] * (width - len(row)) for row in body]
    names = names + [str(number + 1) for number in range(len(names), width)]
    types = [_type_of([row[column] for row in body]) for column in range(width)]
    shown = body[:_MOST_ROWS]
    return TablePreview(names, types, shown, delimiter, encoding, whole and len(body) == len(shown))


def read_text(beginning: bytes) -> str:
    """The first lines, made harmless."""
    text, _ = _decoded(beginning)
    return printable("\n".join(line[:_MOST_CELL] for line in text.splitlines()[:_MOST_ROWS]), keep="\n\t")


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace"), "UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:  # a character cut by the end of what was read
            return data[: error.start].decode("utf-8"), "UTF-8"
    return data.decode("latin-1"), "Latin-1"


def _delimiter(line: str) -> str:
    return max(",\t;|", key=line.count)


def _cell(text: str) -> str:
    cut = text if len(text) <= _MOST_CELL else text[:_MOST_CELL] + "…"
    return printable(cut)


def _split_names(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    if not rows:
        return [], []
    if any(_DECIMAL.fullmatch(cell.strip()) for cell in rows[0]):
        return [str(number + 1) for number in range(len(rows[0]))], rows
    return rows[0], rows[1:]


def _type_of(cells: list[str]) -> ColumnType:
    seen = [cell.strip() for cell in cells if cell.strip()]
    if not seen or not all(_DECIMAL.fullmatch(cell) for cell in seen):
        return ColumnType.TEXT
    return ColumnType.INTEGER if all(_INTEGER.fullmatch(cell) for cell in seen) else ColumnType.DECIMAL
