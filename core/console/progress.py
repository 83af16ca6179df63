"""How far a command is, for a person who watches or a log."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

from rich.console import Console as RichConsole
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from ..printable import printable
from .words import seconds_in_words, size_in_words

_SECONDS_BETWEEN_PLAIN_LINES = 5.0
_SECONDS_WORTH_A_LINE = 1.0


class ProgressLine(AbstractContextManager["ProgressLine"]):
    """How far one thing is: a bar on a person's terminal, or lines to `say`. `advance` and `update` may be
    called from any thread."""

    def __init__(
        self,
        title: str,
        total: float | None,
        unit: str,
        *,
        say: Callable[[str], None],
        bar_on: RichConsole | None,
        monotonic: Callable[[], float],
    ) -> None:
        self._say = say
        self._bar_on = bar_on
        self._title = printable(title)
        self._total = total
        self._unit = unit
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._done = 0.0
        self._started = self._last_line = monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> "ProgressLine":
        if self._bar_on is not None:
            count = DownloadColumn(binary_units=True) if self._unit == "bytes" else TextColumn("{task.completed:.0f}")
            speed = [TransferSpeedColumn()] if self._unit == "bytes" else []
            title = TextColumn("{task.description}", markup=False)
            self._bar = Progress(
                title, BarColumn(), count, *speed, TimeRemainingColumn(), console=self._bar_on, transient=True
            )
            self._task = self._bar.add_task(self._title, total=self._total)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
        seconds = self._monotonic() - self._started
        if kind is None and self._done and seconds >= _SECONDS_WORTH_A_LINE:
            self._say(f"{self._title}: {self._amount()} in {seconds_in_words(seconds)}{self._speed(seconds)}")

    def advance(self, amount: float) -> None:
        """So much more is done."""
        with self._lock:
            self._show(self._done + amount)

    def update(self, done: float, total: float | None = None) -> None:
        """So much is done altogether."""
        with self._lock:
            self._total = self._total if total is None else total
            self._show(done)

    def _show(self, done: float) -> None:
        self._done = done
        if self._bar:
            self._bar.update(self._task, completed=done, total=self._total)
            return
        now = self._monotonic()
        if now - self._last_line >= _SECONDS_BETWEEN_PLAIN_LINES:
            self._last_line = now
            self._say(f"{self._title}: {self._amount()}{self._left(now - self._started)}")

    def _amount(self) -> str:
        if self._unit != "bytes":
            of = f" of {self._total:.0f}" if self._total is not None else ""
            return f"{self._done:.0f}{of} {self._unit}"
        of = f" of {size_in_words(self._total)}" if self._total is not None and self._done < self._total else ""
        return size_in_words(self._done) + of

    def _speed(self, seconds: float) -> str:
        return f", {size_in_words(self._done / seconds)}/s" if self._unit == "bytes" and seconds > 0.1 else ""

    def _left(self, seconds: float) -> str:
        if not self._total or self._done <= 0:
            return self._speed(seconds)
        left = seconds * max(0.0, self._total - self._done) / self._done
        return f"{self._speed(seconds)}, {seconds_in_words(left)} left"
