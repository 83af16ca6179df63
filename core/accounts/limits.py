"""What a customer may use: defaults, overrides, and the checks that count jobs and units durably.

Requests a minute, which are counted without a transaction, are in `request_windows`.
"""

import math
from typing import Any

import msgspec

from ..clock import utc_day
from ..errors import ApiError, ErrorCode, validation_failed
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "limits")
WINDOW_SECONDS = 60.0
DAY_SECONDS = 86_400.0
CONCURRENCY_RETRY_SECONDS = 30
MOST = 2**53  # what every reader of JSON can hold
MOST_DAYS = 36_500
NOTHING_ALLOWED = "Ask the operator of this service: its limit for you is 0."


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every limit with its default. The `max_` ones are ceilings of one request: above is PLAN_INFEASIBLE."""

    jobs_per_minute: int = 10
    active_jobs: int = 3
    units_per_day: int = 200
    requests_per_minute: int = 600
    storage_bytes: int = 50 * 2**30
    log_bytes_per_unit: int = 16 * 2**20
    log_line_bytes: int = 8 * 2**10
    metric_points_per_unit: int = 100_000
    output_bytes_per_unit: int = 10 * 2**30
    artifact_days: int = 90
    unfinished_upload_days: int = 7
    queued_days: int = 7
    webhooks: int = 20
    max_vram_mb: int = 196_608
    max_disk_mb: int = 1_048_576
    max_runtime_seconds: int = 604_800
    max_name_characters: int = 200


DEFAULTS = Limits()


class Window(msgspec.Struct, frozen=True):
    """A count that renews: what is allowed in it, what is left, whole seconds until it renews, and what is used, which
    is more than what is allowed where that was lowered meanwhile."""

    limit: int
    remaining: int
    reset_seconds: int
    used: int


def limits_from(overrides: str) -> Limits:
    """The defaults with a customer's own values (JSON, as stored) over them."""
    if overrides == "{}":
        return DEFAULTS
    return msgspec.convert({**msgspec.to_builtins(DEFAULTS), **msgspec.json.decode(overrides)}, Limits)


def limits_of(connection: Connection, customer_id: int) -> Limits:
    """A customer's limits."""
    return limits_from(SQL.limits_of(connection, customer_id=customer_id))


def limits_once(tx: Transaction, customer_id: int) -> Limits:
    """A customer's limits, read once a transaction."""
    return tx.once(("limits", customer_id), lambda: limits_of(tx.connection, customer_id))


def set_limits(tx: Transaction, customer_id: int, changes: dict[str, int | None]) -> Limits:
    """Overrides limits of a customer; None puts one back to its default.

    Raises VALIDATION_FAILED, with a row for every name that is no limit and every value out of bounds.
    """
    bad = {name: "is not a limit" for name in changes if name not in Limits.__struct_fields__}
    for name, value in changes.items():
        most = MOST_DAYS if name.endswith("_days") else MOST
        if value is not None and not 0 <= value <= most:
            bad.setdefault(name, f"must be 0 to {most}")
    if bad:
        raise validation_failed(**bad)
    stored: dict[str, Any] = msgspec.json.decode(SQL.limits_of(tx.connection, customer_id=customer_id))
    kept = {name: value for name, value in {**stored, **changes}.items() if value is not None}
    text = msgspec.json.encode(kept, order="sorted").decode()
    SQL.set_limits(tx.connection, customer_id=customer_id, limits=text)
    return limits_from(text)


def job_window(connection: Connection, customer_id: int, limits: Limits, now: float) -> Window:
    """The jobs-a-minute window: the accepted jobs of the last 60 s. When it is full, a place is free again once so
    many of them are older that fewer than the limit are left; else it renews as the first of them is."""
    limit, since = limits.jobs_per_minute, now - WINDOW_SECONDS
    row = SQL.jobs_since(connection, customer_id=customer_id, since=since, now=now)
    renews_at = now + WINDOW_SECONDS if row["first_at"] is None else row["first_at"] + WINDOW_SECONDS
    if row["jobs"] > limit > 0:
        newest = SQL.newest_job_but(connection, customer_id=customer_id, since=since, now=now, but=limit - 1)
        renews_at = newest + WINDOW_SECONDS
    return Window(limit, max(0, limit - row["jobs"]), max(1, math.ceil(renews_at - now)), row["jobs"])


