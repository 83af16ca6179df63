"""Results that are taken back: units, artifacts and money go back with them, and the customer pays once."""

import pytest

from core.accounts.limits import DEFAULTS
from core.billing.rates import set_rates
from core.billing.statement import ledger_rows
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel, retry
from core.jobs.invalidation import Invalidated, find_unit, invalidate_unit
from core.jobs.read import get_job, list_artifacts
from core.protocol.customer import Sensitivity
from core.protocol.node import Confinement, Fault
from tests.core.engine import Engine, EngineNode


def invalidate(engine: Engine, role: str, reason: str = "a replay gave another model") -> Invalidated:
    unit_id = engine.one("SELECT id FROM units WHERE role = ? ORDER BY id LIMIT 1", role)
    with engine.store.transaction() as tx:
        return invalidate_unit(tx, engine.index, unit_id, reason, now=engine.now, new_id=engine.new_id)


def names(engine: Engine, customer: int, job: str) -> set[str]:
    rows = list_artifacts(engine.store.connection, customer, job, after=None, limit=99, keep_seconds=1)
    return {row.name for _, row in rows}


def charges(engine: Engine) -> list[int]:
    return [row[0] for row in engine.store.connection.execute("SELECT charged_micro FROM units ORDER BY id")]


def kinds(engine: Engine, customer: int, count: int) -> list[tuple[str, int]]:
    rows = ledger_rows(engine.store.connection, customer, before=None, limit=count)
    return [(row.kind, row.amount_micro) for _, row in rows]


def a_completed_job(engine: Engine, owner: int | None = None, credits: int = 10) -> tuple[int, str, EngineNode]:
    customer = engine.customer(credits=credits)
    job = engine.job(customer)
    node = engine.node("first", owner_id=owner)
    node.run_all()
    return customer, job.id, node


def test_a_unit_and_all_built_on_it_run_again_and_the_customer_pays_once(engine: Engine) -> None:
    owner, other = engine.customer(credits=0), engine.customer(credits=0)
    customer, job, _ = a_completed_job(engine, owner)
    paid = engine.balance(customer)
    before = names(engine, customer, job)
    done = invalidate(engine, "train")
    assert len(done.units) == 3 and (done.job_id, done.job_status) == (job, "queued")
    assert engine.states() == {"prepare": "completed", "train": "ready", "evaluate": "blocked", "package": "blocked"}
    assert {name for name in before if name.startswith("prepare/") or name.endswith(".log")} == names(
        engine, customer, job
    )
    assert engine.balance(owner)[0] == 1800
    assert engine.one("SELECT balance_micro FROM ledger_accounts WHERE kind = 'withheld'") == 3 * 2000
    assert engine.balance(customer) == paid
    engine.node("second", owner_id=other).run_all()
    assert get_job(engine.store.connection, customer, job, now=engine.now).status == "completed"
    assert engine.balance(customer) == paid
    assert (engine.balance(owner)[0], engine.balance(other)[0]) == (1800, 3 * 1800)
    assert names(engine, customer, job) >= before
    assert engine.one("SELECT count(*) FROM ledger_transfers WHERE kind = 'charge'") == 4


def test_the_wrong_attempt_says_why_and_those_built_on_it_that_it_was_not_theirs(engine: Engine) -> None:
    a_completed_job(engine)
    invalidate(engine, "evaluate")
    rows = engine.store.connection.execute(
        "SELECT u.role, a.outcome, a.reason FROM attempts a JOIN units u ON u.id = a.unit_id ORDER BY u.id"
    )
    assert [tuple(row) for row in rows] == [
        ("prepare", "completed", None),
        ("train", "completed", None),
        ("evaluate", "verification_failed", "the result was invalidated: a replay gave another model"),
        (
            "package",
            "cancelled",
            "the result of evaluate, which this needs, was invalidated: a replay gave another model",
        ),
    ]


def test_keys_of_artifacts_that_are_gone_are_not_given_again(engine: Engine) -> None:
    """A URL that is signed for 15 minutes names one, and a job that begins with a checkpoint."""
    _, _, node = a_completed_job(engine)
    newest = engine.one("SELECT max(id) FROM artifacts")
    invalidate(engine, "package")
    assert engine.one("SELECT max(id) FROM artifacts") < newest
    kept = engine.one("SELECT count(*) FROM artifacts")
    node.run_all()
    made = engine.one("SELECT count(*) FROM artifacts WHERE id > ?", newest)
    assert made == engine.one("SELECT count(*) FROM artifacts") - kept > 0


