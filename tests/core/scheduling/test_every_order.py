"""Any order of what nodes, customers and time do: the engine's invariants hold after every step."""

import hashlib
import tempfile
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.accounts.limits import DEFAULTS, Limits
from core.errors import ApiError
from core.jobs.control import cancel, retry
from core.protocol.node import FailedReport, Fault, Lease, ReleasedReport
from core.scheduling.blocking import block_package, unblock_package
from tests.core.engine import Engine, EngineNode
from tests.core.owning import check_owner

GENEROUS: Limits = msgspec.structs.replace(DEFAULTS, jobs_per_minute=10**6, active_jobs=10**6, units_per_day=10**6)
NODES = st.integers(0, 2)


class EveryOrder(RuleBasedStateMachine):
    """Three nodes, two customers; each rule is one thing that may happen at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.engine = Engine(Path(self.folder.name))
        self.customers = [self.engine.customer(credits=3), self.engine.customer(credits=100)]
        self.nodes: list[EngineNode] = [
            self.engine.node("n0"),
            self.engine.node("n1", owner_id=self.customers[0]),
            self.engine.node("n2"),
        ]
        self.jobs: list[tuple[int, str]] = []

    def teardown(self) -> None:
        self.engine.store.close()
        self.folder.cleanup()

    def _held(self, node: int) -> Lease | None:
        held = self.nodes[node].held
        return held[0] if held else None

    @rule(customer=st.integers(0, 1))
    def submit(self, customer: int) -> None:
        who = self.customers[customer]
        try:
            self.jobs.append((who, self.engine.job(who, limits=GENEROUS).id))
        except ApiError as refused:
            assert refused.code == "CREDIT_INSUFFICIENT"

    @rule(node=NODES)
    def take(self, node: int) -> None:
        self.nodes[node].exchange(most=1)

    @rule(node=NODES)
    def start(self, node: int) -> None:
        if lease := self._held(node):
            self.nodes[node].start(lease)

    @rule(node=NODES, step=st.integers(0, 9))
    def checkpoint(self, node: int, step: int) -> None:
        if lease := self._held(node):
            self.nodes[node].checkpoint(lease, step, step, float(step))

    @rule(node=NODES, seconds=st.floats(0, 2000, allow_nan=False), at_once=st.booleans())
    def exit_and_complete(self, node: int, seconds: float, at_once: bool) -> None:
        if lease := self._held(node):
            self.nodes[node].exit(lease, seconds)
            if at_once:  # nothing has to be read of a result whose chunk is there
                result = lease.unit_id.encode()
                self.engine.blobs.put(hashlib.sha256(result).hexdigest(), result)
            self.nodes[node].complete(lease)

    @rule(node=NODES, problem=st.sampled_from([None, None, "a chunk is gone"]))
    def verify(self, node: int, problem: str | None) -> None:
        self.engine.conclude(self.nodes[node].to_verify, problem)
        self.nodes[node].to_verify.clear()

    @rule(node=NODES, fault=st.sampled_from(list(Fault)))
    def fail(self, node: int, fault: Fault) -> None:
        if lease := self._held(node):
            speaker = self.nodes[node]
            speaker.say(
                FailedReport(
                    attempt_id=lease.attempt_id,
                    token=lease.token,
                    number=speaker.number(),
                    fault=fault,
                    code="x",
                    message="x",
                )
            )

    @rule(node=NODES)
    def release(self, node: int) -> None:
        if lease := self._held(node):
            speaker = self.nodes[node]
            speaker.say(
                ReleasedReport(attempt_id=lease.attempt_id, token=lease.token, number=speaker.number(), reason="paused")
            )

    @rule(node=NODES)
    def forget(self, node: int) -> None:
        if self.nodes[node].held:
            self.nodes[node].held.pop(0)

    @rule(node=NODES)
    def hear_again(self, node: int) -> None:
        self.nodes[node].held += self.nodes[node].exchange(most=0, named=None).resent

    @rule(seconds=st.sampled_from([1.0, 20.0, 50.0, 8 * 86_400.0]))
    def pass_time(self, seconds: float) -> None:
        self.engine.pass_time(seconds)

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0, 10), again=st.booleans())
    def cancel_or_retry(self, which: int, again: bool) -> None:
        engine = self.engine
        customer, job = self.jobs[which % len(self.jobs)]
        try:
            with engine.store.transaction() as tx:
                if again:
                    retry(tx, engine.index, customer, job, limits=GENEROUS, now=engine.now, new_id=engine.new_id)
                else:
                    cancel(tx, engine.index, customer, job, now=engine.now, new_id=engine.new_id)
        except ApiError as refused:
            assert refused.code in ("STATE_CONFLICT", "CREDIT_INSUFFICIENT")

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0, 10), by_owner=st.booleans(), again=st.booleans())
    def block_or_unblock(self, which: int, by_owner: bool, again: bool) -> None:
        engine = self.engine
        owner_id = self.customers[0] if by_owner else None
        named = "SELECT package_digest FROM uploads JOIN jobs ON jobs.package_id = uploads.id WHERE jobs.public_id = ?"
        digest = engine.one(named, self.jobs[which % len(self.jobs)][1])
        try:
            with engine.store.transaction() as tx:
                if again:
                    unblock_package(tx, engine.index, owner_id=owner_id, package_digest=digest)
                else:
                    block_package(
                        tx,
                        engine.index,
                        owner_id=owner_id,
                        package_digest=digest,
                        reason="x",
                        now=engine.now,
                        new_id=engine.new_id,
                    )
        except ApiError as refused:
            assert refused.code in ("STATE_CONFLICT", "NOT_FOUND")

    @invariant()
    def all_adds_up(self) -> None:
        self.engine.check()
        check_owner(self.engine, self.customers[0])


TestEveryOrder = EveryOrder.TestCase
TestEveryOrder.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
