"""What reports of a node may not do: reach beyond what the store holds, undo a result, cost a customer twice."""

import msgspec
import pytest

from core.accounts.limits import set_limits
from core.billing.statement import ledger_rows
from core.jobs.artifacts import artifact_name
from core.jobs.read import get_job
from core.nodes.nodes import authenticate
from core.protocol.node import (
    ExchangeRequest,
    HeldAttempt,
    LogLine,
    LogReport,
    MetricPoint,
    MetricsReport,
    ReleasedReport,
    StartedReport,
)
from core.scheduling.assignment import Urls
from core.scheduling.exchange import Exchanged, Exchanging, exchange
from tests.core.engine import Engine, EngineNode


def raw_exchange(engine: Engine, node: EngineNode, *reports: bytes, protocol: int = 1, held: bool = False) -> Exchanged:
    """A call with reports as bytes."""
    request = ExchangeRequest(
        protocol=protocol,
        agent_version="t",
        free=node.free,
        attempts=[HeldAttempt(lease.attempt_id, lease.token) for lease in node.held] if held else [],
        reports=[msgspec.Raw(report) for report in reports],
        max_leases=1,
    )
    urls = Urls(lambda digest, size: "", lambda customer, digest, size: "")
    using = Exchanging(
        engine.index, engine.blobs, urls, engine.settings, engine.now, engine.new_id, engine.random.randbytes
    )
    with engine.store.transaction() as tx:
        return exchange(tx, authenticate(tx.connection, node.credential), request, using)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "step", "step": 2**63},
        {"kind": "step", "step": -1},
        {"kind": "step", "step": 1, "of": 0},
        {"kind": "checkpoint", "checkpoint": 1, "step": 2**63, "run_seconds": 1, "manifest": {"files": []}},
        {"kind": "checkpoint", "checkpoint": 2**63, "step": 1, "run_seconds": 1, "manifest": {"files": []}},
        {"kind": "exited", "exit_code": 2**63, "run_seconds": 1},
        {"kind": "exited", "exit_code": 0, "run_seconds": -1},
        {"kind": "log", "lines": [{"number": 2**64, "stream": "stdout", "text": "x"}]},
        {"kind": "metrics", "points": [{"number": 1, "step": 2**63, "values": {}}]},
    ],
)
def test_a_number_no_store_can_hold_is_answered_and_the_reports_beside_it_count(
    engine: Engine, fields: dict[str, object]
) -> None:
    engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    named = {"attempt_id": lease.attempt_id, "token": lease.token}
    bad = msgspec.json.encode({**named, "number": 1, **fields})
    good = msgspec.json.encode({**named, "number": 2, "kind": "started"})
    done = raw_exchange(engine, node, bad, good)
    assert [(answer.status, answer.number) for answer in done.response.answers] == [("unknown", 1), ("accepted", 2)]


def test_an_unknown_fault_counts_as_the_nodes_and_an_unknown_box_as_none(engine: Engine) -> None:
    engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    named = {"attempt_id": lease.attempt_id, "token": lease.token, "number": 1}
    raw_exchange(
        engine, node, msgspec.json.encode({**named, "kind": "failed", "fault": "moon", "code": "x", "message": "x"})
    )
    assert engine.states()["prepare"] == "ready"
    free = msgspec.json.decode(msgspec.json.encode({**msgspec.to_builtins(node.free), "confinement": "landlock"}))
    stranger = EngineNode(engine, node.credential, msgspec.convert(free, type(node.free)))
    assert stranger.exchange(most=1).leases == []


def test_work_after_the_checkpoint_that_was_used_is_not_paid_for_twice(engine: Engine) -> None:
    engine.job(engine.customer(), max_runtime_seconds=5000)
    first, second = engine.node("first"), engine.node("second")
    first.run(first.take())
    lease = first.take()
    first.start(lease)
    engine.now += 10
    first.checkpoint(lease, 1, step=10, seconds=10.0)
    engine.now += 990
    first.exit(lease, 1000)
    engine.pass_time(60)
    second.run(second.take(), seconds=990)
    assert engine.one("SELECT charged_micro FROM units WHERE role = 'train'") == 1000 * 200


def test_an_attempt_whose_result_is_here_is_not_leased_again_and_can_not_be_given_back(engine: Engine) -> None:
    engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    node.exit(lease, 1)
    node.complete(lease)
    assert node.exchange(named=[], most=1).resent == []
    released = ReleasedReport(attempt_id=lease.attempt_id, token=lease.token, number=9, reason="full")
    assert node.say(released) == "replayed"
    engine.conclude(node.to_verify)
    assert engine.states()["prepare"] == "completed"


