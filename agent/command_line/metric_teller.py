"""What a tried package logs in numbers, told on the way to whoever runs `try`."""

import json
from collections import Counter
from typing import Any

from agent.metrics_tail import NewMetrics
from core.console import Console

_MOST_ROWS_TOLD = 20_000  # of a unit


class MetricTeller:
    """A line of JSON for each row: `metrics | {"unit", "step", "values"}`, and `{"unit", "step", "of"}` for progress.
    No line of the code itself can look so: each has the name of its unit in front."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: Counter[str] = Counter()

    def tell(self, role: str, seen: NewMetrics) -> None:
        for row in seen.rows[: max(0, _MOST_ROWS_TOLD - self._told[role])]:
            self._say({"unit": role, "step": row.step, "values": row.values})
        self._told[role] += len(seen.rows)
        if seen.step is not None:
            self._say({"unit": role, "step": seen.step, "of": seen.of})

    def _say(self, told: dict[str, Any]) -> None:
        self._console.info(f"metrics | {json.dumps(told, allow_nan=False)}")
