"""What a unit may log is kept to its limits, however a node cuts, repeats and reorders what it says."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.accounts.limits import set_limits
from core.protocol.node import LogLine, LogReport, MetricPoint, MetricsReport
from tests.core.engine import Engine

LOG_BYTES, LINE_BYTES, POINTS = 60, 12, 7
BATCHES = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6)), max_size=12)


def new_of(batches: list[tuple[int, int]]) -> int:
    """How many numbers are told that are above all told before."""
    through = new = 0
    for first, count in batches:
        last = first + count - 1
        new += max(0, last - max(through, first - 1))
        through = max(through, last)
    return new


@settings(max_examples=12, deadline=None)
@given(logs=BATCHES, metrics=BATCHES, texts=st.lists(st.text("aäé \n", max_size=20), min_size=1, max_size=5))
def test_no_order_of_reports_keeps_more_than_is_allowed(
    logs: list[tuple[int, int]], metrics: list[tuple[int, int]], texts: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        customer = engine.customer()
        changes: dict[str, int | None] = {"log_bytes_per_unit": LOG_BYTES, "log_line_bytes": LINE_BYTES}
        with engine.store.transaction() as tx:
            set_limits(tx, customer, {**changes, "metric_points_per_unit": POINTS})
        engine.job(customer)
        node = engine.node("n0")
        lease = node.take()
        node.start(lease)
        named = {"attempt_id": lease.attempt_id, "token": lease.token}
        for first, count in logs:
            lines = [LogLine(n, "stdout", texts[n % len(texts)]) for n in range(first, first + count)]
            node.say(LogReport(**named, number=node.number(), lines=lines))
        for first, count in metrics:
            points = [MetricPoint(n, n, {"loss": 1.0}) for n in range(first, first + count)]
            node.say(MetricsReport(**named, number=node.number(), points=points))
        rows = list(engine.store.connection.execute("SELECT stream, text FROM log_lines ORDER BY number"))
        written = [row["text"] for row in rows if row["stream"] == "stdout"]
        assert sum(len(text.encode()) + 1 for text in written) <= LOG_BYTES
        assert all(len(text.removesuffix(" …").encode()) <= LINE_BYTES for text in written)
        assert [row["stream"] for row in rows].count("platform") <= 1
        kept = min(POINTS, new_of(metrics))
        assert engine.one("SELECT count(*) FROM metric_points") == kept
        assert engine.one("SELECT metric_points FROM units WHERE role = 'prepare'") == kept
        engine.check()
        engine.store.close()
