"""The operator's list of jobs, against a plain model; and cancelling one in the operator's name."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.accounts.limits import Limits
from core.errors import ApiError, ErrorCode
from core.jobs.directory import all_jobs, cancel_for_operator, show_job
from core.protocol.customer import JobStatus, TrainingJob
from tests.core.engine import Engine

MANY = Limits(active_jobs=100, jobs_per_minute=100)
STATUSES = [status.value for status in JobStatus]


def cancel(engine: Engine, job: TrainingJob, reason: str | None = None) -> bool:
    with engine.store.transaction() as tx:
        _, was_active = cancel_for_operator(
            tx, engine.index, job.id, reason=reason, now=engine.now, new_id=engine.new_id
        )
    return was_active


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**16), statuses=st.sets(st.sampled_from(STATUSES)), limit=st.integers(1, 4))
def test_pages_hold_every_job_that_passes_the_filters_once(seed: int, statuses: set[str], limit: int) -> None:
    rng = random.Random(seed)
    with TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        customers = [engine.customer() for _ in range(2)]
        made: list[tuple[str, int, str]] = []
        for _ in range(8):
            customer = rng.choice(customers)
            job = engine.job(customer, limits=MANY)
            status = rng.choice(["queued", "cancelled", "cancelled"])
            if status == "cancelled":
                cancel(engine, job)
            made.insert(0, (job.id, customer, status))
        publics = {id: engine.one("SELECT public_id FROM customers WHERE id = ?", id) for id in customers}
        for customer_id in (None, *customers):
            expected = [
                id
                for id, owner, status in made
                if customer_id in (None, owner) and (not statuses or status in statuses)
            ]
            seen: list[str] = []
            before: int | None = None
            while page := all_jobs(
                engine.store.connection,
                statuses=sorted(statuses),
                customer_id=None if customer_id is None else publics[customer_id],
                before=before,
                limit=limit,
                now=engine.now,
            ):
                seen += [job.id for _, job in page]
                before = page[-1][0]
            assert seen == expected
        engine.check()
        engine.store.close()


def test_a_job_is_cancelled_once_with_words_for_its_customer(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node = engine.node("otter")
    lease = node.take()
    assert cancel(engine, job, "the power goes off") and not cancel(engine, job)
    reason = engine.one("SELECT reason FROM attempts WHERE public_id = ?", lease.attempt_id)
    assert reason == "the job was cancelled by the operator: the power goes off"
    shown = show_job(engine.store.connection, job.id, now=engine.now)
    assert (shown.status, shown.customer_email) == ("cancelled", "customer1@example.com")
    assert engine.balance(customer) == (1000 * 10**6, 0)


def test_what_has_ended_otherwise_is_a_conflict_and_what_is_not_there_is_not_found(engine: Engine) -> None:
    job = engine.job(engine.customer())
    engine.pass_time(8 * 86_400)
    assert show_job(engine.store.connection, job.id, now=engine.now).status == "failed"
    with pytest.raises(ApiError) as refused:
        cancel(engine, job)
    assert refused.value.code is ErrorCode.STATE_CONFLICT
    with pytest.raises(ApiError) as refused:
        show_job(engine.store.connection, "nothing", now=engine.now)
    assert refused.value.code is ErrorCode.JOB_NOT_FOUND
