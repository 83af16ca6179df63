from collections.abc import Callable

import pytest

from core.accounts.limits import (
    DEFAULTS,
    Limits,
    check_may_submit,
    count_units,
    forget_days,
    job_window,
    limits_of,
    set_limits,
    units_planned_today,
)
from core.errors import ApiError, ErrorCode
from core.store.database import Store

NOW = 1_775_001_600.0  # a UTC midnight
NewId = Callable[[], str]


def add_jobs(store: Store, customer_id: int, new_id: NewId, statuses: list[str], created_at: float) -> None:
    """Rows as a submit leaves them; only owner, status and time matter here."""
    execute = store.connection.execute
    execute(
        "INSERT OR IGNORE INTO uploads (id, public_id, kind, customer_id, name, version, status, created_at)"
        " VALUES (1, 'd', 'dataset', ?, 'd', 1, 'ready', 0)",
        [customer_id],
    )
    for status in statuses:
        execute(
            "INSERT INTO jobs (public_id, customer_id, name, status, dataset_id, package_id, required_vram_mb,"
            " required_disk_mb, max_runtime_seconds, sensitivity, strategy, params, priority, created_at)"
            " VALUES (?, ?, 'j', ?, 1, 1, 0, 0, 60, 'public', '{}', '{}', 0, ?)",
            [new_id(), customer_id, status, created_at],
        )


def submit(store: Store, customer_id: int, limits: Limits, units: int, now: float) -> None:
    with store.transaction() as tx:
        check_may_submit(tx, customer_id, limits, units, now)


def refusal(store: Store, customer_id: int, limits: Limits, units: int, now: float) -> ApiError:
    with pytest.raises(ApiError) as refused:
        submit(store, customer_id, limits, units, now)
    return refused.value


def test_a_new_customer_has_the_published_limits(store: Store, customer_id: int) -> None:
    limits = limits_of(store.connection, customer_id)
    assert limits == DEFAULTS
    assert (limits.jobs_per_minute, limits.active_jobs, limits.units_per_day) == (10, 3, 200)
    assert limits.storage_bytes == 50 * 2**30


def test_one_limit_can_be_set_and_put_back_without_touching_the_others(store: Store, customer_id: int) -> None:
    with store.transaction() as tx:
        set_limits(tx, customer_id, {"active_jobs": 5, "units_per_day": 7})
        set_limits(tx, customer_id, {"units_per_day": None})
    limits = limits_of(store.connection, customer_id)
    assert limits.active_jobs == 5
    assert limits.units_per_day == DEFAULTS.units_per_day


def test_every_bad_limit_has_a_row(store: Store, customer_id: int) -> None:
    with pytest.raises(ApiError) as refused, store.transaction() as tx:
        set_limits(tx, customer_id, {"active_jobs": -1, "colour": 3, "units_per_day": 2**53 + 1, "queued_days": 36_501})
    assert {row.field for row in refused.value.details} == {"active_jobs", "colour", "units_per_day", "queued_days"}


def test_a_fourth_active_job_is_refused_until_one_ends(store: Store, customer_id: int, new_id: NewId) -> None:
    add_jobs(store, customer_id, new_id, ["planning", "queued", "running"], NOW - 3600)
    error = refusal(store, customer_id, DEFAULTS, 4, NOW)
    assert error.code is ErrorCode.RATE_LIMITED
    assert error.headers["Retry-After"] == "30"
    store.connection.execute("UPDATE jobs SET status = 'failed' WHERE status = 'running'")
    submit(store, customer_id, DEFAULTS, 4, NOW)


def test_an_eleventh_job_of_a_minute_is_refused_and_told_when_to_come_again(
    store: Store, customer_id: int, new_id: NewId
) -> None:
    add_jobs(store, customer_id, new_id, ["completed"] * 4, NOW - 50)
    add_jobs(store, customer_id, new_id, ["completed"] * 6, NOW - 10)
    window = job_window(store.connection, customer_id, DEFAULTS, NOW)
    assert (window.limit, window.remaining, window.reset_seconds) == (10, 0, 10)
    error = refusal(store, customer_id, DEFAULTS, 4, NOW)
    assert (error.code, error.headers["Retry-After"]) == (ErrorCode.RATE_LIMITED, "10")
    submit(store, customer_id, DEFAULTS, 4, NOW + 10)


def test_units_are_counted_by_utc_day_and_a_plan_that_does_not_fit_is_refused_whole(
    store: Store, customer_id: int
) -> None:
    submit(store, customer_id, DEFAULTS, 198, NOW)
    error = refusal(store, customer_id, DEFAULTS, 4, NOW + 3600)
    assert error.code is ErrorCode.DAILY_TASK_LIMIT_EXCEEDED
    assert error.headers["Retry-After"] == str(23 * 3600)
    assert units_planned_today(store.connection, customer_id, NOW) == 198
    submit(store, customer_id, DEFAULTS, 2, NOW + 3600)
    submit(store, customer_id, DEFAULTS, 200, NOW + 86_400)


def test_a_job_that_is_refused_later_on_counts_nothing(store: Store, customer_id: int) -> None:
    with pytest.raises(RuntimeError), store.transaction() as tx:
        check_may_submit(tx, customer_id, DEFAULTS, 50, NOW)
        raise RuntimeError("no credits")
    assert units_planned_today(store.connection, customer_id, NOW) == 0


def test_counts_of_days_long_gone_are_removed(store: Store, customer_id: int) -> None:
    with store.transaction() as tx:
        for day in range(4):
            count_units(tx, customer_id, DEFAULTS, 1, NOW + day * 86_400)
        forget_days(tx, now=NOW + 3 * 86_400)
    assert store.connection.execute("SELECT count(*) FROM unit_days").fetchone()[0] == 2
