"""What a job made is kept for as long as its customer's limits say, and then goes, a little at a time."""

import pytest

from core.accounts.limits import DEFAULTS, set_limits
from core.content.uploads import UploadKind, delete_upload, get_upload
from core.errors import ApiError, ErrorCode
from core.jobs.artifacts import artifact_bytes, artifact_source
from core.jobs.control import cancel, retry
from core.jobs.live import CustomerStream, JobStream
from core.jobs.read import get_job, list_artifacts, list_logs, list_metrics, list_units
from core.jobs.retention import ROWS_A_STEP, retain
from core.protocol.customer import Artifact, ArtifactType, TrainingJob
from core.protocol.node import Fault, LogLine, LogReport, MetricPoint, MetricsReport
from tests.core.engine import Engine, EngineNode

DAY = 86_400.0


def let_time_be_over(engine: Engine, rows: int = ROWS_A_STEP) -> tuple[set[str], int]:
    """All steps that are due; the digests that nobody has any more, and how many steps there were."""
    orphans: set[str] = set()
    for count in range(1, 10_000):
        with engine.store.transaction() as tx:
            step = retain(tx, usual_days=DEFAULTS.artifact_days, now=engine.now, rows=rows)
        orphans |= set(step.orphans)
        if not step.more:
            return orphans, count
    raise AssertionError("it never ends")


def run_job(engine: Engine, customer: int, node: EngineNode, *, lines: int = 3, checkpoints: int = 0) -> TrainingJob:
    """A job that comes to its end, whose training says so much."""
    job = engine.job(customer)
    while leases := node.exchange(most=1).leases:
        lease = leases[0]
        node.start(lease)
        if lease.role == "train":
            said = {"attempt_id": lease.attempt_id, "token": lease.token}
            text = [LogLine(number, "stdout", f"line {number}") for number in range(1, lines + 1)]
            points = [MetricPoint(number, number, {"loss": 1.0}) for number in range(1, lines + 1)]
            assert node.say(LogReport(**said, number=node.number(), lines=text)) == "accepted"
            assert node.say(MetricsReport(**said, number=node.number(), points=points)) == "accepted"
            for number in range(1, checkpoints + 1):
                engine.now += 1
                assert node.checkpoint(lease, number, number, float(number)) == "accepted"
        engine.now += 10
        node.exit(lease, 10)
        node.complete(lease)
        node.held.remove(lease)
        engine.conclude(node.to_verify)
        node.to_verify.clear()
    return job


def artifacts(engine: Engine, customer: int, job: TrainingJob) -> list[Artifact]:
    connection = engine.store.connection
    rows = list_artifacts(connection, customer, job.id, after=None, limit=100, keep_seconds=90 * DAY)
    return [row for _, row in rows]


def kept(engine: Engine) -> dict[str, int]:
    tables = ("log_lines", "metric_points", "events", "content_chunks", "customer_chunks")
    rows = {table: engine.one(f"SELECT count(*) FROM {table}") for table in tables}
    return {**rows, "contents": engine.one("SELECT count(*) FROM contents WHERE digest <> ''")}


def code(caught: "pytest.ExceptionInfo[ApiError]") -> ErrorCode:
    return caught.value.code