def test_an_owner_who_has_spent_it_owes_it_and_earns_it_back(engine: Engine) -> None:
    owner = engine.customer(credits=0)
    with engine.store.transaction() as tx:
        set_rates(tx, {"cpu": 100_000})
    customer, _, node = a_completed_job(engine, owner, credits=1000)
    with engine.store.transaction() as tx:
        set_rates(tx, {"cpu": 1})
    engine.job(owner, max_runtime_seconds=600)
    available, held = engine.balance(owner)
    invalidate(engine, "prepare")
    assert engine.balance(owner) == (available - 4 * 900_000, held) and available < 4 * 900_000
    with pytest.raises(ApiError) as refused:
        engine.job(owner)
    assert refused.value.code == ErrorCode.CREDIT_INSUFFICIENT
    node.run_all()
    assert engine.balance(owner)[0] > 0
    assert engine.balance(customer)[1] == 0


def test_who_owes_something_has_charged_work_done_again_all_the_same(engine: Engine) -> None:
    owner = engine.customer(credits=0)
    with engine.store.transaction() as tx:
        set_rates(tx, {"cpu": 100_000})
    a_completed_job(engine, owner, credits=1000)
    with engine.store.transaction() as tx:
        set_rates(tx, {"cpu": 1})
    own = engine.job(owner)
    engine.node("theirs").run_all()
    invalidate(engine, "prepare")
    assert engine.balance(owner) == (-4 * 10, 0)
    unit_id = engine.one("SELECT max(id) FROM units")
    with engine.store.transaction() as tx:
        done = invalidate_unit(tx, engine.index, unit_id, "wrong", now=engine.now, new_id=engine.new_id)
    assert (done.job_id, done.job_status) == (own.id, "queued")


def test_work_that_is_done_again_for_less_costs_less_and_for_more_no_more(engine: Engine) -> None:
    customer, _, node = a_completed_job(engine)
    invalidate(engine, "package")
    node.run(node.take(), seconds=4.0)
    assert charges(engine) == [2000, 2000, 2000, 800]
    assert kinds(engine, customer, 2) == [("reversal", 1200), ("charge", -2000)]
    invalidate(engine, "package")
    node.run(node.take(), seconds=400.0)
    assert charges(engine) == [2000, 2000, 2000, 800]
    assert engine.balance(customer) == (10 * 10**6 - 6800, 0)


def test_what_never_has_a_result_after_all_costs_nothing_and_a_retry_takes_it_again(engine: Engine) -> None:
    customer, job, node = a_completed_job(engine)
    invalidate(engine, "train")
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job, now=engine.now, new_id=engine.new_id)
    assert engine.balance(customer) == (10 * 10**6 - 2000, 0)
    assert charges(engine) == [2000, 0, 0, 0]
    assert kinds(engine, customer, 3) == [("reversal", 2000)] * 3
    with engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    assert engine.balance(customer) == (10 * 10**6 - 8000, 0)
    node.run_all()
    assert charges(engine) == [2000] * 4
    assert engine.one("SELECT count(*) FROM ledger_transfers WHERE kind = 'charge'") == 4


def test_a_retry_of_what_was_charged_needs_the_credits_for_it(engine: Engine) -> None:
    customer, job, _ = a_completed_job(engine, credits=1)
    invalidate(engine, "prepare")
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job, now=engine.now, new_id=engine.new_id)
    engine.job(customer, max_runtime_seconds=3190)
    assert engine.balance(customer)[0] < 4 * 2000
    before = charges(engine)
    with pytest.raises(ApiError) as refused, engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    assert refused.value.code == ErrorCode.CREDIT_INSUFFICIENT
    assert charges(engine) == before


