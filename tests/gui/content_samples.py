"""Datasets, packages and ledger rows as a server would tell them."""

from collections.abc import Sequence
from typing import Any, TypeVar

from core.protocol.customer import LedgerRow, Page, PageInfo
from core.protocol.uploads import ContentProblem, ContentStatus, StoredContent

T = TypeVar("T")


def stored(
    name: str,
    version: int = 1,
    status: ContentStatus = ContentStatus.READY,
    *,
    reasons: Sequence[ContentProblem] = (),
    training: dict[str, Any] | None = None,
) -> StoredContent:
    return StoredContent(
        id=f"{name}-{version}",
        name=name,
        version=version,
        status=status,
        created_at=f"2026-04-{version:02d}T09:00:00.000Z",
        size_bytes=2_100_000_000 if status is ContentStatus.READY else None,
        file_count=14 if status is ContentStatus.READY else None,
        digest="7be1" + "0" * 56 + "40c9" if status is ContentStatus.READY else None,
        reasons=list(reasons),
        training=training,
    )


def ledger_row(number: int, kind: str = "charge", amount_micro: int = -1_310_000) -> LedgerRow:
    return LedgerRow(
        id=f"row-{number}",
        created_at=f"2026-04-01T00:{number % 60:02d}:00.000Z",
        kind=kind,
        amount_micro=amount_micro,
        amount="",
        balance_micro=842_386_000 + number,
        balance="",
        training_job_id=None if kind == "grant" else "job",
        job_name=None if kind == "grant" else "tiny-mlp \x1b[31m",
        compute_unit_id=None,
        role="train",
        seconds=262.0,
        rate_class="gpu-8g" if kind == "charge" else None,
        note=None,
    )


def page(rows: Sequence[T], next_cursor: str | None = None) -> Page[T]:
    return Page(list(rows), PageInfo(50, next_cursor, next_cursor is not None))
