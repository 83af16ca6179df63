"""What an instrument shows: one reading's last five minutes. No Qt and no clock; times are monotonic seconds."""

from collections import deque
from enum import StrEnum

import msgspec

WINDOW_SECONDS = 300.0
_GAP_SECONDS = 20.0
_MOST_SAMPLES = 1200


class Whose(StrEnum):
    """What used the device when a sample was taken."""

    GUEST = "guest"
    OWNER = "owner"


class Sample(msgspec.Struct, frozen=True):
    """A value at a moment; None is what the device did not tell."""

    at: float
    value: float | None
    whose: Whose


class Run(msgspec.Struct, frozen=True):
    """Points without a gap and of one user: `(seconds before now, value)`, oldest first."""

    points: list[tuple[float, float]]
    whose: Whose


class ReadingHistory:
    """Samples of the last five minutes, in order of time."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=_MOST_SAMPLES)

    def add(self, at: float, value: float | None, whose: Whose = Whose.GUEST) -> None:
        """A new sample; those that are not older make way for it."""
        while self._samples and at <= self._samples[-1].at:
            self._samples.pop()
        self._samples.append(Sample(at, value, whose))
        while self._samples[0].at < at - WINDOW_SECONDS - _GAP_SECONDS:
            self._samples.popleft()

    @property
    def last(self) -> Sample | None:
        """The newest sample."""
        return self._samples[-1] if self._samples else None

    def largest(self) -> float:
        """The largest value that is kept; 0 without one."""
        return max((sample.value for sample in self._samples if sample.value is not None), default=0.0)

    def is_stale(self, now: float) -> bool:
        """Whether nothing came for so long that what is shown may not be so any more."""
        return not self._samples or now - self._samples[-1].at > _GAP_SECONDS

    def runs(self, now: float) -> list[Run]:
        """The lines to draw. Where the user changes, the new line starts where the old one ended."""
        runs: list[Run] = []
        before: Sample | None = None
        for sample in self._samples:
            if sample.value is None:
                before = None
                continue
            point = (now - sample.at, sample.value)
            is_new = before is None or sample.at - before.at > _GAP_SECONDS
            if is_new:
                runs.append(Run([point], sample.whose))
            elif sample.whose is not runs[-1].whose:
                runs.append(Run([runs[-1].points[-1], point], sample.whose))
            else:
                runs[-1].points.append(point)
            before = sample
        return runs


def scale_top(history: ReadingHistory, full: float | None, ceiling: float | None) -> float:
    """The value at the top of the plot: a little above the ceiling, above all that is shown, and never 0."""
    wished = ceiling * 1.15 if ceiling is not None else full or 0.0
    return max(wished, history.largest() * 1.05, 1e-9)
