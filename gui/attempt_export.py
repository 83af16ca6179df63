"""What ran on an owner's machines as a CSV file: whole, or not at all."""

import asyncio
import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path

from core.client.customer import AsyncClient
from core.protocol.owner import OwnerAttempt

PAGE_ROWS = 100
COLUMNS = (
    "attempt_id",
    "compute_unit_id",
    "role",
    "kind",
    "node_id",
    "node_name",
    "gpu_uuid",
    "package_digest",
    "leased_at",
    "started_at",
    "finished_at",
    "outcome",
    "payment",
    "reason",
    "accepted_seconds",
    "share",
    "earned_micro",
    "earned",
    "energy_joules",
    "input_bytes",
    "output_bytes",
    "checkpoint_bytes",
)


async def export_attempts(
    client: AsyncClient, path: Path, *, node_id: str | None, since: datetime | None, device: str | None = None
) -> int:
    """Writes them, newest first, of one node or all, of one device or all, those leased since then or all; how many.
    What was at `path` is replaced when all is here. Raises ServerError, ClientError, OSError."""
    part = path.with_name(path.name + ".part")
    count, cursor = 0, None
    try:
        await asyncio.to_thread(part.write_text, _csv([COLUMNS]), "utf-8")
        while True:
            page = await client.list_attempts(node_id=node_id, device=device, limit=PAGE_ROWS, cursor=cursor)
            rows = [row for row in page.data if since is None or datetime.fromisoformat(row.leased_at) >= since]
            await asyncio.to_thread(_append, part, _csv(_cells(row) for row in rows))
            count += len(rows)
            cursor = page.page.next_cursor
            if not page.page.has_more or len(rows) < len(page.data):
                break
        await asyncio.to_thread(part.replace, path)
        return count
    finally:
        part.unlink(missing_ok=True)


def _cells(row: OwnerAttempt) -> Iterator[str]:
    """In the order of the columns."""
    from core.billing.export import plain_cell  # brings the store, which nothing else of the window needs

    for text in (row.id, row.compute_unit_id, row.role, row.kind.value, row.node_id, row.node_name, row.gpu_uuid or ""):
        yield plain_cell(text)
    yield plain_cell(row.package_digest)
    yield row.leased_at
    yield row.started_at or ""
    yield row.finished_at or ""
    yield "" if row.outcome is None else plain_cell(row.outcome.value)
    yield row.payment
    yield plain_cell(row.reason or "")
    yield f"{row.accepted_seconds:.3f}"
    yield "" if row.share is None else f"{row.share:.4f}"
    yield str(row.earned_micro)
    yield row.earned
    yield "" if row.energy_joules is None else f"{row.energy_joules:.0f}"
    yield str(row.input_bytes)
    yield str(row.output_bytes)
    yield str(row.checkpoint_bytes)


def _csv(rows: Iterable[Iterable[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)