def test_all_that_a_job_made_goes_ninety_days_after_its_end_and_its_history_stays(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = run_job(engine, customer, node, checkpoints=2)
    made, ended_at = artifacts(engine, customer, job), engine.now
    let_time_be_over(engine)
    before = kept(engine)
    engine.now = ended_at + 90 * DAY - 1
    assert let_time_be_over(engine)[1] == 1
    assert artifacts(engine, customer, job) == made and all(row.open for row in made)
    assert kept(engine)["log_lines"] == before["log_lines"] > 0

    engine.now += 1
    orphans, _ = let_time_be_over(engine)
    after = kept(engine)
    assert {after[name] for name in ("log_lines", "metric_points", "events")} == {0}
    assert after["contents"] == 2  # the dataset and the package
    connection = engine.store.connection
    left = {row["digest"] for row in connection.execute("SELECT digest FROM customer_chunks")}
    assert orphans and not orphans & left
    assert {row["digest"] for row in connection.execute("SELECT digest FROM orphans")} >= orphans

    listed = artifacts(engine, customer, job)
    assert [(row.name, row.sha256, row.size_bytes) for row in listed] == [
        (row.name, row.sha256, row.size_bytes) for row in made
    ]
    assert not any(row.open for row in listed)
    for row in listed:
        with pytest.raises(ApiError) as caught:
            artifact_source(connection, customer, job.id, row.id)
        assert code(caught) is ErrorCode.ARTIFACT_NOT_FOUND
        with pytest.raises(ApiError) as caught:  # by a URL that was signed before
            artifact_bytes(connection, engine.one("SELECT id FROM artifacts WHERE public_id = ?", row.id))
        assert code(caught) is ErrorCode.ARTIFACT_NOT_FOUND
    assert get_job(connection, customer, job.id, now=engine.now).credits.charged_micro > 0
    units = list_units(connection, customer, job.id, after=None, limit=100)
    assert all(unit.attempts for _, unit in units)
    logs = [list_logs(connection, customer, job.id, unit.id, attempt=None, after=0, limit=9) for _, unit in units]
    assert (logs, list_metrics(connection, customer, job.id, after=0, limit=9)) == ([[]] * len(units), [])


def test_an_artifact_says_when_it_goes_and_is_there_until_then(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = run_job(engine, customer, node)
    shown = {str(row.expires_at) for row in artifacts(engine, customer, job)}
    assert len(shown) == 1  # all together, whenever they were made
    ended_at = engine.one("SELECT finished_at FROM jobs")
    assert engine.one("SELECT strftime('%Y-%m-%dT%H:%M:%S', ?, 'unixepoch')", ended_at + 90 * DAY) in shown.pop()


def test_a_customers_own_limit_counts_and_no_other_customers(engine: Engine) -> None:
    node = engine.node("n")
    short, usual, long = engine.customer(), engine.customer(), engine.customer()
    with engine.store.transaction() as tx:
        set_limits(tx, short, {"artifact_days": 1})
        set_limits(tx, long, {"artifact_days": 400})
    jobs = {customer: run_job(engine, customer, node) for customer in (short, usual, long)}

    def gone() -> set[int]:
        let_time_be_over(engine)
        return {customer for customer, job in jobs.items() if not artifacts(engine, customer, job)[0].open}

    assert gone() == set()
    engine.now += DAY
    assert gone() == {short}
    engine.now += 89 * DAY
    assert gone() == {short, usual}
    engine.now += 310 * DAY
    assert gone() == {short, usual, long}


def test_a_step_takes_few_rows_and_another_process_goes_on_where_it_stopped(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    run_job(engine, customer, node, lines=300)
    engine.now += 90 * DAY
    before = kept(engine)["log_lines"]
    steps = 0
    while kept(engine)["log_lines"]:
        rows = kept(engine)
        with engine.store.transaction() as tx:
            assert retain(tx, usual_days=90, now=engine.now, rows=7).more
        taken = {name: rows[name] - count for name, count in kept(engine).items()}
        assert taken["log_lines"] + taken["metric_points"] + taken["events"] <= 7
        steps += 1
    assert steps > before // 7
    let_time_be_over(engine, rows=7)
    assert engine.one("SELECT retention FROM jobs") == "expired"


def test_a_step_that_is_undone_takes_nothing(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    run_job(engine, customer, node)
    let_time_be_over(engine)
    engine.now += 90 * DAY
    before = kept(engine)
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        for _ in range(3):
            assert retain(tx, usual_days=90, now=engine.now).more
        raise RuntimeError
    assert kept(engine) == before
    assert engine.one("SELECT retention FROM jobs") == "results"


def test_of_a_completed_job_only_the_checkpoint_that_is_an_artifact_stays(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = run_job(engine, customer, node, checkpoints=4)
    assert engine.one("SELECT count(*) FROM checkpoints WHERE content_id IS NOT NULL") == 2
    orphans, _ = let_time_be_over(engine)
    assert len(orphans) == 1
    assert engine.one("SELECT count(*) FROM checkpoints WHERE content_id IS NOT NULL") == 1
    checkpoint = next(row for row in artifacts(engine, customer, job) if row.type is ArtifactType.CHECKPOINT)
    found = artifact_bytes(
        engine.store.connection, engine.one("SELECT id FROM artifacts WHERE public_id = ?", checkpoint.id)
    )
    assert found.size_bytes == checkpoint.size_bytes


def test_a_failed_jobs_checkpoints_stay_for_a_retry_until_its_time_is_over(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    job = engine.job(customer)
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    engine.now += 5
    node.checkpoint(lease, 1, 10, 5.0)
    node.fail(lease, Fault.CUSTOMER)
    node.held.clear()
    engine.now += 89 * DAY
    let_time_be_over(engine)

    def again() -> TrainingJob:
        with engine.store.transaction() as tx:
            return retry(tx, engine.index, customer, job.id, limits=DEFAULTS, now=engine.now, new_id=engine.new_id)

    again()
    engine.now += 5 * DAY
    let_time_be_over(engine)  # it runs: nothing of it goes, however old
    resumed = node.take()
    assert resumed.checkpoint is not None and resumed.checkpoint.step == 10
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    engine.now += 90 * DAY
    let_time_be_over(engine)
    with pytest.raises(ApiError) as caught:
        again()
    assert code(caught) is ErrorCode.STATE_CONFLICT and "no longer kept" in caught.value.message


def test_a_job_that_another_begins_from_waits_for_it(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    first = run_job(engine, customer, node, checkpoints=1)
    engine.now += 90 * DAY
    second = engine.job(customer)
    checkpoint = engine.one("SELECT id FROM artifacts WHERE type = 'checkpoint'")
    with engine.store.transaction() as tx:
        tx.connection.execute(
            "UPDATE jobs SET start_checkpoint_artifact_id = ? WHERE public_id = ?", [checkpoint, second.id]
        )
    let_time_be_over(engine)
    assert artifacts(engine, customer, first)[0].open
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, second.id, now=engine.now, new_id=engine.new_id)
    let_time_be_over(engine)
    assert not artifacts(engine, customer, first)[0].open


def test_chunks_that_a_dataset_has_too_stay(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    run_job(engine, customer, node)
    shared = engine.one(
        "SELECT k.digest FROM content_chunks k JOIN units u ON u.result_content_id = k.content_id LIMIT 1"
    )
    dataset = engine.one("SELECT content_id FROM uploads WHERE kind = 'dataset'")
    with engine.store.transaction() as tx:
        tx.connection.execute("INSERT INTO content_chunks VALUES (?, ?, 1)", [dataset, shared])
    engine.now += 90 * DAY
    orphans, _ = let_time_be_over(engine)
    assert orphans and shared not in orphans
    assert engine.one("SELECT count(*) FROM customer_chunks WHERE digest = ?", shared) == 1


def test_a_reader_who_comes_late_is_told_of_the_gap(engine: Engine) -> None:
    customer, node = engine.customer(), engine.node("n")
    connection = engine.store.connection
    job = run_job(engine, customer, node)
    stream, whole = JobStream(connection, customer, job.id, keep_seconds=90 * DAY), CustomerStream(customer)
    newest, of_customer = stream.newest(connection), whole.newest(connection)
    engine.now += 60 * DAY
    upload_id = engine.upload(customer, UploadKind.DATASET, "later")
    engine.now += 30 * DAY
    let_time_be_over(engine)

    for after in (0, 3, newest - 1):
        (gap,) = stream.page(connection, after, engine.now)
        assert (gap.number, gap.kind) == (newest, "gap")
        assert f'"from":{after + 1},"to":{newest}'.encode() in gap.data
    assert stream.page(connection, newest, engine.now) == [] and stream.has_ended(connection)

    told = whole.page(connection, 0, engine.now)
    assert [(event.kind, event.number) for event in told] == [
        ("gap", of_customer),
        ("dataset", of_customer + 1),
        ("dataset", of_customer + 2),
    ]
    with engine.store.transaction() as tx:
        delete_upload(tx, get_upload(tx.connection, customer, UploadKind.DATASET, upload_id), now=engine.now)
    assert whole.page(connection, of_customer + 2, engine.now)[0].kind == "dataset"
