"""What the metrics read of the store: true, by a reader that writes nothing, and never by a scan of what grows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.metrics_readings import read_counts
from core.store.sqlite import OperationalError, open_reader
from tests.core.engine import Engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path)
    yield made
    made.check()
    made.store.close()


def test_reading_the_store_scans_neither_units_nor_attempts_nor_jobs(engine: Engine) -> None:
    reader = open_reader(engine.store.path)
    planned: list[str] = []
    for name in ("active_jobs", "units_at_nodes", "blocked_units", "leases", "webhooks_waiting"):
        query = queries()[name]
        planned += [row["detail"] for row in reader.execute(f"EXPLAIN QUERY PLAN {query}", {"since": 0})]
    reader.close()
    assert planned
    assert [step for step in planned if step.startswith("SCAN") and "INDEX" not in step] == []
    assert "webhook_deliveries_due" in planned[-1], "the index of what waits, which is small"


def queries() -> dict[str, str]:
    text = (Path(__file__).parents[2] / "backend" / "metrics_readings.sql").read_text()
    parts = [part.partition("\n") for part in text.split("-- name: ")[1:]]
    return {name.strip("$^ "): body.strip().rstrip(";") for name, _, body in parts}


def test_a_reader_sees_what_is_committed_and_writes_nothing(engine: Engine) -> None:
    customer_id = engine.customer(credits=3)
    reader = open_reader(engine.store.path)
    assert read_counts(reader, 0).credits_micro["available"] == 3_000_000
    with pytest.raises(OperationalError):
        reader.execute("DELETE FROM customers WHERE id = ?", (customer_id,))
    reader.close()


def test_what_is_counted_in_memory_agrees_with_what_is_read(engine: Engine) -> None:
    node = engine.node("otter")
    first = engine.job(engine.customer())
    engine.job(engine.customer())
    lease = node.take()
    node.start(lease)
    counts = read_counts(engine.store.connection, engine.now)
    assert counts.units == {"blocked": 6, "leased": 0, "running": 1, "verifying": 0}
    assert counts.jobs == {"planning": 0, "queued": 1, "running": 1}
    assert sum(map(engine.index.waiting, engine.index.classes())) == 1
    assert counts.nodes["controlled", "online"] == 1
    assert first.units == {"ready": 1, "blocked": 3}
