"""A job's way through nodes: leases, reports, results and money."""

import pytest

from core.accounts.limits import DEFAULTS, set_limits
from core.content.uploads import UploadKind, delete_upload, get_upload
from core.errors import ApiError, ErrorCode
from core.jobs.control import cancel, retry
from core.jobs.read import get_job, list_artifacts, list_units
from core.nodes.tiers import Tier
from core.packages.training_toml import PackageTable, ResourcesTable
from core.protocol.customer import Artifact, Sensitivity
from core.protocol.node import (
    CompletedReport,
    Confinement,
    FailedReport,
    Fault,
    Lease,
    LogLine,
    LogReport,
    MetricPoint,
    MetricsReport,
    ReleasedReport,
    StepReport,
)
from core.scheduling.leases import alive, follow_clock, postpone_by_downtime
from tests.core.engine import Engine, EngineNode, one_file


def failed(node: EngineNode, lease: Lease, fault: Fault, code: str = "exit_code") -> str:
    return node.say(
        FailedReport(
            attempt_id=lease.attempt_id,
            token=lease.token,
            number=node.number(),
            fault=fault,
            code=code,
            message=f"stopped for {code}",
            exit_code=3,
        )
    )


def artifacts_of(engine: Engine, customer: int, job_id: str) -> list[Artifact]:
    rows = list_artifacts(engine.store.connection, customer, job_id, after=None, limit=99, keep_seconds=1)
    return [artifact for _, artifact in rows]


def finish(node: EngineNode) -> None:
    """Runs units until there is none."""
    while leases := node.exchange(most=1).leases:
        node.run(leases[0])


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


def test_each_unit_is_charged_once_for_its_own_seconds_and_holds_come_back(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    engine.job(customer)
    assert engine.balance(customer)[1] > 0
    node = engine.node("n0")
    finish(node)
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
    assert failed(node, lease, Fault.CUSTOMER) == "accepted"
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
        failed(node, lease, Fault.NODE, "driver")
        node.held.clear()
    seen = get_job(engine.store.connection, customer, job.id, now=engine.now)
    assert seen.status == "failed" and seen.failure is not None
    assert "attempt 5 on n4" in seen.failure.message
    assert nodes[5].exchange(most=1).leases == []


def test_a_unit_a_node_could_not_run_goes_to_another_where_there_is_one(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    bad, good = engine.node("bad"), engine.node("good")
    good.exchange()
    lease = bad.take()
    failed(bad, lease, Fault.NODE, "disk")
    bad.held.clear()
    assert bad.exchange(most=1).leases == []
    assert good.take().unit_id == lease.unit_id


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


def get_first_job(engine: Engine) -> str:
    return str(engine.one("SELECT public_id FROM jobs ORDER BY id LIMIT 1"))


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
    finish(engine.node("mine", owner_id=customer, confinement=Confinement.NONE))
    assert engine.balance(customer) == (5 * 10**6, 0)
    assert set(engine.states().values()) == {"completed"}


def test_a_node_where_nothing_confines_takes_only_its_owners_jobs(engine: Engine) -> None:
    engine.job(engine.customer())
    node = engine.node("open", owner_id=engine.customer(), confinement=Confinement.NONE)
    assert node.exchange(most=1).leases == []


@pytest.mark.parametrize(
    ("tier", "sensitivity", "taken"),
    [
        (Tier.NEW, Sensitivity.PUBLIC, True),
        (Tier.NEW, Sensitivity.LOW_SENSITIVE, False),
        (Tier.CONTROLLED, Sensitivity.LOW_SENSITIVE, True),
        (Tier.CONTROLLED, Sensitivity.SENSITIVE, False),
        (Tier.TRUSTED, Sensitivity.SENSITIVE, True),
        (Tier.TRUSTED, Sensitivity.RESTRICTED, False),
    ],
)
def test_a_tier_takes_only_data_it_may_see(engine: Engine, tier: Tier, sensitivity: Sensitivity, taken: bool) -> None:
    engine.job(engine.customer(), sensitivity=sensitivity)
    assert bool(engine.node("n0", tier=tier).exchange(most=1).leases) is taken


def test_a_gpu_unit_goes_to_the_smallest_gpu_that_holds_it(engine: Engine) -> None:
    engine.job(engine.customer(), required_vram_mb=8000)
    node = engine.node("n0", vram_mb=[6000, 24000, 8192])
    node.run(node.take())
    assert node.take().gpu_uuid == "GPU-n0-2"


def test_a_job_no_node_can_run_is_accepted_and_waits(engine: Engine) -> None:
    job = engine.job(engine.customer(), required_vram_mb=8000)
    node = engine.node("n0")
    finish(node)
    assert job.status == "queued"
    assert engine.states()["train"] == "ready"


def test_cpu_ok_lets_a_node_without_a_gpu_run_a_gpu_unit_at_the_cpu_rate(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer, required_vram_mb=8000, resources=ResourcesTable(cpu_ok=True))
    node = engine.node("n0")
    finish(node)
    assert engine.one("SELECT charged_micro FROM units WHERE role = 'train'") == 2000


def test_the_customer_with_less_work_at_nodes_is_served_first(engine: Engine) -> None:
    busy, quiet = engine.customer(), engine.customer()
    engine.job(busy)
    engine.job(busy)
    engine.job(quiet)
    node = engine.node("n0")
    leases = node.exchange(most=3).leases
    owners = [engine.one("SELECT customer_id FROM units WHERE public_id = ?", lease.unit_id) for lease in leases]
    assert owners == [busy, quiet, busy]


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
    failed(node, lease, Fault.CUSTOMER)
    node.held.clear()
    with engine.store.transaction() as tx:
        again = retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)
    assert again.status == "queued" and again.failure is None
    finish(node)
    assert set(engine.states().values()) == {"completed"}
    assert engine.one("SELECT attempts FROM units WHERE role = 'train'") == 2


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
    node.say(StepReport(attempt_id=lease.attempt_id, token=lease.token, number=10, step=10, of=40))
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
    using = Exchanging(engine.index, urls, engine.settings, engine.now, engine.new_id, engine.random.randbytes)
    with engine.store.transaction() as tx:
        done = exchange(tx, authenticate(tx.connection, node.credential), request, using)
    assert [(a.status, a.number) for a in done.response.answers] == [("unknown", 4)]


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
    failed(node, lease, Fault.CUSTOMER)
    assert engine.one("SELECT count(*) FROM log_lines") == 1
