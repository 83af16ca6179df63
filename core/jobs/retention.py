"""How long what jobs made is kept: `artifact_days` after a job ended, by its customer's limits.

Then its artifacts' bytes, checkpoints, logs, metric points and events go; the job, its units, attempts, money, and the
names, sizes and hashes of its artifacts stay. Events of no job, such as those of datasets, go by their own age. Of a
completed job the checkpoints that are no artifacts go at once.

All in small steps, each of its own transaction, so that nobody waits for long; where a step ends is in the store, so a
server that is killed goes on from there.
"""

import msgspec

from ..content.storage import forget_content
from ..errors import ApiError, ErrorCode
from ..store.database import Transaction
from ..store.sqlite import named_sql

SQL = named_sql(__file__, "retention")
ROWS_A_STEP = 500
DAY_SECONDS = 86_400.0


class Step(msgspec.Struct, frozen=True):
    """What one step did: the digests that nobody has any more, and whether there is more to do."""

    orphans: list[str]
    more: bool


def retain(tx: Transaction, *, usual_days: int, now: float, rows: int = ROWS_A_STEP) -> Step:
    """One step: at most so many rows, or the chunks of one content. `usual_days` is the limit of a customer who has
    none of their own."""
    connection = tx.connection
    expiring = SQL.job_expiring(connection)
    if expiring is not None:
        return _empty(tx, expiring["id"], expiring["customer_id"], rows)
    trimmed = SQL.job_to_trim(connection)
    if trimmed is not None:
        return _trim(tx, trimmed["id"], trimmed["customer_id"])
    fewest_days = SQL.fewest_days(connection, usual_days=usual_days)
    times = {"now": now, "fewest_days": fewest_days, "usual_days": usual_days}
    expired = SQL.job_to_expire(connection, **times)
    if expired is not None:
        SQL.set_retention(connection, job_id=expired["id"], retention="expiring")
        return Step([], more=True)
    return Step([], more=SQL.forget_events_of_no_job(connection, **times, limit=rows) >= rows)


def _trim(tx: Transaction, job_id: int, customer_id: int) -> Step:
    """Drops one checkpoint of a completed job that nobody can ask for."""
    spare = SQL.spare_checkpoint(tx.connection, job_id=job_id)
    if spare is None:
        SQL.set_retention(tx.connection, job_id=job_id, retention="results")
        return Step([], more=True)
    return Step(_drop(tx, job_id, customer_id, spare["content_id"]), more=True)


def _empty(tx: Transaction, job_id: int, customer_id: int, rows: int) -> Step:
    """Takes something more of a job whose time is over."""
    content_id = SQL.content_of_job(tx.connection, job_id=job_id)
    if content_id is not None:
        return Step(_drop(tx, job_id, customer_id, content_id), more=True)
    for forget in (SQL.forget_lines, SQL.forget_points, SQL.forget_events_of_job):
        if forget(tx.connection, job_id=job_id, limit=rows):
            return Step([], more=True)
    SQL.set_retention(tx.connection, job_id=job_id, retention="expired")
    return Step([], more=True)


def _drop(tx: Transaction, job_id: int, customer_id: int, content_id: int) -> list[str]:
    """Forgets a content, and who of the job had it; gives the digests that nobody has any more."""
    for empty in (SQL.empty_artifacts, SQL.empty_units, SQL.empty_attempts, SQL.empty_checkpoints):
        empty(tx.connection, job_id=job_id, content_id=content_id)
    return forget_content(tx, customer_id, content_id)


def check_kept(retention: str) -> None:
    """Raises STATE_CONFLICT for a job whose results and checkpoints are gone."""
    if is_over(retention):
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            "what this job made is no longer kept, so it can't go on",
            hint="Submit a new job. How long results are kept is in GET /customer/limits: artifact_days.",
        )


def is_over(retention: str) -> bool:
    """Whether the time of what a job made is over."""
    return retention in ("expiring", "expired")


def expires_at(created_at: float, finished_at: float | None, keep_seconds: float) -> float:
    """When what was made at `created_at` goes: so long after its job ended, of a job that runs at least so long."""
    return max(created_at, finished_at or created_at) + keep_seconds
