"""A job's way through nodes: leases, reports, results and money."""

import pytest

from core.accounts.limits import DEFAULTS, set_limits
from core.content.uploads import UploadKind, delete_upload, get_upload
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel, retry
from core.jobs.read import get_job, list_artifacts
from core.packages.training_toml import PackageTable
from core.protocol.customer import Artifact, Sensitivity
from core.protocol.node import (
    CompletedReport,
    Fault,
    LogLine,
    LogReport,
    MetricPoint,
    MetricsReport,
    ReleasedReport,
    StepReport,
)
from core.scheduling.leases import alive, follow_clock, postpone_by_downtime
from tests.core.engine import Engine, one_file


def artifacts_of(engine: Engine, customer: int, job_id: str) -> list[Artifact]:
    rows = list_artifacts(engine.store.connection, customer, job_id, after=None, limit=99, keep_seconds=1)
    return [artifact for _, artifact in rows]


def test_a_job_goes_through_its_four_units_in_order_and_completes(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node = engine.node("n0")
    roles = []
    while leases := node.exchange(most=4).leases:
        assert len(leases) == 1
        roles.append(leases[0].role)
        node.run(leases[0])
    assert roles == ["prepare", "train", "evaluate", "package"]
    done = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert (done.status, done.progress, done.units) == ("completed", 1.0, {"completed": 4})
    names = [artifact.name for artifact in artifacts_of(engine, customer, job.id)]
    assert "train/model.txt" in names and "train/attempt-1.log" in names


@pytest.mark.parametrize("lock", [None, f"numpy==2.0 --hash=sha256:{'0' * 64}\n"])
def test_the_lock_goes_to_the_units_that_need_it_and_a_package_of_before_has_none(
    engine: Engine, lock: str | None
) -> None:
    engine.job(engine.customer(), package=PackageTable("p", requirements=["numpy"]), lock=lock)
    node = engine.node("n0")
    locks = {}
    while leases := node.exchange(most=1).leases:
        locks[leases[0].role] = leases[0].lock
        node.run(leases[0])
    assert locks == {"prepare": None, "train": lock, "evaluate": None, "package": None}, "three are the platform's own"


def test_every_lease_tells_how_sensitive_its_job_is(engine: Engine) -> None:
    owner = engine.customer()
    node = engine.node("n0", owner_id=owner)
    for sensitivity in Sensitivity:
        engine.job(owner, sensitivity=sensitivity)
        told = set()
        while leases := node.exchange(most=1).leases:
            told.add(leases[0].sensitivity)
            node.run(leases[0])
        assert told == {sensitivity.value}


def test_a_router_that_was_away_costs_nothing_when_nobody_took_the_unit(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    engine.pass_time(120)
    assert engine.states()["prepare"] == "ready"
    assert node.exchange().live == {lease.attempt_id: 45.0}
    assert engine.states()["prepare"] == "running"
    node.exit(lease, 100)
    node.complete(lease)
    engine.conclude(node.to_verify)
    assert engine.states()["prepare"] == "completed"
    assert engine.one("SELECT count(*) FROM attempts WHERE outcome = 'lost'") == 0


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
@pytest.mark.parametrize("served", [True, False])
def test_a_clock_that_is_set_takes_no_lease_away_and_lengthens_none(engine: Engine, jump: float, served: bool) -> None:
    customer = engine.customer()
    engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    engine.now += 10
    with engine.store.transaction() as tx:
        alive(tx, engine.now)
    engine.now += jump
    with engine.store.transaction() as tx:
        if served:
            follow_clock(tx, jump, engine.now)
        else:  # it was set while the server was down
            postpone_by_downtime(tx, engine.now)
    assert engine.pass_time(30) == 0
    assert node.exchange().live == {lease.attempt_id: 45.0}
    assert engine.pass_time(46) == 1
    node.exit(lease, 80)
    node.complete(lease)
    engine.conclude(node.to_verify)
    (seconds,) = engine.store.connection.execute(
        "SELECT seconds FROM ledger_transfers WHERE kind = 'charge'"
    ).fetchone()
    assert seconds == 80


def test_a_lost_reply_strands_no_lease(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    again = node.exchange(most=1, named=[])
    assert [resent.attempt_id for resent in again.resent] == [lease.attempt_id]
    assert again.resent[0].token == lease.token


def test_customer_code_that_fails_fails_at_once_with_its_log_and_nothing_is_charged(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    job = engine.job(customer)
    node = engine.node("n0")
    node.run(node.take())
    charged = engine.one("SELECT sum(charged_micro) FROM units")
    lease = node.take()
    node.start(lease)
    lines = [LogLine(1, "stdout", "reading"), LogLine(2, "stderr", "ValueError: no column")]
    node.say(LogReport(attempt_id=lease.attempt_id, token=lease.token, number=node.number(), lines=lines))
    node.exit(lease, 5, code=3)
    assert node.fail(lease, Fault.CUSTOMER) == "accepted"
    seen = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert seen.status == "failed" and seen.failure is not None
    assert seen.failure.code == "exit_code" and seen.failure.message == "stopped for exit_code"
    assert engine.balance(customer) == (10 * 10**6 - charged, 0)
    assert engine.states() == {
        "prepare": "completed",
        "train": "failed",
        "evaluate": "cancelled",
        "package": "cancelled",
    }
    log = next(a for a in artifacts_of(engine, customer, job.id) if a.name == "train/attempt-1.log")
    assert log.open and log.size_bytes == len(b"reading\nValueError: no column\n")


def test_five_attempts_that_the_nodes_lose_fail_the_unit_with_all_reasons(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    nodes = [engine.node(f"n{i}") for i in range(6)]
    for node in nodes[:5]:
        lease = node.take()
        node.start(lease)
        node.fail(lease, Fault.NODE, "driver")
        node.held.clear()
    seen = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert seen.status == "failed" and seen.failure is not None
    assert "attempt 5 on n4" in seen.failure.message
    assert nodes[5].exchange(most=1).leases == []


def test_a_release_by_the_owner_never_counts_as_a_try(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    node = engine.node("n0")
    for _ in range(8):
        lease = node.take()
        node.start(lease)
        said = node.say(
            ReleasedReport(attempt_id=lease.attempt_id, token=lease.token, number=node.number(), reason="paused")
        )
        assert said == "accepted"
        node.held.clear()
    assert engine.one("SELECT tries FROM units WHERE role = 'prepare'") == 0
    assert engine.states()["prepare"] == "ready"


def test_a_job_whose_dataset_was_deleted_is_not_retried(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
        dataset = get_upload(tx.connection, customer, UploadKind.DATASET, job.dataset_id)
        delete_upload(tx, dataset, now=engine.now)
    with pytest.raises(ApiError, match="dataset was deleted") as refused, engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    assert refused.value.code == ErrorCode.STATE_CONFLICT


def test_a_result_that_does_not_verify_is_tried_elsewhere_and_charges_nothing(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    node.exit(lease, 1)
    node.complete(lease)
    engine.conclude(node.to_verify, problem="a chunk is not there")
    assert engine.states()["prepare"] == "ready"
    assert engine.one("SELECT outcome FROM attempts") == "verification_failed"
    assert engine.one("SELECT count(*) FROM ledger_transfers WHERE kind = 'charge'") == 0


def test_a_completion_is_answered_missing_until_its_chunks_are_there(engine: Engine) -> None:
    engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    node.exit(lease, 1)
    manifest = one_file("model.bin", b"weights")
    report = CompletedReport(attempt_id=lease.attempt_id, token=lease.token, number=9, manifest=manifest)
    answer = node.exchange(report).answers[0]
    assert (answer.status, answer.missing_count, len(answer.missing)) == ("missing", 1, 1)
    node.send(lease, manifest)
    assert node.exchange(report).answers[0].status == "accepted"
    assert node.exchange(report).answers[0].status == "replayed"


def test_lines_and_points_sent_twice_are_kept_once(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    lines = [LogLine(n, "stdout", f"line {n}") for n in (1, 2)]
    points = [MetricPoint(1, 1, {"loss": 0.5})]
    for _ in range(2):
        node.say(LogReport(attempt_id=lease.attempt_id, token=lease.token, number=node.number(), lines=lines))
        node.say(MetricsReport(attempt_id=lease.attempt_id, token=lease.token, number=node.number(), points=points))
    node.say(
        LogReport(attempt_id=lease.attempt_id, token=lease.token, number=9, lines=[LogLine(3, "stdout", "line 3")])
    )
    assert engine.one("SELECT group_concat(text, ',') FROM log_lines") == "line 1,line 2,line 3"
    assert engine.one("SELECT count(*) FROM metric_points") == 1
    for step in (1, 10):
        node.say(StepReport(attempt_id=lease.attempt_id, token=lease.token, number=10 + step, step=step, of=40))
    seen = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert 0 < seen.progress < 1 and seen.seconds_remaining is not None


def test_a_report_this_server_does_not_know_is_answered_unknown_and_changes_nothing(engine: Engine) -> None:
    import msgspec

    from core.nodes.nodes import authenticate
    from core.protocol.node import ExchangeRequest
    from core.scheduling.assignment import Urls
    from core.scheduling.exchange import Exchanging, exchange

    node = engine.node("n0")
    raw = msgspec.Raw(b'{"kind":"danced","attempt_id":"a","token":"t","number":4}')
    request = ExchangeRequest(protocol=1, agent_version="t", reports=[raw])
    urls = Urls(lambda d, s: "", lambda c, d, s: "")
    using = Exchanging(
        engine.index, engine.blobs, urls, engine.settings, engine.now, engine.new_id, engine.random.randbytes
    )
    with engine.store.transaction() as tx:
        done = exchange(tx, authenticate(tx.connection, node.credential), request, using)
    assert [(a.status, a.number) for a in done.response.answers] == [("unknown", 4)]


def test_a_customers_own_limits_cut_long_lines_and_end_a_full_log_with_one_marker(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    with engine.store.transaction() as tx:
        set_limits(tx, customer, {"log_bytes_per_unit": 40, "log_line_bytes": 10, "metric_points_per_unit": 1})
    node = engine.node("n0")
    lease = node.take()
    assert (lease.limits.log_bytes, lease.limits.log_line_bytes, lease.limits.metric_points) == (40, 10, 1)
    node.start(lease)
    lines = [LogLine(n, "stdout", "ä" * 20) for n in range(1, 9)]
    node.say(LogReport(attempt_id=lease.attempt_id, token=lease.token, number=1, lines=lines))
    texts = [row["text"] for row in engine.store.connection.execute("SELECT text FROM log_lines ORDER BY number")]
    assert texts == ["äääää …", "äääää …", "the log is full: 40 bytes a unit are kept, what follows is left out"]
    points = [MetricPoint(n, n, {"loss": 1.0}) for n in (1, 2)]
    node.say(MetricsReport(attempt_id=lease.attempt_id, token=lease.token, number=2, points=points))
    assert engine.one("SELECT count(*) FROM metric_points") == 1


def test_why_a_unit_was_stopped_is_told_once_even_when_its_node_told_it_too(engine: Engine) -> None:
    engine.job(engine.customer())
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    lines = [LogLine(1, "platform", "stopped for exit_code")]
    node.say(LogReport(attempt_id=lease.attempt_id, token=lease.token, number=1, lines=lines))
    node.fail(lease, Fault.CUSTOMER)
    assert engine.one("SELECT count(*) FROM log_lines") == 1
