"""What a customer may use: defaults, overrides, and the checks that count jobs and units durably.

Requests a minute are counted in memory by the server (`RequestWindows`): they protect a process, not an account.
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
    max_vram_mb: int = 196_608
    max_disk_mb: int = 1_048_576
    max_runtime_seconds: int = 604_800
    max_name_characters: int = 200


DEFAULTS = Limits()


class Window(msgspec.Struct, frozen=True):
    """A count that renews: what is allowed in it, what is left, whole seconds until it renews."""

    limit: int
    remaining: int
    reset_seconds: int


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

    Raises VALIDATION_FAILED, with a row for every name that is no limit and every value below 0.
    """
    bad = {name: "is not a limit" for name in changes if name not in Limits.__struct_fields__}
    bad |= {name: "must be 0 or more" for name, value in changes.items() if value is not None and value < 0}
    if bad:
        raise validation_failed(**bad)
    stored: dict[str, Any] = msgspec.json.decode(SQL.limits_of(tx.connection, customer_id=customer_id))
    kept = {name: value for name, value in {**stored, **changes}.items() if value is not None}
    text = msgspec.json.encode(kept, order="sorted").decode()
    SQL.set_limits(tx.connection, customer_id=customer_id, limits=text)
    return limits_from(text)


def job_window(connection: Connection, customer_id: int, limits: Limits, now: float) -> Window:
    """The jobs-a-minute window: the accepted jobs of the last 60 s; a place is free again when the first is older."""
    row = SQL.jobs_since(connection, customer_id=customer_id, since=now - WINDOW_SECONDS)
    reset = WINDOW_SECONDS if row["first_at"] is None else row["first_at"] + WINDOW_SECONDS - now
    return Window(limits.jobs_per_minute, max(0, limits.jobs_per_minute - row["jobs"]), max(1, math.ceil(reset)))


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

    Raises RATE_LIMITED (jobs a minute, active jobs) or DAILY_TASK_LIMIT_EXCEEDED, each with Retry-After. The count is
    undone with the transaction when the job is refused later on.
    """
    if refusal := _too_many_a_minute(tx.connection, customer_id, limits, now):
        raise refusal
    check_active_jobs(tx, customer_id, limits)
    count_units(tx, customer_id, limits, units, now)


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
        _too_many_active(connection, customer_id, limits),
        _too_many_units(connection, customer_id, limits, units, now),
    )
    return [refusal for refusal in found if refusal is not None]


def _too_many_a_minute(connection: Connection, customer_id: int, limits: Limits, now: float) -> ApiError | None:
    window = job_window(connection, customer_id, limits, now)
    if window.remaining:
        return None
    return rate_limited(f"{window.limit} jobs a minute are allowed", window.reset_seconds)


def _too_many_active(connection: Connection, customer_id: int, limits: Limits) -> ApiError | None:
    active = active_jobs(connection, customer_id)
    if active < limits.active_jobs:
        return None
    return ApiError(
        ErrorCode.RATE_LIMITED,
        f"{active} jobs are active and {limits.active_jobs} are allowed at a time",
        hint="Wait until one has ended, or cancel one.",
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
        f"the plan has {units} units and {left} of today's {limits.units_per_day} are left",
        headers={"Retry-After": str(math.ceil(next_day_at(now) - now))},
    )


def forget_days(tx: Transaction, *, now: float) -> None:
    """Removes the counts of days before yesterday."""
    SQL.forget_days(tx.connection, day=utc_day(now - DAY_SECONDS))


def rate_limited(message: str, retry_after_seconds: int) -> ApiError:
    """A RATE_LIMITED that says when to come again."""
    return ApiError(
        ErrorCode.RATE_LIMITED,
        message,
        hint=f"Try again in {retry_after_seconds} seconds.",
        headers={"Retry-After": str(retry_after_seconds)},
    )


class RequestWindows:
    """Requests a minute by who asks (a customer or an address), in fixed windows, in memory."""

    def __init__(self) -> None:
        self._windows: dict[int | str, tuple[float, int]] = {}
        self._swept_at = 0.0

    def count(self, who: int | str, limit: int, now: float) -> Window:
        """Counts one request, unless the window is full. A window with `remaining` -1 means: refuse this request."""
        self._sweep(now)
        started, used = self._windows.get(who, (now, 0))
        if not 0 <= now - started < WINDOW_SECONDS:
            started, used = now, 0
        remaining = limit - used - 1
        if remaining >= 0:
            self._windows[who] = (started, used + 1)
        return Window(limit, remaining, max(1, math.ceil(started + WINDOW_SECONDS - now)))

    def _sweep(self, now: float) -> None:
        """Forgets what is over, once a window, so that passing strangers cost no memory."""
        if 0 <= now - self._swept_at < WINDOW_SECONDS:
            return
        self._swept_at = now
        self._windows = {who: window for who, window in self._windows.items() if 0 <= now - window[0] < WINDOW_SECONDS}
