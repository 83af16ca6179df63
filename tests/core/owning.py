"""What must be true of an owner at any time: whatever shows earnings shows those of the ledger, and blocks hold."""

from core.jobs.earnings import By, list_earnings
from core.jobs.owner_attempts import list_owner_attempts
from core.protocol.owner import EarningRow, OwnerAttempt
from tests.core.engine import Engine

ALL = 10**6


def earnings(engine: Engine, owner_id: int, by: By, *, limit: int = ALL, days: int = 300) -> list[EarningRow]:
    """All rows, read in pages of so many."""
    found: list[EarningRow] = []
    before: str | None = None
    while True:
        rows = list_earnings(
            engine.store.connection,
            owner_id,
            by=by,
            node_id=None,
            days=days,
            now=engine.now,
            before=before,
            limit=limit,
        )
        found += [row for _, row in rows]
        if len(rows) < limit:
            return found
        before = rows[-1][0]


def attempts(
    engine: Engine, owner_id: int, node_id: str | None = None, *outcomes: str, device: str | None = None
) -> list[OwnerAttempt]:
    """All that ran on the owner's nodes, newest first."""
    connection = engine.store.connection
    rows = list_owner_attempts(
        connection, owner_id, node_id=node_id, outcomes=list(outcomes), device=device, before=None, limit=ALL
    )
    return [row for _, row in rows]


def check_owner(engine: Engine, owner_id: int) -> None:
    """By day, by unit and by attempt the earnings are those of the ledger; nothing runs that is blocked."""
    ledger = engine.one(
        "SELECT coalesce(sum(e.amount_micro), 0) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id "
        "WHERE a.kind = 'available' AND a.customer_id = ? "
        "AND (e.kind = 'earning' OR (e.kind = 'reversal' AND e.attempt_id IS NOT NULL))",
        owner_id,
    )
    assert sum(row.earned_micro for row in earnings(engine, owner_id, By.DAY)) == ledger
    assert sum(row.earned_micro for row in earnings(engine, owner_id, By.UNIT)) == ledger
    ran = attempts(engine, owner_id)
    assert sum(row.earned_micro for row in ran) == ledger
    assert all((row.payment == "nothing") == (row.reason is not None) for row in ran)
    assert all(row.outcome is not None or row.payment != "paid" for row in ran)
    blocked = (
        "SELECT count(*) FROM attempts a JOIN nodes n ON n.id = a.node_id JOIN units u ON u.id = a.unit_id "
        "JOIN jobs j ON j.id = u.job_id JOIN uploads p ON p.id = j.package_id "
        "JOIN package_blocks b ON b.package_digest = p.package_digest "
        "AND (b.owner_id IS NULL OR b.owner_id = n.owner_id) "
        "WHERE a.outcome IS NULL AND a.result_content_id IS NULL"
    )
    assert engine.one(blocked) == 0
