"""Jobs that completed long ago and whose results are taken back: what they need may be gone, and bytes go with them."""

import pytest

from core.accounts.limits import DEFAULTS
from core.jobs.invalidation import Invalidated, invalidate_unit
from core.jobs.read import get_job
from core.jobs.retention import retain
from core.protocol.customer import JobFailure, TrainingJob
from core.protocol.node import Fault
from core.scheduling.blocking import block_package
from tests.core.engine import Engine, EngineNode

DAY = 86_400.0


@pytest.fixture
def node(engine: Engine) -> EngineNode:
    return engine.node("n0")


def run_job(engine: Engine, customer: int, node: EngineNode, start: str | None = None) -> TrainingJob:
    """A completed job whose training left two checkpoints, of which the newer is an artifact."""
    job = engine.job(customer, initial_checkpoint_artifact_id=start)
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    assert {node.checkpoint(lease, number, number, 1.0) for number in (1, 2)} == {"accepted"}
    node.exit(lease, 1.0)
    node.complete(lease)
    node.held.clear()
    engine.conclude(node.to_verify)
    node.to_verify.clear()
    node.run_all()
    return job


def retain_all(engine: Engine) -> str:
    """All that is due; how the newest job is kept then."""
    more = True
    while more:
        with engine.store.transaction() as tx:
            more = retain(tx, usual_days=DEFAULTS.artifact_days, now=engine.now).more
    return str(engine.one("SELECT retention FROM jobs ORDER BY id DESC"))


def invalidate(engine: Engine, job: TrainingJob, role: str) -> Invalidated:
    of_job = "SELECT u.id FROM units u JOIN jobs j ON j.id = u.job_id WHERE j.public_id = ? AND u.role = ?"
    with engine.store.transaction() as tx:
        unit_id = engine.one(of_job, job.id, role)
        return invalidate_unit(tx, engine.index, unit_id, "wrong", now=engine.now, new_id=engine.new_id)


def failure_of(engine: Engine, customer: int, job: TrainingJob) -> JobFailure:
    seen = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert seen.status == "failed" and seen.failure is not None
    return seen.failure


def test_one_whose_results_are_no_longer_kept_fails_and_its_charge_goes_back(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer(credits=10)
    job = run_job(engine, customer, node)
    engine.now += 91 * DAY
    assert retain_all(engine) == "expired"
    assert invalidate(engine, job, "prepare").job_status == "failed"
    assert failure_of(engine, customer, job).code == "expired"
    assert retain_all(engine) == "expired"
    assert engine.balance(customer) == (10 * 10**6, 0)


def test_one_that_has_lost_the_checkpoint_it_begins_with_fails_where_that_is_needed(
    engine: Engine, node: EngineNode
) -> None:
    customer = engine.customer()
    first = run_job(engine, customer, node)
    start = engine.one("SELECT public_id FROM artifacts WHERE type = 'checkpoint'")
    later = run_job(engine, customer, node, start)
    engine.now += 91 * DAY
    with engine.store.transaction() as tx:  # the later one is still kept
        tx.connection.execute("UPDATE jobs SET finished_at = ? WHERE public_id = ?", (engine.now, later.id))
    retain_all(engine)
    assert engine.one("SELECT retention FROM jobs WHERE public_id = ?", first.id) == "expired"
    assert invalidate(engine, later, "evaluate").job_status == "queued"
    node.run_all()
    assert invalidate(engine, later, "train").job_status == "failed"
    assert "checkpoint that the job begins with is gone" in failure_of(engine, customer, later).message
    engine.job(customer)
    node.run_all()


def test_one_whose_package_is_blocked_fails(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    job = run_job(engine, customer, node)
    digest = engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id)
    with engine.store.transaction() as tx:
        block_package(
            tx,
            engine.index,
            owner_id=None,
            package_digest=digest,
            reason="mines",
            now=engine.now,
            new_id=engine.new_id,
        )
    assert invalidate(engine, job, "package").job_status == "failed"
    assert failure_of(engine, customer, job).code == "package_blocked"
    assert node.exchange(most=1).leases == []


def test_one_that_is_queued_again_is_trimmed_again_when_it_is_completed(engine: Engine, node: EngineNode) -> None:
    job = run_job(engine, engine.customer(), node)
    assert retain_all(engine) == "results"
    invalidate(engine, job, "prepare")
    assert retain_all(engine) == "whole"
    node.run_all()
    assert retain_all(engine) == "results"


def test_the_bytes_of_wrong_checkpoints_go_and_no_others(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    job, other = run_job(engine, customer, node), run_job(engine, customer, node)
    of_checkpoints = "SELECT count(*) FROM checkpoints WHERE content_id IS NOT NULL"
    contents, chunks = (engine.one(f"SELECT count(*) FROM {name}") for name in ("contents", "customer_chunks"))
    assert engine.one(of_checkpoints) == 4
    invalidate(engine, job, "prepare")
    assert engine.one(of_checkpoints) == 2
    assert engine.one("SELECT count(*) FROM contents WHERE digest <> ''") == contents - 2
    assert engine.one("SELECT count(*) FROM customer_chunks") == chunks - 2
    assert engine.one("SELECT count(*) FROM orphans") == 2
    invalidate(engine, other, "package")
    assert engine.one(of_checkpoints) == 2, "training was not built on it"
    node.run_all()
    assert set(engine.states().values()) == {"completed"}


def test_of_a_running_unit_that_is_stopped_they_go_too(engine: Engine, node: EngineNode) -> None:
    engine.job(engine.customer())
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    node.checkpoint(lease, 1, 1, 1.0)
    node.fail(lease, Fault.NODE)
    node.held.clear()
    again = node.take()
    assert again.checkpoint is not None
    node.start(again)
    with engine.store.transaction() as tx:
        prepare = engine.one("SELECT id FROM units WHERE role = 'prepare'")
        invalidate_unit(tx, engine.index, prepare, "wrong", now=engine.now, new_id=engine.new_id)
    assert [each.kind for each in node.exchange().directives] == ["cancel"]
    assert engine.one("SELECT count(*) FROM orphans") == 1
    node.held.clear()
    node.run_all()
    assert set(engine.states().values()) == {"completed"}
