"""What a job costs: each unit once, for its own seconds, and what was held comes back."""

import pytest

from core.accounts.limits import DEFAULTS
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel, retry
from core.jobs.read import get_job, list_units
from core.packages.training_toml import PackageTable
from core.protocol.customer import Sensitivity
from core.protocol.node import (
    Confinement,
    Fault,
)
from tests.core.engine import Engine


def get_first_job(engine: Engine) -> str:
    return str(engine.one("SELECT public_id FROM jobs ORDER BY id LIMIT 1"))


def test_each_unit_is_charged_once_for_its_own_seconds_and_holds_come_back(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    engine.job(customer)
    assert engine.balance(customer)[1] > 0
    node = engine.node("n0")
    node.run_all()
    available, held = engine.balance(customer)
    assert held == 0
    assert 10 * 10**6 - available == 4 * 10 * 200
    assert engine.one("SELECT balance_micro FROM ledger_accounts WHERE kind = 'operator'") == 4 * 1800
    assert engine.one("SELECT balance_micro FROM ledger_accounts WHERE kind = 'fees'") == 4 * 200


def test_a_replayed_completion_charges_nothing(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.run(lease)
    before = engine.balance(customer)
    assert node.complete(lease) == "replayed"
    assert engine.balance(customer) == before
    assert node.to_verify == []


def test_a_completion_with_a_superseded_token_changes_nothing(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    slow, quick = engine.node("slow"), engine.node("quick")
    lost = slow.take()
    slow.start(lost)
    assert engine.pass_time(46) == 1
    taken = quick.take()
    assert (taken.unit_id, taken.number) == (lost.unit_id, 2)
    before = engine.balance(customer)
    assert slow.complete(lost) == "superseded"
    assert engine.balance(customer) == before
    assert engine.one("SELECT outcome FROM attempts WHERE number = 1") == "lost"
    quick.run(taken)
    assert engine.states()["prepare"] == "completed"


def test_another_attempt_goes_on_from_the_newest_checkpoint_and_both_owners_are_paid(engine: Engine) -> None:
    customer, first_owner, second_owner = engine.customer(), engine.customer(0), engine.customer(0)
    engine.job(customer)
    first = engine.node("first", owner_id=first_owner)
    second = engine.node("second", owner_id=second_owner)
    first.run(first.take())
    lease = first.take()
    first.start(lease)
    engine.now += 30
    assert first.checkpoint(lease, 1, step=30, seconds=30.0) == "accepted"
    engine.pass_time(60)
    taken = second.take()
    assert taken.checkpoint is not None and taken.checkpoint.step == 30
    second.run(taken, seconds=20)
    assert engine.one("SELECT tries FROM units WHERE role = 'train'") == 0
    assert engine.one("SELECT charged_micro FROM units WHERE role = 'train'") == 50 * 200
    assert engine.balance(first_owner)[0] == 10 * 180 + 30 * 180
    assert engine.balance(second_owner)[0] == 20 * 180
    _, train = list_units(engine.store.connection, customer, get_first_job(engine), after=None, limit=9)[1]
    assert [a.checkpoint_used for a in train.attempts] == [True, False]
    assert train.attempts[1].resumed_from_step == 30


def test_seconds_are_the_backends_own_and_never_more_than_the_node_claims(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    engine.now += 40
    node.exit(lease, 7.5)
    node.complete(lease)
    engine.conclude(node.to_verify)
    assert engine.one("SELECT charged_micro FROM units WHERE role = 'prepare'") == 1500


def test_a_job_on_ones_own_node_moves_nothing(engine: Engine) -> None:
    customer = engine.customer(credits=5)
    engine.job(customer, sensitivity=Sensitivity.RESTRICTED)
    engine.node("mine", owner_id=customer, confinement=Confinement.NONE).run_all()
    assert engine.balance(customer) == (5 * 10**6, 0)
    assert set(engine.states().values()) == {"completed"}


def test_a_cancelled_job_tells_its_node_to_stop_and_gives_its_hold_back(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    job = engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    assert [d.kind for d in node.exchange().directives] == ["cancel"]
    assert engine.balance(customer) == (10 * 10**6, 0)
    assert node.complete(lease) == "superseded"


def test_a_retried_job_runs_what_failed_again_and_charges_what_was_done_once(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    job = engine.job(customer)
    node = engine.node("n0")
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    node.fail(lease, Fault.CUSTOMER)
    node.held.clear()
    with engine.store.transaction() as tx:
        again = retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    assert again.status == "queued" and again.failure is None
    node.run_all()
    assert set(engine.states().values()) == {"completed"}
    assert engine.one("SELECT attempts FROM units WHERE role = 'train'") == 2


def test_a_unit_that_waited_seven_days_fails_its_job_and_the_hold_returns(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    job = engine.job(customer)
    engine.pass_time(7 * 86_400 + 1)
    seen = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert seen.status == "failed" and seen.failure is not None and seen.failure.code == "no_node"
    assert engine.balance(customer) == (10 * 10**6, 0)


def test_too_few_credits_refuse_the_job_whole(engine: Engine) -> None:
    customer = engine.customer(credits=0)
    with pytest.raises(ApiError) as refused:
        engine.job(customer)
    assert refused.value.code == ErrorCode.CREDIT_INSUFFICIENT
    assert engine.one("SELECT count(*) FROM jobs") == 0
    assert engine.one("SELECT count(*) FROM unit_days") == 0


def test_the_published_example_is_held_at_under_five_credits(engine: Engine) -> None:
    customer = engine.customer(credits=5)
    engine.job(
        customer, required_vram_mb=8000, required_disk_mb=1024, package=PackageTable("p", requirements=["numpy"])
    )
    assert 0 < engine.balance(customer)[1] < 5 * 10**6