def test_in_a_job_that_failed_units_go_back_only_when_it_is_retried(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    job = engine.job(customer)
    node = engine.node("n0")
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    node.checkpoint(lease, 1, step=5, seconds=1.0)
    node.fail(lease, Fault.CUSTOMER)
    node.held.clear()
    done = invalidate(engine, "prepare")
    assert done.job_status == "failed" and engine.states()["prepare"] == "cancelled"
    assert engine.balance(customer) == (10 * 10**6, 0)
    assert node.exchange(most=1).leases == []
    with engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    node.run(node.take())
    again = node.take()
    assert again.role == "train" and again.checkpoint is None, "its checkpoint was built on the wrong data"
    node.run(again)
    node.run_all()
    assert charges(engine) == [2000] * 4


def test_what_runs_on_a_wrong_result_is_stopped_and_waits(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    engine.job(customer)
    node = engine.node("n0")
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    held = engine.balance(customer)[1]
    invalidate(engine, "prepare")
    assert engine.states() == {"prepare": "ready", "train": "blocked", "evaluate": "blocked", "package": "blocked"}
    assert engine.balance(customer)[1] == held
    assert [directive.kind for directive in node.exchange().directives] == ["cancel"]
    assert node.complete(lease) == "superseded"
    node.held.clear()
    node.run_all()
    assert set(engine.states().values()) == {"completed"}


def test_a_result_that_is_being_looked_at_is_not_accepted_once_its_ground_is_gone(engine: Engine) -> None:
    engine.job(engine.customer(credits=10))
    node = engine.node("n0")
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    node.exit(lease, 1.0)
    node.complete(lease)
    assert engine.states()["train"] == "verifying"
    invalidate(engine, "prepare")
    engine.conclude(node.to_verify)
    assert engine.states()["train"] == "blocked"


def test_work_of_ones_own_node_is_held_anew_since_a_stranger_may_do_it_next(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    engine.job(customer)
    engine.node("mine", owner_id=customer).run_all()
    assert engine.balance(customer) == (10 * 10**6, 0)
    invalidate(engine, "train")
    assert engine.balance(customer)[1] == 3 * 600 * 200
    owner = engine.customer(credits=0)
    engine.node("theirs", owner_id=owner).run_all()
    assert engine.balance(customer) == (10 * 10**6 - 6000, 0)
    assert engine.balance(owner)[0] == 5400
    invalidate(engine, "package")
    assert engine.balance(owner)[0] == 3600


def test_work_that_ones_own_node_does_again_is_given_back(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    engine.job(customer)
    engine.node("theirs").run_all()
    invalidate(engine, "prepare")
    mine = engine.node("mine", owner_id=customer)
    mine.run_all()
    assert engine.balance(customer) == (10 * 10**6, 0)
    invalidate(engine, "prepare")
    assert engine.balance(customer) == (10 * 10**6 - 8000, 0), "taken again: a stranger may do it"
    mine.run_all()
    assert engine.balance(customer) == (10 * 10**6, 0)


def test_a_job_whose_data_are_gone_fails_and_its_charge_goes_back(engine: Engine) -> None:
    customer, job, _ = a_completed_job(engine)
    with engine.store.transaction() as tx:
        tx.connection.execute("UPDATE uploads SET deleted_at = 1 WHERE kind = 'dataset'")
    assert invalidate(engine, "prepare").job_status == "failed"
    seen = get_job(engine.store.connection, customer, job, now=engine.now)
    assert seen.failure is not None and seen.failure.code == "deleted"
    assert engine.balance(customer) == (10 * 10**6, 0)


def test_a_job_that_can_hold_no_more_fails_until_there_are_credits(engine: Engine) -> None:
    customer = engine.customer(credits=1)
    job = engine.job(customer)
    mine = engine.node("mine", owner_id=customer, confinement=Confinement.NONE)
    mine.run_all()
    engine.job(customer, max_runtime_seconds=1560, sensitivity=Sensitivity.RESTRICTED)
    done = invalidate(engine, "prepare")
    seen = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert done.job_status == "failed" and seen.failure is not None and seen.failure.code == "credits"
    mine.run_all()
    with engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    mine.run_all()
    assert set(engine.states().values()) == {"completed"}


def test_only_a_completed_unit_that_is_there_is_invalidated(engine: Engine) -> None:
    engine.job(engine.customer())
    with pytest.raises(ApiError) as refused:
        invalidate(engine, "prepare")
    assert refused.value.code == ErrorCode.STATE_CONFLICT
    with pytest.raises(ApiError) as absent:
        find_unit(engine.store.connection, "nothing")
    assert absent.value.code == ErrorCode.NOT_FOUND
