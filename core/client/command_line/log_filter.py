"""Which of a job's log lines are wanted: since when, of which attempt, and with what in them.

A pattern is the user's own, and lines are whatever some code wrote: together they may take for ever. Python's `re`
looks for signals while it searches, so an alarm ends a search that takes too long; Windows has no such alarm, and there
Ctrl-C ends it.
"""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

import msgspec

from ...console import CommandError, ExitCode
from ..job_follow import UnitLine

SEARCH_SECONDS = 1.0
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_AGO = re.compile(r"(?:[0-9]{1,9}[smhd])+")


class LogFilter(msgspec.Struct, frozen=True):
    """What a line must be; None asks nothing. `text` is looked for as it is, `pattern` by `re`."""

    since: datetime | None = None
    attempt: int | None = None
    text: str | None = None
    pattern: re.Pattern[str] | None = None

    @property
    def asks(self) -> bool:
        """Whether it leaves anything out."""
        return self != LogFilter()

    def wants(self, line: UnitLine) -> bool:
        """Whether it leaves a line in. Raises CommandError for a search that took too long."""
        if self.attempt is not None and line.row.attempt != self.attempt:
            return False
        if self.since is not None and _time(line.row.time) < self.since:
            return False
        if self.text is not None and self.text not in line.row.text:
            return False
        return self.pattern is None or _found(self.pattern, line.row.text)


def log_filter(*, since: str | None, attempt: int | None, search: str | None, now: datetime) -> LogFilter:
    """What the options ask for. Raises CommandError for a time or pattern that is none."""
    text, pattern = _search(search)
    return LogFilter(None if since is None else since_when(since, now), attempt, text, pattern)


def since_when(text: str, now: datetime) -> datetime:
    """`10m`, `1h30m`, `2d` before now, or a time or day such as 2026-04-01T09:00:00Z. Without a zone it is UTC, as in
    all that the service tells."""
    if _AGO.fullmatch(text):
        pairs = re.findall(r"([0-9]+)([smhd])", text)
        try:
            return now - timedelta(seconds=sum(int(count) * _UNITS[unit] for count, unit in pairs))
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    try:
        return _time(text)
    except ValueError:
        raise CommandError(
            f"--since {text} is no time.",
            hint="Say how long ago, such as 10m, 2h or 1d, or a time such as 2026-04-01T09:00:00Z.",
            exit_code=ExitCode.ARGUMENTS,
        ) from None


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _search(search: str | None) -> tuple[str | None, re.Pattern[str] | None]:
    if not search:
        return None, None
    if len(search) < 2 or not (search.startswith("/") and search.endswith("/")):
        return search, None
    try:
        return None, re.compile(search[1:-1])
    except (re.error, RecursionError, OverflowError) as error:
        raise CommandError(
            f"--search {search} is no regular expression: {error}",
            hint="Mend it, or leave out the strokes to look for it as it is.",
            exit_code=ExitCode.ARGUMENTS,
        ) from None


def _found(pattern: re.Pattern[str], text: str) -> bool:
    with _limited(pattern):
        return pattern.search(text) is not None


@contextmanager
def _limited(pattern: re.Pattern[str]) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return

    def too_long(number: int, frame: FrameType | None) -> None:
        raise CommandError(
            f"Looking for /{pattern.pattern}/ in one line took more than {SEARCH_SECONDS:g} s.",
            hint="Take a pattern in which less can match in several ways, or text without strokes.",
            exit_code=ExitCode.ENVIRONMENT,
            code="TIMED_OUT",
        )

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, SEARCH_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
