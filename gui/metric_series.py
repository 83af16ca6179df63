"""The metrics of one job as series to be drawn: by name, then by unit. Plain Python, no Qt."""

import math
from array import array
from collections.abc import Iterable

from core.protocol.customer import MetricRow


class Series:
    """One metric of one unit: steps and values side by side. `marks` are the steps at which a later attempt began,
    with its number."""

    def __init__(self) -> None:
        self.steps = array("d")
        self.values = array("d")
        self.marks: list[tuple[float, int]] = []
        self._attempt = 0

    def add(self, step: float, value: float, attempt: int) -> None:
        """The next point. A later attempt goes on from its checkpoint: what it repeats takes the place of what was."""
        if self._attempt and attempt > self._attempt:
            self.marks.append((step, attempt))
            self._cut(step)
        self._attempt = max(self._attempt, attempt)
        self.steps.append(step)
        self.values.append(value)

    def __len__(self) -> int:
        return len(self.steps)

    def nearest(self, step: float) -> int | None:
        """The position of the point nearest to a step; None without points. Steps grow, so it is a bisection."""
        if not self.steps:
            return None
        low, high = 0, len(self.steps)
        while low < high:
            middle = (low + high) // 2
            if self.steps[middle] < step:
                low = middle + 1
            else:
                high = middle
        choices = [at for at in (low - 1, low) if 0 <= at < len(self.steps)]
        return min(choices, key=lambda at: abs(self.steps[at] - step))

    def _cut(self, step: float) -> None:
        while self.steps and self.steps[-1] >= step:
            self.steps.pop()
            self.values.pop()


class MetricSeries:
    """All series of a job. Points without a step are numbered; values that are no numbers are left out."""

    def __init__(self) -> None:
        self._series: dict[str, dict[str, Series]] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self.through = 0

    def add(self, rows: Iterable[MetricRow]) -> bool:
        """Adds points that are new; whether there were any."""
        changed = False
        for row in rows:
            if row.number <= self.through:
                continue
            self.through = row.number
            for name, value in row.values.items():
                if math.isfinite(value):
                    self._one(name, row).add(self._step(name, row), value, row.attempt)
                    changed = True
        return changed

    @property
    def names(self) -> list[str]:
        """Names in the order in which they came."""
        return list(self._series)

    def of(self, name: str) -> dict[str, Series]:
        """The series of a metric, by unit id."""
        return self._series.get(name, {})

    def best_name(self) -> str | None:
        """The metric to show first: one with a curve, a loss before others."""
        curves = [name for name in self.names if any(len(series.steps) > 1 for series in self.of(name).values())]
        return next((name for name in curves if "loss" in name), curves[0] if curves else next(iter(self.names), None))

    def _one(self, name: str, row: MetricRow) -> Series:
        return self._series.setdefault(name, {}).setdefault(row.compute_unit_id, Series())

    def _step(self, name: str, row: MetricRow) -> float:
        key = (name, row.compute_unit_id)
        self._counts[key] = self._counts.get(key, -1) + 1
        return float(row.step) if row.step is not None else float(self._counts[key])
