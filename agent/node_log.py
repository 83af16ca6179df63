"""What a node says aloud, kept in its data folder: a line of JSON each, 10 MiB in all, for its owner alone.

Nothing of customers is said aloud in the first place; what could be a secret is taken out before it is written.
"""

import contextlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import BinaryIO

import msgspec

from agent.journal import JournalBusy
from agent.redaction import Redactor
from core.clock import rfc3339
from core.printable import printable

FOLDER = "log"
_FILE = "node.log"
_FILES = 5
_FILE_BYTES = 2_000_000
_LINE_CHARACTERS = 2_000
_MOST_WAITING = 1_000
_LOOK_SECONDS = 0.3


class Level(StrEnum):
    """How loud a line is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogLine(msgspec.Struct, frozen=True):
    """One line, and when it was said (RFC 3339 UTC)."""

    at: str
    level: str
    text: str


class NodeLog:
    """Takes lines from the start; writes them once it is `open`, since until then another node may have the folder.

    Where the file can't be made, each further line tries it again; the newest lines wait until then.
    """

    def __init__(self, data_dir: Path, wall: Callable[[], float] = time.time) -> None:
        self._file = data_dir / FOLDER / _FILE
        self._wall = wall
        self._redact = Redactor()
        self._waiting: deque[LogLine] = deque(maxlen=_MOST_WAITING)
        self._is_ours = False
        self._handler: _File | None = None

    def hide(self, secret: str) -> None:
        """Never write this."""
        self._redact.hide(secret)

    def add(self, level: Level, text: str) -> None:
        """One line. A disk that takes no more loses it."""
        shown = printable(self._redact(" ".join(text.split()))[:_LINE_CHARACTERS])
        self._waiting.append(LogLine(rfc3339(self._wall()), level.value, shown))
        if self._is_ours:
            self._write()

    def open(self) -> None:
        """The data folder is this node's: write what was said so far, and from now on."""
        self._is_ours = True
        self._write()

    def _write(self) -> None:
        """What waits, if there is a file for it."""
        if self._handler is None:
            with contextlib.suppress(OSError):
                self._file.parent.mkdir(mode=0o700, exist_ok=True)
                self._handler = _File(self._file)
        while self._handler is not None and self._waiting:
            self._handler.write(self._waiting.popleft())

    @contextlib.contextmanager
    def of_a_run(self) -> Iterator[None]:
        """What ends the block is said too, unless it is that another node has the folder."""
        try:
            yield
        except JournalBusy:
            raise
        except Exception as error:
            self.open()
            self.add(Level.ERROR, str(error) or type(error).__name__)
            raise
        finally:
            if self._handler is not None:
                self._handler.close()


class _File(RotatingFileHandler):
    """The standard library's rotation, of files that only their owner can read."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=_FILE_BYTES, backupCount=_FILES - 1, encoding="utf-8")

    def _open(self):  # type: ignore[no-untyped-def]  # what it gives has a private name
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")

    def write(self, line: LogLine) -> None:
        """One line, at once."""
        self.emit(logging.makeLogRecord({"msg": msgspec.json.encode(line).decode()}))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
        """A full disk: the line is lost, the node goes on."""


class LogReader:
    """The log from its oldest line; `more` goes on where it stopped, through rotations, whether a node runs or not."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._rest = b""
        self._current: BinaryIO | None = None

    def lines(self) -> Iterator[LogLine]:
        """All that there is now."""
        self._reopen()
        current = None if self._current is None else os.fstat(self._current.fileno()).st_ino
        for number in reversed(range(1, _FILES)):
            with contextlib.suppress(OSError), (self._folder / f"{_FILE}.{number}").open("rb") as older:
                if os.fstat(older.fileno()).st_ino != current:  # else it was rotated just now
                    yield from _decoded(older)
        yield from self.more()

    def more(self) -> Iterator[LogLine]:
        """What came since."""
        while True:
            yield from self._read_current()
            if not self._is_rotated():
                return
            yield from self._read_current()  # what came between the two looks
            self._reopen()

    def follow(self) -> Iterator[LogLine]:
        """What comes, for ever."""
        while True:
            yield from self.more()
            time.sleep(_LOOK_SECONDS)  # nothing tells of another program's file on every system

    def close(self) -> None:
        if self._current is not None:
            self._current.close()

    def _read_current(self) -> Iterator[LogLine]:
        if self._current is None:
            return
        parts = (self._rest + self._current.read()).split(b"\n")
        self._rest = parts.pop()
        yield from _decoded(parts)

    def _is_rotated(self) -> bool:
        with contextlib.suppress(OSError):
            there = (self._folder / _FILE).stat().st_ino
            return self._current is None or os.fstat(self._current.fileno()).st_ino != there
        return False

    def _reopen(self) -> None:
        self.close()
        self._rest = b""
        self._current = None
        with contextlib.suppress(OSError):
            self._current = (self._folder / _FILE).open("rb")


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
