"""Reads what a stranger's code left: its files, following no link, and its metrics, line by line in bounded memory.

It decides nothing: what can't be read comes back with the reason in words.
"""

import json
import math
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

METRICS_FILE = "metrics.jsonl"
DEEPEST = 32
LONGEST_PATH = 1000
LONGEST_LINE_BYTES = 64 * 1024
MOST_NAMES = 1000
LONGEST_NAME = 200
# Neither follow a link nor wait for a pipe's other end. Windows has neither flag, but has to be told not to translate.
OPEN_FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    OPEN_FLAGS |= getattr(os, _flag, 0)


@dataclass(frozen=True)
class Found:
    """Something below a folder: its path from there, with slashes, and why it can't be used, or an empty text."""

    path: str
    size_bytes: int = 0
    problem: str = ""


@dataclass
class LastMetrics:
    """The last finite value of each name, the last step, and how much of the file was left out for being odd."""

    values: dict[str, float] = field(default_factory=dict)
    step: int | None = None
    odd_lines: int = 0
    odd_values: int = 0


class NotAFile(Exception):
    """What lies there is no ordinary file that can be read; the message says what it is."""


def folder_from(variable: str) -> Path:
    """The folder that this variable of the unit names. Ends the script with words when there is none."""
    value = os.environ.get(variable, "")
    if not value:
        sys.exit(f"{variable} is not set: this script is run by a node, as a unit of a job")
    return Path(value)


def files_below(folder: Path) -> Iterator[Found]:
    """All below `folder` but folders themselves: of each folder first its files, then its folders, by name."""
    waiting = [""]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(folder / here) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Found(shown(here), problem=f"this folder can't be read: {error.strerror}")
            continue
        folders = []
        for entry in listed:
            path = f"{here}/{entry.name}" if here else entry.name
            if problem := problem_of(path):
                yield Found(shown(path), problem=problem)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            else:
                size = entry.stat(follow_symlinks=False).st_size
                wrong = "" if entry.is_file(follow_symlinks=False) else "a link or a device, no file"
                yield Found(path, size, wrong)
        waiting += reversed(folders)


def problem_of(path: str) -> str:
    """Why a file of this path can't be an output, or an empty text."""
    if len(path) > LONGEST_PATH:
        return f"its path is longer than {LONGEST_PATH} characters"
    if path.count("/") >= DEEPEST:
        return f"it lies more than {DEEPEST} folders deep"
    if not path.isprintable():  # undecodable bytes come as lone surrogates, which are not printable either
        return "its name holds control characters or is no UTF-8"
    return ""


def shown(path: str) -> str:
    """A path that can be printed and written to JSON, whatever it holds."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in path)
    return plain if len(plain) <= LONGEST_PATH else plain[:LONGEST_PATH] + "…"


def open_file(path: Path) -> BinaryIO:
    """Open an ordinary file for reading. Raises NotAFile for a link, a device, a pipe, and what may not be read."""
    try:
        descriptor = os.open(path, OPEN_FLAGS)
    except OSError as error:
        raise NotAFile(f"it can't be opened: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFile("a link or a device, no file")
    return os.fdopen(descriptor, "rb")


def last_metrics(folder: Path) -> LastMetrics:
    """What `metrics.jsonl` in this folder said last; nothing where there is no such file."""
    last = LastMetrics()
    path = folder / METRICS_FILE
    if not path.exists() and not path.is_symlink():
        return last
    try:
        with open_file(path) as file:
            for line in lines_of(file):
                add_line(last, line)
    except (NotAFile, OSError):
        last.odd_lines += 1
    return last


def lines_of(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a file; None for each that is too long to be one."""
    while line := file.readline(LONGEST_LINE_BYTES):
        whole = line.endswith(b"\n") or len(line) < LONGEST_LINE_BYTES
        yield line if whole else None
        while not whole:
            rest = file.readline(LONGEST_LINE_BYTES)
            whole = rest.endswith(b"\n") or not rest


def add_line(last: LastMetrics, line: bytes | None) -> None:
    """Take in one line of metrics. Lines that are no JSON object, and values that are no finite number, are counted."""
    if line is not None and not line.strip():
        return
    try:
        row = json.loads(line or b"")
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        last.odd_lines += 1
        return
    if "gpu_agent" in row:  # a row of progress, no metrics
        return
    step = row.pop("step", None)
    if type(step) is int and 0 <= step < 2**63:
        last.step = step
    elif step is not None:
        last.odd_values += 1
    for name, value in row.items():
        known = name in last.values or len(last.values) < MOST_NAMES
        if is_finite_number(value) and known and name.isprintable() and 0 < len(name) <= LONGEST_NAME:
            last.values[name] = value
        else:
            last.odd_values += 1


def is_finite_number(value: object) -> bool:
    """Whether a value of JSON is a number that a float can hold; Python reads NaN and Infinity from JSON as well."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def write_json(path: Path, value: object) -> None:
    """Write `value` to a file that people can read too."""
    path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def counted(count: int, thing: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def files_in_words(file_count: int, size_bytes: int) -> str:
    """`1 file, 812 bytes`."""
    return f"{counted(file_count, 'file')}, {counted(size_bytes, 'byte')}"


def few(items: list[str], most: int = 10) -> str:
    """The first of these, a line each, and how many more there are."""
    more = [f"… and {len(items) - most} more"] if len(items) > most else []
    return "\n".join(f"  {item}" for item in items[:most] + more)
