"""What a node says aloud, kept in its data folder: a line of JSON each, 10 MiB in all, for its owner alone.

Nothing of customers is said aloud in the first place; what could be a secret is taken out before it is written.
"""

import contextlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec

from agent.journal import JournalBusy
from agent.redaction import Redactor
from core.clock import rfc3339
from core.node_log import LOG_FILE, LOG_FILES, LOG_FOLDER, LogLine
from core.printable import printable

_FILE_BYTES = 2_000_000
_LINE_CHARACTERS = 2_000
_MOST_WAITING = 1_000


class Level(StrEnum):
    """How loud a line is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class NodeLog:
    """Takes lines from the start; writes them once it is `open`, since until then another node may have the folder.

    Where the file can't be made, each further line tries it again; the newest lines wait until then.
    """

    def __init__(self, data_dir: Path, wall: Callable[[], float] = time.time) -> None:
        self._file = data_dir / LOG_FOLDER / LOG_FILE
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
        super().__init__(file, maxBytes=_FILE_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8")

    def _open(self):  # type: ignore[no-untyped-def]  # what it gives has a private name
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")

    def write(self, line: LogLine) -> None:
        """One line, at once."""
        self.emit(logging.makeLogRecord({"msg": msgspec.json.encode(line).decode()}))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
        """A full disk: the line is lost, the node goes on."""
