"""What the node of this computer said, read from its data folder: also while it doesn't run, and never by the window's
own thread. No widget here."""

import asyncio
import os
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from core.node_log import LOG_FOLDER, LogLine, LogReader

from .node_link import NodeLink
from .tasks import Tasks

KEPT = 5_000  # the newest lines; the files hold more
LOOK_MS = 1_000


class LogFolder(StrEnum):
    """ABSENT: nothing was ever said there. CLOSED: it is another user's, who alone may read it."""

    THERE = "there"
    ABSENT = "absent"
    CLOSED = "closed"


class NodeLogLines(QObject):
    """`lines` are the newest, the oldest first, and go on while it is watched. `began` when they are of another node,
    or were never read before; `came` carries those that are new since."""

    began = Signal()
    came = Signal(object)

    def __init__(self, tasks: Tasks, node: NodeLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._node = tasks, node
        self._reader: LogReader | None = None
        self._reading: asyncio.Task[tuple[LogFolder, list[LogLine]]] | None = None
        self._data_dir = node.data_dir
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.lines: deque[LogLine] = deque(maxlen=KEPT)
        self.state: LogFolder | None = None  # before it was looked at

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._node.data_dir / LOG_FOLDER

    def watch(self) -> None:
        """Somebody looks at it: read what there is, and what comes."""
        self._timer.start()
        self.look()

    def leave(self) -> None:
        """Nobody does any more."""
        self._timer.stop()

    def look(self) -> None:
        """Read what came, unless a slow disk still has the last look."""
        if self._reading is not None and not self._reading.done():
            return
        if self._data_dir != self._node.data_dir:
            self._data_dir, self._reader = self._node.data_dir, None
        is_first = self._reader is None
        if self._reader is None:
            self._reader = LogReader(self._data_dir)
        self._reading = self._tasks.start(
            asyncio.to_thread(_read, self._reader, self.folder),
            on_done=lambda answer: self._take(*answer, is_first=is_first),
            owner=self,
        )

    def _take(self, state: LogFolder, lines: Sequence[LogLine], *, is_first: bool) -> None:
        changed, self.state = state is not self.state, state
        if is_first:
            self.lines.clear()
        self.lines.extend(lines)
        if is_first or changed:
            self.began.emit()
        elif lines:
            self.came.emit(lines)


def _read(reader: LogReader, folder: Path) -> tuple[LogFolder, list[LogLine]]:
    """In a thread of its own."""
    lines = list(deque(reader.more(), maxlen=KEPT))
    if not folder.is_dir():
        return LogFolder.ABSENT, lines
    return (LogFolder.THERE if os.access(folder, os.R_OK | os.X_OK) else LogFolder.CLOSED), lines
