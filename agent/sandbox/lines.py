"""From a unit's pipe to lines of text: cut, decoded, capped. What a unit writes is hostile and may never end."""

import asyncio
from collections.abc import Callable

MAX_LINE_BYTES = 8192
FLOOD_FACTOR = 20
_MIB = 1024 * 1024


class LogBudget:
    """How much of both streams is kept; past it one notice is given, past twenty times that `on_flood` is called."""

    def __init__(self, log_mb: int, on_flood: Callable[[float], None]) -> None:
        self._kept_bytes = log_mb * _MIB
        self._notice = f"[the log is longer than {log_mb} MiB; the rest is not kept]"
        self._on_flood = on_flood
        self._written_bytes = 0
        self._told = False
        self._flooded = False

    def spend(self, written_bytes: int) -> None:
        """Count what a stream has just written."""
        self._written_bytes += written_bytes
        if self._written_bytes > FLOOD_FACTOR * self._kept_bytes and not self._flooded:
            self._flooded = True
            self._on_flood(self._written_bytes / _MIB)

    def admit(self, line: str) -> str | None:
        """The line to deliver in place of this one: itself, the notice once, then nothing."""
        if self._written_bytes <= self._kept_bytes:
            return line
        if self._told:
            return None
        self._told = True
        return self._notice


class LineProtocol(asyncio.Protocol):
    """Delivers one stream's lines in order; `closed` is done at its end, after a last line without a newline."""

    def __init__(self, budget: LogBudget, deliver: Callable[[str], None]) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._budget = budget
        self._deliver = deliver
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Deliver the lines that `data` ends, and keep its tail."""
        self._budget.spend(len(data))
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._deliver_cut(line)
        while len(self._rest) > MAX_LINE_BYTES:
            piece, self._rest = _cut(self._rest)
            self._hand_on(piece)

    def connection_lost(self, exc: Exception | None) -> None:
        """Deliver what was written without a newline."""
        if self._rest:
            self._deliver_cut(self._rest)
            self._rest = b""
        if not self.closed.done():
            self.closed.set_result(None)

    def _deliver_cut(self, line: bytes) -> None:
        while len(line) > MAX_LINE_BYTES:
            piece, line = _cut(line)
            self._hand_on(piece)
        self._hand_on(line)

    def _hand_on(self, line: bytes) -> None:
        # A progress bar overwrites its line with carriage returns; what a terminal would show is what is kept.
        shown = line.rstrip(b"\r").rsplit(b"\r", 1)[-1]
        admitted = self._budget.admit(shown.decode("utf-8", "replace"))
        if admitted is not None:
            self._deliver(admitted)


def _cut(line: bytes) -> tuple[bytes, bytes]:
    """Split after at most MAX_LINE_BYTES, not within a character of valid UTF-8."""
    end = MAX_LINE_BYTES
    while end > MAX_LINE_BYTES - 3 and line[end] & 0b1100_0000 == 0b1000_0000:
        end -= 1
    return line[:end], line[end:]