def test_two_checkpoints_of_a_unit_are_kept_and_the_one_a_node_began_with(engine: Engine) -> None:
    engine.job(engine.customer())
    first, second = engine.node("first"), engine.node("second")
    first.run(first.take())
    lease = first.take()
    first.start(lease)
    for number in range(1, 6):
        assert first.checkpoint(lease, number, step=number, seconds=float(number)) == "accepted"
    kept = "SELECT group_concat(step, ',') FROM checkpoints WHERE content_id IS NOT NULL"
    assert engine.one(kept) == "4,5"
    assert engine.one("SELECT count(*) FROM contents WHERE digest <> ''") == 2 + 1 + 2
    engine.pass_time(60)
    taken = second.take()
    second.start(taken)
    for number in range(1, 4):
        second.checkpoint(taken, number, step=5 + number, seconds=float(number))
    assert engine.one(kept) == "5,7,8"


def test_a_node_whose_protocol_is_no_longer_spoken_finishes_what_it_holds(engine: Engine) -> None:
    engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    started = msgspec.json.encode(StartedReport(attempt_id=lease.attempt_id, token=lease.token, number=1))
    done = raw_exchange(engine, node, started, protocol=99, held=True)
    assert done.refusal is not None and done.refusal.code == "UPGRADE_REQUIRED"
    assert done.response.live == {lease.attempt_id: 45.0} and done.response.leases == []
    assert engine.states()["prepare"] == "running"


def test_an_owners_income_is_an_earning(engine: Engine) -> None:
    owner = engine.customer(credits=0)
    engine.job(engine.customer())
    node = engine.node("n0", owner_id=owner)
    node.run(node.take())
    (_, row), *_ = ledger_rows(engine.store.connection, owner, before=None, limit=9)
    assert (row.kind, row.amount_micro, row.note) == ("earning", 1800, None)


def test_a_customers_own_limit_of_days_ends_the_waiting(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    with engine.store.transaction() as tx:
        set_limits(tx, customer, {"queued_days": 1})
    engine.pass_time(86_000)
    assert get_job(engine.store.connection, customer, job.id, now=engine.now).status == "queued"
    engine.pass_time(500)
    assert get_job(engine.store.connection, customer, job.id, now=engine.now).status == "failed"


def test_a_job_shows_the_last_value_of_each_name_that_evaluate_logged(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node = engine.node("n0")
    for role in ("prepare", "train", "evaluate"):
        lease = node.take()
        assert lease.role == role
        points = [MetricPoint(1, 1, {"accuracy": 0.5, "loss": 2.0}), MetricPoint(2, 2, {"accuracy": 0.9})]
        node.say(MetricsReport(attempt_id=lease.attempt_id, token=lease.token, number=9, points=points))
        seen = get_job(engine.store.connection, customer, job.id, now=engine.now).metrics
        assert seen == ({"accuracy": 0.9, "loss": 2.0} if role == "evaluate" else {})
        node.run(lease)


def test_a_unit_may_write_no_line_in_another_ones_name(engine: Engine) -> None:
    engine.job(engine.customer())
    node, other = engine.node("n0"), engine.node("n1")
    lease = node.take()
    forged = LogReport(attempt_id=lease.attempt_id, token="x", number=1, lines=[LogLine(1, "stdout", "x")])
    assert node.say(forged) == "superseded"
    mine = LogReport(attempt_id=lease.attempt_id, token=lease.token, number=1, lines=[LogLine(1, "stdout", "x")])
    assert other.say(mine) == "superseded"
    assert engine.one("SELECT count(*) FROM log_lines") == 0


@pytest.mark.parametrize(
    ("path", "checkpoint", "name"),
    [
        ("model.npz", False, "train/model.npz"),
        ("step.txt", True, "train/checkpoint/step.txt"),
        ("checkpoint/step.txt", False, "train/output/checkpoint/step.txt"),
        ("output/checkpoint/step.txt", False, "train/output/output/checkpoint/step.txt"),
        ("attempt-1.log", False, "train/output/attempt-1.log"),
        ("logs/attempt-1.log", False, "train/logs/attempt-1.log"),
    ],
)
def test_no_two_files_of_a_unit_share_a_name(path: str, checkpoint: bool, name: str) -> None:
    assert artifact_name("train", path, checkpoint=checkpoint) == name
