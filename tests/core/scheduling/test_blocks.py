"""Packages that owners keep off their nodes, and that the operator blocks everywhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.accounts.limits import DEFAULTS
from core.errors import ApiError, ErrorCode
from core.jobs.control import retry
from core.jobs.ready import ReadyUnit
from core.nodes.blocks import list_blocks, list_reports
from core.protocol.customer import TrainingJob
from core.protocol.node import Fault
from core.scheduling.blocking import Blocked, block_package, unblock_package
from core.scheduling.fairness import ReadyIndex
from core.scheduling.owner_blocks import OwnerBlocks
from core.store.sqlite import Connection
from tests.core.engine import Engine

MALICIOUS = "it mines coins"


def digest_of(engine: Engine, job: TrainingJob) -> str:
    return str(engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id))


def block(engine: Engine, digest: str, owner_id: int | None = None, reason: str = MALICIOUS) -> Blocked:
    with engine.store.transaction() as tx:
        return block_package(
            tx,
            engine.index,
            owner_id=owner_id,
            package_digest=digest,
            reason=reason,
            now=engine.now,
            new_id=engine.new_id,
        )


def unblock(engine: Engine, digest: str, owner_id: int | None = None) -> None:
    with engine.store.transaction() as tx:
        unblock_package(tx, engine.index, owner_id=owner_id, package_digest=digest)


def status_of(engine: Engine, job: TrainingJob) -> str:
    return str(engine.one("SELECT status FROM jobs WHERE public_id = ?", job.id))


# An owner's block


def test_the_digest_that_a_lease_names_is_the_one_that_blocks(engine: Engine) -> None:
    job = engine.job(engine.customer())
    node = engine.node("n0")
    node.run(node.take())
    assert node.take().package_digest == digest_of(engine, job)


def test_an_owners_node_gets_no_unit_of_a_package_its_owner_blocks(engine: Engine) -> None:
    owner, customer = engine.customer(), engine.customer()
    blocked, other = engine.job(customer), engine.job(customer)
    block(engine, digest_of(engine, blocked), owner)
    own, strangers = engine.node("own", owner_id=owner), engine.node("strangers")
    own.run_all()
    assert (status_of(engine, blocked), status_of(engine, other)) == ("queued", "completed")
    strangers.run_all()
    assert status_of(engine, blocked) == "completed"


def test_a_block_holds_for_jobs_that_come_later_and_after_a_restart(engine: Engine) -> None:
    owner, customer = engine.customer(), engine.customer()
    first = engine.job(customer)
    block(engine, digest_of(engine, first), owner)
    engine.job(customer, training_package_id=first.training_package_id)
    engine.index.rebuild(engine.store.connection)
    node = engine.node("own", owner_id=owner)
    assert node.exchange(most=4).leases == []
    unblock(engine, digest_of(engine, first), owner)
    assert len(node.exchange(most=4).leases) == 2


def test_what_runs_at_the_owners_nodes_is_given_back_and_uses_up_no_try(engine: Engine) -> None:
    owner = engine.customer()
    job = engine.job(engine.customer())
    own, other = engine.node("own", owner_id=owner), engine.node("other")
    other.exchange()
    own.run(own.take())
    lease = own.take()
    own.start(lease)
    engine.now += 10
    made = block(engine, digest_of(engine, job), owner)
    assert (made.attempts_released, made.jobs_failed) == (1, 0)
    [directive] = own.exchange().directives
    assert (directive.kind, directive.attempt_id) == ("cancel", lease.attempt_id)
    assert "blocked" in directive.reason
    assert engine.one("SELECT outcome FROM attempts WHERE public_id = ?", lease.attempt_id) == "released"
    assert engine.one("SELECT tries FROM units WHERE public_id = ?", lease.unit_id) == 0
    own.held.clear()
    assert own.exchange(most=1).leases == []
    assert other.take().unit_id == lease.unit_id


def test_the_customer_is_not_told_the_owners_words(engine: Engine) -> None:
    owner = engine.customer()
    job = engine.job(engine.customer())
    node = engine.node("own", owner_id=owner)
    node.take()
    block(engine, digest_of(engine, job), owner, "I know who you are")
    said = engine.store.connection.execute(
        "SELECT text FROM log_lines UNION ALL SELECT reason FROM attempts"
    ).fetchall()
    assert said and all("I know who you are" not in (row[0] or "") for row in said)


def test_a_result_that_is_here_already_is_not_thrown_away(engine: Engine) -> None:
    owner = engine.customer()
    job = engine.job(engine.customer())
    node = engine.node("own", owner_id=owner)
    lease = node.take()
    node.start(lease)
    engine.now += 5
    node.checkpoint(lease, 1, 1, 4.0)  # so that the result is looked at later
    node.exit(lease, 5.0)
    node.complete(lease)
    assert block(engine, digest_of(engine, job), owner).attempts_released == 0
    node.held.clear()
    engine.conclude(node.to_verify)
    assert engine.states()["prepare"] == "completed"


def test_an_owners_block_is_undone_with_its_transaction(engine: Engine) -> None:
    owner = engine.customer()
    job = engine.job(engine.customer())
    node = engine.node("own", owner_id=owner)
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        block_package(
            tx,
            engine.index,
            owner_id=owner,
            package_digest=digest_of(engine, job),
            reason=MALICIOUS,
            now=engine.now,
            new_id=engine.new_id,
        )
        raise RuntimeError
    assert node.take()


def test_a_unit_waits_for_no_node_whose_owner_blocks_its_package(engine: Engine) -> None:
    """A node that failed a unit gets it again when the only other one may not have it."""
    owner = engine.customer()
    job = engine.job(engine.customer())
    blocking, failing = engine.node("blocking", owner_id=owner), engine.node("failing")
    blocking.exchange()
    block(engine, digest_of(engine, job), owner)
    lease = failing.take()
    failing.fail(lease, Fault.NODE, "disk")
    failing.held.clear()
    assert failing.take().unit_id == lease.unit_id


def test_a_second_block_of_a_package_and_one_that_is_no_digest_are_refused(engine: Engine) -> None:
    owner = engine.customer()
    block(engine, "a" * 64, owner)
    with pytest.raises(ApiError) as twice:
        block(engine, "A" * 64, owner)
    assert twice.value.code is ErrorCode.STATE_CONFLICT
    block(engine, "a" * 64)
    for digest, reason in (
        ("b" * 63, "x"),
        ("b" * 64, " "),
        ("b" * 64, "x" * 501),
        ("b" * 64, "a\nb"),
        ("é" * 64, "x"),
    ):
        with pytest.raises(ApiError) as bad:
            block(engine, digest, owner, reason)
        assert bad.value.code is ErrorCode.VALIDATION_FAILED
    with pytest.raises(ApiError) as absent:
        unblock(engine, "b" * 64, owner)
    assert absent.value.code is ErrorCode.NOT_FOUND


def test_the_operator_sees_what_owners_blocked_and_owners_see_their_own(engine: Engine) -> None:
    first, second = engine.customer(), engine.customer()
    block(engine, "a" * 64, first, "slow")
    block(engine, "a" * 64, second, "rude")
    block(engine, "b" * 64)
    connection = engine.store.connection
    reports = [row for _, row in list_reports(connection, before=None, limit=10)]
    assert [(row.reason, row.owner) for row in reports] == [
        ("rude", "customer2@example.com"),
        ("slow", "customer1@example.com"),
    ]
    own = [row for _, row in list_blocks(connection, owner_id=first, before=None, limit=10)]
    assert [(row.reason, row.owner) for row in own] == [("slow", None)]
    assert [row.package_digest for _, row in list_blocks(connection, owner_id=None, before=None, limit=10)] == [
        "b" * 64
    ]


# The operator's block


def test_the_operators_block_fails_its_jobs_at_once_and_gives_their_holds_back(engine: Engine) -> None:
    customer, other_customer = engine.customer(), engine.customer()
    running = engine.job(customer)
    same = engine.job(customer, training_package_id=running.training_package_id)
    other = engine.job(other_customer)
    node = engine.node("n0")
    leases = node.exchange(most=3).leases
    for lease in leases:
        node.start(lease)
    before = engine.balance(customer)
    made = block(engine, digest_of(engine, running))
    assert (made.attempts_released, made.jobs_failed) == (0, 2)
    assert (status_of(engine, running), status_of(engine, same)) == ("failed", "failed")
    assert status_of(engine, other) == "running"
    assert engine.balance(customer) == (sum(before), 0)
    failure = engine.one("SELECT failure FROM jobs WHERE public_id = ?", running.id)
    assert '"package_blocked"' in failure and MALICIOUS in failure
    directives = node.exchange().directives
    assert [d.kind for d in directives] == ["cancel", "cancel"] and all(MALICIOUS in d.reason for d in directives)


def test_no_job_of_a_blocked_package_is_submitted_or_retried_until_it_is_unblocked(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    block(engine, digest_of(engine, job))

    def again() -> TrainingJob:
        with engine.store.transaction() as tx:
            return retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)

    for refused in (again, lambda: engine.job(customer, training_package_id=job.training_package_id)):
        with pytest.raises(ApiError) as error:
            refused()
        assert error.value.code is ErrorCode.STATE_CONFLICT and MALICIOUS in error.value.message
    unblock(engine, digest_of(engine, job))
    assert again().status == "queued"
    engine.node("n0").run_all()
    assert status_of(engine, job) == "completed"


# In memory


class CountingBlocks(OwnerBlocks):
    """Counts what is looked up."""

    looked_up = 0

    def _look_up(self, connection: Connection, units: list[ReadyUnit]) -> None:
        self.looked_up += sum(unit.unit_id not in self.packages for unit in units)
        super()._look_up(connection, units)


def test_each_unit_of_a_blocked_package_is_looked_up_once_and_none_where_nobody_blocks(engine: Engine) -> None:
    owner, customer = engine.customer(), engine.customer()
    engine.index.blocks = blocks = CountingBlocks()
    node = engine.node("own", owner_id=owner)
    engine.job(customer)
    assert len(node.exchange(most=1).leases) == 1
    assert blocks.looked_up == 0
    node.held.clear()
    job = engine.job(customer)
    block(engine, digest_of(engine, job), owner)
    for _ in range(5):
        assert node.exchange(most=1).leases == []
    assert blocks.looked_up == 1


@settings(deadline=None, max_examples=50)
@given(
    units=st.lists(st.integers(0, 3), max_size=60),
    blocked=st.sets(st.sampled_from(["p0", "p1", "p2", "p3"])),
    known=st.sets(st.integers(0, 59)),
)
def test_what_passes_is_all_that_is_not_blocked_in_the_same_order(
    units: list[int], blocked: set[str], known: set[int]
) -> None:
    index = ReadyIndex()
    packages = {number: f"p{package}" for number, package in enumerate(units)}

    class Told(OwnerBlocks):
        def _look_up(self, connection: Connection, batch: list[ReadyUnit]) -> None:
            self.packages.update({unit.unit_id: packages[unit.unit_id] for unit in batch})

    index.blocks = Told()
    for number in packages:
        index.add(ReadyUnit(number, 1, number % 2, 0))
    in_order = [unit.unit_id for unit in index.candidates({1: None})]
    index.blocks.packages.update({number: packages[number] for number in known & packages.keys()})
    connection: Connection = None  # type: ignore[assignment]
    left = index.blocks.passing(connection, blocked, index.candidates({1: None}, blocked))
    assert [unit.unit_id for unit in left] == [number for number in in_order if packages[number] not in blocked]
