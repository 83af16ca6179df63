"""What owners earned, read from the ledger itself: by UTC day, node and GPU, or by unit. All rows add up to the
ledger's `earning` rows, since they are these."""

from enum import StrEnum

from ..clock import credits_text, day_number, day_text, rfc3339
from ..protocol.owner import EarningRow
from ..store.sqlite import Connection, Row, named_sql

SQL = named_sql(__file__, "earnings")
MOST_DAYS = 366
_AFTER_ALL = 2**62


class By(StrEnum):
    """What a row of earnings is of."""

    DAY = "day"
    UNIT = "unit"


def list_earnings(
    connection: Connection,
    owner_id: int,
    *,
    by: By,
    node_id: str | None,
    days: int,
    now: float,
    before: str | None,
    limit: int,
) -> list[tuple[str, EarningRow]]:
    """Earnings of the last `days` UTC days, today included; newest first, each with the key to go on from."""
    account_id: int | None = SQL.available_account(connection, owner_id=owner_id)
    if account_id is None:
        return []
    last = day_number(now)
    first = last - days + 1
    if by is By.UNIT:
        before_day, before_id = map(int, before.split(":")) if before else (_AFTER_ALL, _AFTER_ALL)
        rows = SQL.earned_by_unit(
            connection,
            account_id=account_id,
            first=first,
            last=last,
            node_id=node_id,
            before_day=before_day,
            before_id=before_id,
            limit=limit,
        )
        return [(f"{row['earned_day']}:{row['id']}", _of_unit(row)) for row in rows]
    return _by_day(connection, account_id, node_id=node_id, first=first, last=last, before=before, limit=limit)


def _by_day(
    connection: Connection,
    account_id: int,
    *,
    node_id: str | None,
    first: int,
    last: int,
    before: str | None,
    limit: int,
) -> list[tuple[str, EarningRow]]:
    """Day by day, only as far back as the page goes: a page costs what was earned on its days."""
    found: list[tuple[str, EarningRow]] = []
    begun_day, shown = None, (0, "")
    if before is not None:
        day_said, node_said, gpu = before.split(":", 2)
        begun_day, shown = int(day_said), (int(node_said), gpu)
        last = min(last, begun_day)
    while len(found) < limit:
        day: int | None = SQL.newest_day(connection, account_id=account_id, first=first, last=last)
        if day is None:
            break
        rows = SQL.earned_on(connection, account_id=account_id, day=day, node_id=node_id)
        for row in rows:
            key = (row["node_key"] or 0, row["gpu_uuid"] or "")
            if day != begun_day or key > shown:
                found.append((f"{day}:{key[0]}:{key[1]}", _of_day(row, day)))
        last = day - 1
    return found[:limit]


def _of_day(row: Row, day: int) -> EarningRow:
    return EarningRow(
        date=day_text(day),
        node_id=row["node_id"],
        node_name=row["node_name"],
        gpu_uuid=row["gpu_uuid"],
        units=row["units"],
        seconds=round(row["seconds"], 3),
        earned_micro=row["amount_micro"],
        earned=credits_text(row["amount_micro"]),
    )


def _of_unit(row: Row) -> EarningRow:
    return EarningRow(
        date=day_text(row["earned_day"]),
        node_id=row["node_id"],
        node_name=row["node_name"],
        gpu_uuid=row["gpu_uuid"],
        units=1,
        seconds=round(row["seconds"], 3),
        earned_micro=row["amount_micro"],
        earned=credits_text(row["amount_micro"]),
        earned_at=rfc3339(row["created_at"]),
        attempt_id=row["attempt_id"],
        compute_unit_id=row["compute_unit_id"],
        role=row["role"],
    )
