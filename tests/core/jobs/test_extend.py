"""More time for a job: what is held for it, how its nodes hear of it, and what it may cost then."""

from typing import Any

import msgspec
import pytest

from core.accounts.limits import DEFAULTS
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel, retry
from core.jobs.extend import extend, with_money
from core.jobs.read import get_job
from core.nodes.nodes import authenticate
from core.protocol.job_changes import ChangedJob
from core.protocol.node import (
    PROTOCOL_VERSION,
    DirectiveKind,
    ExchangeRequest,
    ExchangeResponse,
    FailedReport,
    Fault,
    HeldAttempt,
    Lease,
)
from core.scheduling.assignment import Urls
from core.scheduling.exchange import exchange, news_for
from tests.core.engine import Engine, EngineNode

RATE = 200


def longer(engine: Engine, customer: int, job: str, seconds: int) -> ChangedJob:
    with engine.store.transaction() as tx:

        def change() -> Any:
            return extend(
                tx,
                engine.index,
                customer,
                job,
                max_runtime_seconds=seconds,
                limits=DEFAULTS,
                now=engine.now,
                new_id=engine.new_id,
            )

        return with_money(tx, customer, job, change)


def training(engine: Engine, node: EngineNode) -> Lease:
    """The train unit, started."""
    node.run(node.take())
    lease = node.take()
    assert lease.role == "train"
    node.start(lease)
    return lease


def call(node: EngineNode, lease: Lease, seconds: float | None, *reports: Any) -> ExchangeResponse:
    """A call of a node that knows of such a limit."""
    engine = node.engine
    request = ExchangeRequest(
        protocol=PROTOCOL_VERSION,
        agent_version="test",
        attempts=[HeldAttempt(lease.attempt_id, lease.token, seconds)],
        reports=[msgspec.Raw(msgspec.json.encode(report)) for report in reports],
    )
    urls = Urls(lambda digest, size: "", lambda customer, digest, size: "")
    with engine.store.transaction() as tx:
        found = authenticate(tx.connection, node.credential)
        if not reports:
            assert (
                news_for(tx.connection, found, request)
                == exchange(tx, found, request, engine.exchanging(urls)).response.directives
            )
        return exchange(tx, found, request, engine.exchanging(urls)).response


def test_the_difference_is_held_for_what_has_not_finished_and_the_same_again_changes_nothing(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer, max_runtime_seconds=600)
    held = engine.balance(customer)[1]
    node = engine.node("n0")
    node.run(node.take())
    made = longer(engine, customer, job.id, 1000)
    assert made.max_runtime_seconds == 1000
    assert (
        made.change is not None and made.change.hold_micro == 400 * RATE
    )  # of four units only train is the customer's
    assert (made.change.release_micro, made.change.charge_micro) == (0, 0)
    assert made.change.balance_micro == engine.balance(customer)[0]
    again = longer(engine, customer, job.id, 1000)
    assert again.change is not None and again.change.hold_micro == 0
    assert engine.balance(customer)[1] < held + 400 * RATE


def test_a_node_is_told_with_each_call_until_it_names_the_new_limit(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer, max_runtime_seconds=600)
    node = engine.node("n0")
    lease = training(engine, node)
    assert call(node, lease, 600.0).directives == []
    engine.index.take_news()
    longer(engine, customer, job.id, 1000)
    assert engine.index.take_news()[1] == {1}  # its open poll is woken
    for _ in range(2):
        [told] = call(node, lease, 600.0).directives
        assert (told.kind, told.attempt_id, told.max_runtime_seconds) == (DirectiveKind.EXTEND, lease.attempt_id, 1000)
    assert call(node, lease, 1000.0).directives == []
    assert call(node, lease, None).directives == []  # a program that is too old to be told
    node.exit(lease, 10.0)
    assert call(node, lease, 600.0).directives == []


def test_what_is_charged_may_grow_with_the_limit_and_never_above_what_is_held(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer, max_runtime_seconds=600)
    node = engine.node("n0")
    lease = training(engine, node)
    longer(engine, customer, job.id, 1000)
    engine.now += 5000
    node.exit(lease, 5000.0)
    node.complete(lease)
    engine.conclude(node.to_verify)
    charged = "SELECT charged_micro FROM units WHERE role = 'train'"
    assert engine.one(charged) == 1000 * RATE


def test_a_later_attempt_gets_the_longer_limit(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer, max_runtime_seconds=600)
    node = engine.node("n0")
    lease = training(engine, node)
    longer(engine, customer, job.id, 1000)
    node.fail(lease, Fault.NODE)
    node.held.clear()
    assert node.take().limits.max_runtime_seconds == 1000


def wall_clock(node: EngineNode, lease: Lease) -> FailedReport:
    return FailedReport(
        attempt_id=lease.attempt_id,
        token=lease.token,
        number=node.number(),
        fault=Fault.CUSTOMER,
        code="wall_clock",
        message="stopped by the node: 600 seconds, 600 allowed",
        limit=600.0,
        measured=600.0,
    )


def test_code_that_was_ended_before_its_node_could_hear_of_it_is_tried_again(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer, max_runtime_seconds=600)
    node = engine.node("n0")
    lease = training(engine, node)
    longer(engine, customer, job.id, 1000)
    call(node, lease, 600.0, wall_clock(node, lease))
    assert engine.states()["train"] == "ready"
    node.held.clear()
    again = node.take()
    node.start(again)
    call(node, again, 1000.0, wall_clock(node, again))
    assert get_job(engine.store.connection, customer, job.id, now=engine.now).status == "failed"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(599, ErrorCode.VALIDATION_FAILED), (-1, ErrorCode.VALIDATION_FAILED), (604_801, ErrorCode.PLAN_INFEASIBLE)],
)
def test_it_is_never_shortened_nor_above_the_ceiling(engine: Engine, seconds: int, code: ErrorCode) -> None:
    customer = engine.customer()
    job = engine.job(customer, max_runtime_seconds=600)
    with pytest.raises(ApiError) as refused:
        longer(engine, customer, job.id, seconds)
    assert refused.value.code == code
    assert refused.value.details[0].field == "max_runtime_seconds"


def test_who_can_not_pay_for_it_keeps_the_job_as_it_is(engine: Engine) -> None:
    customer = engine.customer(credits=1)
    job = engine.job(customer, max_runtime_seconds=600)
    before = engine.balance(customer)
    with pytest.raises(ApiError) as refused:
        longer(engine, customer, job.id, 600_000)
    assert refused.value.code == ErrorCode.CREDIT_INSUFFICIENT
    assert engine.balance(customer) == before
    assert get_job(engine.store.connection, customer, job.id, now=engine.now).max_runtime_seconds == 600


def test_a_job_that_has_ended_is_not_extended_and_a_retried_one_keeps_what_it_had(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer, max_runtime_seconds=600)
    longer(engine, customer, job.id, 1000)
    with engine.store.transaction() as tx:
        money = with_money(
            tx,
            customer,
            job.id,
            lambda: cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id),
        ).change
    assert money is not None and money.release_micro == (1000 + 3 * 600) * RATE
    with pytest.raises(ApiError) as refused:
        longer(engine, customer, job.id, 2000)
    assert refused.value.code == ErrorCode.STATE_CONFLICT
    with engine.store.transaction() as tx:
        money = with_money(
            tx,
            customer,
            job.id,
            lambda: retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id),
        ).change
    assert money is not None and money.hold_micro == (1000 + 3 * 600) * RATE
    assert longer(engine, customer, job.id, 2000).max_runtime_seconds == 2000