def active_jobs(connection: Connection, customer_id: int) -> int:
    """How many jobs are planning, queued or running."""
    return int(SQL.active_jobs(connection, customer_id=customer_id))


def units_planned_today(connection: Connection, customer_id: int, now: float) -> int:
    """How many units were planned on this UTC day."""
    return int(SQL.units_planned(connection, customer_id=customer_id, day=utc_day(now)) or 0)


def next_day_at(now: float) -> float:
    """When the next UTC day begins, in Unix seconds."""
    return (now // DAY_SECONDS + 1) * DAY_SECONDS


def check_may_submit(tx: Transaction, customer_id: int, limits: Limits, units: int, now: float) -> None:
    """Whether another job of so many units may be accepted; if so, its units are counted for today.

    Raises RATE_LIMITED (jobs a minute), DAILY_TASK_LIMIT_EXCEEDED, RATE_LIMITED (active jobs), in this order and each
    with Retry-After. The count is undone with the transaction when the job is refused later on.
    """
    if refusal := _too_many_a_minute(tx.connection, customer_id, limits, now):
        raise refusal
    count_units(tx, customer_id, limits, units, now)
    check_active_jobs(tx, customer_id, limits)


def check_active_jobs(tx: Transaction, customer_id: int, limits: Limits) -> None:
    """Raises RATE_LIMITED when so many jobs are active that no other may begin."""
    if refusal := _too_many_active(tx.connection, customer_id, limits):
        raise refusal


def count_units(tx: Transaction, customer_id: int, limits: Limits, units: int, now: float) -> None:
    """Counts units planned today. Raises DAILY_TASK_LIMIT_EXCEEDED when they don't all fit what is left."""
    if refusal := _too_many_units(tx.connection, customer_id, limits, units, now):
        raise refusal
    SQL.count_units(tx.connection, customer_id=customer_id, day=utc_day(now), units=units)


def refusals_of_submit(
    connection: Connection, customer_id: int, limits: Limits, units: int, now: float
) -> list[ApiError]:
    """What another job of so many units would be refused for at this moment; nothing is counted."""
    found = (
        _too_many_a_minute(connection, customer_id, limits, now),
        _too_many_units(connection, customer_id, limits, units, now),
        _too_many_active(connection, customer_id, limits),
    )
    return [refusal for refusal in found if refusal is not None]


def _too_many_a_minute(connection: Connection, customer_id: int, limits: Limits, now: float) -> ApiError | None:
    window = job_window(connection, customer_id, limits, now)
    if window.remaining:
        return None
    hint = None if window.limit else NOTHING_ALLOWED
    return rate_limited(f"{window.limit} jobs a minute are allowed", window.reset_seconds, hint=hint)


def _too_many_active(connection: Connection, customer_id: int, limits: Limits) -> ApiError | None:
    active = active_jobs(connection, customer_id)
    if active < limits.active_jobs:
        return None
    return ApiError(
        ErrorCode.RATE_LIMITED,
        f"{active} jobs are active and {limits.active_jobs} are allowed at a time",
        hint="Wait until one has ended, or cancel one." if limits.active_jobs else NOTHING_ALLOWED,
        headers={"Retry-After": str(CONCURRENCY_RETRY_SECONDS)},
    )


def _too_many_units(
    connection: Connection, customer_id: int, limits: Limits, units: int, now: float
) -> ApiError | None:
    planned = units_planned_today(connection, customer_id, now)
    if planned + units <= limits.units_per_day:
        return None
    left = max(0, limits.units_per_day - planned)
    return ApiError(
        ErrorCode.DAILY_TASK_LIMIT_EXCEEDED,
        f"this plans {units} units and {left} of today's {limits.units_per_day} are left",
        hint=None if limits.units_per_day else NOTHING_ALLOWED,
        headers={"Retry-After": str(math.ceil(next_day_at(now) - now))},
    )


def forget_days(tx: Transaction, *, now: float) -> None:
    """Removes the counts of days before yesterday."""
    SQL.forget_days(tx.connection, day=utc_day(now - DAY_SECONDS))


def rate_limited(message: str, retry_after_seconds: int, *, hint: str | None = None) -> ApiError:
    """A RATE_LIMITED that says when to come again."""
    return ApiError(
        ErrorCode.RATE_LIMITED,
        message,
        hint=hint or f"Try again in {retry_after_seconds} seconds.",
        headers={"Retry-After": str(retry_after_seconds)},
    )
