"""A node's own log as it lies in its data folder: what a line is, and reading it, whether a node runs there or not.

The files are their owner's alone, so whoever can read them may see them; a node writes them (`agent.node_log`).
"""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

LOG_FOLDER = "log"
LOG_FILE = "node.log"
LOG_FILES = 5  # the current one and those before it, `node.log.1` the newest of these
_LOOK_SECONDS = 0.3


class LogLine(msgspec.Struct, frozen=True):
    """One line, and when it was said (RFC 3339 UTC)."""

    at: str
    level: str
    text: str


class LogReader:
    """The log from its oldest line; `more` goes on where it stopped, through rotations, whether a node runs or not.

    No file stays open in between: on Windows it could not be rotated.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / LOG_FOLDER
        self._inode, self._offset = 0, 0  # of the file that was read last, and how far

    def lines(self) -> Iterator[LogLine]:
        """All that there is now."""
        self._inode, self._offset = 0, 0
        yield from self.more()

    def more(self) -> Iterator[LogLine]:
        """What came since."""
        with contextlib.ExitStack() as opened:
            files = self._open(opened)
            known = next((place for place, (inode, _) in enumerate(files) if inode == self._inode), None)
            for place, (inode, file) in enumerate(files[known or 0 :]):
                start = self._offset if place == 0 and known is not None else 0
                file.seek(start)
                whole, newline, _ = file.read().rpartition(b"\n")  # the rest is still being written
                self._inode, self._offset = inode, start + len(whole) + len(newline)
                yield from _decoded(whole.split(b"\n"))

    def follow(self) -> Iterator[LogLine]:
        """What comes, for ever."""
        while True:
            yield from self.more()
            time.sleep(_LOOK_SECONDS)  # nothing tells of another program's file on every system

    def _open(self, opened: contextlib.ExitStack) -> list[tuple[int, BinaryIO]]:
        """Those that there are, with their inodes, the oldest first. They are opened from the newest on, so that one
        that is rotated meanwhile is met twice and none is missed."""
        files: dict[int, BinaryIO] = {}
        for name in (LOG_FILE, *(f"{LOG_FILE}.{number}" for number in range(1, LOG_FILES))):
            with contextlib.suppress(OSError):
                file = opened.enter_context((self._folder / name).open("rb"))
                files.setdefault(os.fstat(file.fileno()).st_ino, file)
        return list(reversed(files.items()))


def lines_since(lines: Iterable[LogLine], since: datetime | None) -> Iterator[LogLine]:
    """Those that were said at that moment or later."""
    for line in lines:
        if since is None or datetime.fromisoformat(line.at) >= since:
            yield line


def _decoded(lines: Iterable[bytes]) -> Iterator[LogLine]:
    """Those that are whole: a power cut may have torn one."""
    for line in lines:
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            yield msgspec.json.decode(line, type=LogLine)
