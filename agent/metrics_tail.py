"""Reading metrics.jsonl while a stranger's code writes it: bounded, by descriptor, and never trusting a line.

The format is described in core/training.py. What the rows mean to the job is not known here.
"""

import asyncio
import contextlib
import math
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from agent.events import MetricRow
from core.training import METRICS_FILE

MAX_LINE_BYTES = 64 * 1024
METRICS_LOOK_SECONDS = 0.5
_BYTES_A_LOOK = 1 << 20
_MOST_NAMES = 200
_MOST_NAME_CHARACTERS = 100
_LARGEST_STEP = 2**53
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NewMetrics(msgspec.Struct, frozen=True):
    """Rows that were added, the newest progress row, and whether more is there to be read now."""

    rows: list[MetricRow]
    step: int | None = None
    of: int | None = None
    more: bool = False


class MetricsTail:
    """Follows the metrics file of one unit."""

    def __init__(self, output_dir: Path) -> None:
        self._output_dir = output_dir
        self._offset = 0
        self._rest = b""
        self._is_skipping = False

    def read(self, *, last: bool = False) -> NewMetrics:
        """What was added since the last call, at most 1 MiB of it. `last`: an unended line counts as well."""
        data = self._new_bytes()
        more = len(data) == _BYTES_A_LOOK
        *lines, self._rest = (self._rest + data).split(b"\n")
        if last and not more:
            lines, self._rest = [*lines, self._rest], b""
        if self._is_skipping and lines:  # the end of a line that was too long
            lines, self._is_skipping = lines[1:], False
        if len(self._rest) > MAX_LINE_BYTES:
            self._rest, self._is_skipping = b"", True
        rows: list[MetricRow] = []
        step = of = None
        for line in lines:
            row = _parse(line)
            if isinstance(row, MetricRow):
                rows.append(row)
            elif row is not None:
                step, of = row
        return NewMetrics(rows, step, of, more)

    def _new_bytes(self) -> bytes:
        try:
            folder = os.open(self._output_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            facts = os.stat(METRICS_FILE, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISREG(facts.st_mode) or facts.st_size == self._offset:
                return b""
            file = os.open(METRICS_FILE, _FLAGS, dir_fd=folder)
        except OSError:
            return b""
        finally:
            os.close(folder)
        try:
            return self._read(file)
        finally:
            os.close(file)

    def _read(self, file: int) -> bytes:
        facts = os.fstat(file)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
            return b""
        if facts.st_size < self._offset:  # begun anew
            self._offset, self._rest = 0, b""
        data = os.pread(file, _BYTES_A_LOOK, self._offset)
        self._offset += len(data)
        return data


async def follow_metrics(tail: MetricsTail, ended: asyncio.Event, on_news: Callable[[NewMetrics], None]) -> None:
    """Look for new rows until the code has ended and all of them are read."""
    is_last = False
    while True:
        seen = await asyncio.to_thread(tail.read, last=is_last)
        if seen.rows or seen.step is not None:
            on_news(seen)
        if seen.more:
            continue
        if is_last:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(METRICS_LOOK_SECONDS):
                await ended.wait()
        is_last = ended.is_set()


def _parse(line: bytes) -> MetricRow | tuple[int, int | None] | None:
    """A metric row, a progress row as (step, of), or None for anything else."""
    if not line.strip() or len(line) > MAX_LINE_BYTES:
        return None
    try:
        row = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    step = row.pop("step", None)
    if step is not None and not _is_step(step):
        return None
    if "gpu_agent" in row:
        of = row.get("of")
        is_progress = row["gpu_agent"] == "progress" and step is not None and (of is None or _is_step(of))
        return (step, of) if is_progress and (of is None or step <= of) else None
    values = {name: number for name, value in row.items() if (number := _number(name, value)) is not None}
    return MetricRow(step, values) if values and len(values) <= _MOST_NAMES else None


def _is_step(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_STEP


def _number(name: str, value: Any) -> float | None:
    if type(value) not in (int, float) or not 0 < len(name) <= _MOST_NAME_CHARACTERS or not name.isprintable():
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
