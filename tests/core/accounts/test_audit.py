"""The audit log: there exactly if the change is, newest first."""

import pytest

from core.accounts.audit import audit_entries, record_change
from tests.core.engine import Engine


def test_a_change_and_its_row_stand_or_fall_together(engine: Engine) -> None:
    with engine.store.transaction() as tx:
        for number in range(3):
            record_change(
                tx,
                actor="user ops",
                action="limits.set",
                subject=f"c{number}@example.com",
                details={"active_jobs": number},
                now=engine.now,
                new_id=engine.new_id,
            )
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        record_change(tx, actor="user ops", action="x", subject="y", now=engine.now, new_id=engine.new_id)
        raise RuntimeError

    rows = audit_entries(engine.store.connection, before=None, limit=2)

    assert [row.subject for _, row in rows] == ["c2@example.com", "c1@example.com"]
    assert rows[0][1].details == {"active_jobs": 2}
    older = audit_entries(engine.store.connection, before=rows[-1][0], limit=2)
    assert [row.subject for _, row in older] == ["c0@example.com"]
