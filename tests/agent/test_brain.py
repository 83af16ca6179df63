"""The brain's walks: each reads as what happened to a node and what it then said and did. Here: the straight way, and
room."""

from agent.events import (
    BoxExited,
    BoxStarted,
    CheckpointTaken,
    EnvironmentReady,
    FetchDone,
    Line,
    MachineSeen,
    MetricRow,
    MetricsSeen,
    OutputsScanned,
    UnitRemoved,
)
from agent.instructions import (
    BuildEnvironment,
    Fetch,
    RemoveUnit,
    ScanOutputs,
    StartBox,
    TakeCheckpoint,
)
from core.protocol.node import (
    CompletedReport,
    ExitedReport,
    FreeGpu,
    LogReport,
    MetricsReport,
    NodeSettings,
    ReleasedReport,
    StartedReport,
    StepReport,
    UnitLimits,
)

from .bench import SUCCESS, Bench, a_lease, a_manifest


def test_an_idle_node_offers_all_it_has_and_waits_long(bench: Bench) -> None:
    request = bench.poll.request
    assert request.wait_seconds == NodeSettings().idle_poll_seconds
    assert request.max_leases == 2
    assert request.free is not None
    assert (request.free.cpus, request.free.memory_mb, request.free.disk_mb) == (2, 8192, 50_000)


def test_a_lease_is_fetched_built_and_run_in_that_order(bench: Bench) -> None:
    lease = bench.lease(a_lease(requirements=["numpy"]))
    assert bench.take(Fetch).lease == lease
    assert not bench.take_all(StartBox)
    bench.feed(FetchDone(lease.attempt_id))
    assert bench.take(BuildEnvironment).requirements == ["numpy"]
    bench.feed(EnvironmentReady(lease.attempt_id))
    assert bench.take(StartBox).run_seconds == 0
    bench.feed(BoxStarted(lease.attempt_id))
    assert isinstance(bench.reports()[0], StartedReport)


def test_a_node_with_work_polls_shorter_and_offers_less(bench: Bench) -> None:
    lease = bench.lease()
    request = bench.poll.request
    assert request.wait_seconds == NodeSettings().busy_poll_seconds
    assert request.max_leases == 1
    assert [held.attempt_id for held in request.attempts] == [lease.attempt_id]
    assert request.free is not None
    assert request.free.memory_mb == 8192 - lease.limits.memory_mb


def test_lines_and_points_travel_in_batches_with_numbers_from_one(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(Line(attempt, "stdout", "one"), Line(attempt, "stderr", "two"))
    bench.feed(MetricsSeen(attempt, [MetricRow(1, {"loss": 0.5}), MetricRow(2, {"loss": 0.4})], 2, 10))
    assert not bench.has_urgent()
    bench.pass_time(1)
    log, metrics, step = bench.report(LogReport), bench.report(MetricsReport), bench.report(StepReport)
    assert [(line.number, line.stream, line.text) for line in log.lines] == [(1, "stdout", "one"), (2, "stderr", "two")]
    assert [(point.number, point.step) for point in metrics.points] == [(1, 1), (2, 2)]
    assert (step.step, step.of) == (2, 10)


def test_exited_is_said_before_the_upload_and_completed_after_it(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, SUCCESS))
    exited = bench.report(ExitedReport)
    assert (exited.exit_code, exited.run_seconds) == (0, SUCCESS.run_seconds)
    assert bench.take(TakeCheckpoint).final
    bench.answer()
    bench.feed(CheckpointTaken(attempt))
    bench.take(ScanOutputs)
    bench.feed(OutputsScanned(attempt, a_manifest("model.npz")))
    assert bench.report(CompletedReport).manifest == a_manifest("model.npz")
    bench.answer()
    bench.take(RemoveUnit)
    bench.feed(UnitRemoved(attempt))
    assert bench.journal.attempts() == []


def test_a_place_is_offered_again_as_soon_as_the_code_has_ended(bench: Bench) -> None:
    attempt = bench.run()
    before = bench.poll
    assert before.request.max_leases == 1
    bench.feed(BoxExited(attempt, SUCCESS))
    assert bench.poll.call > before.call
    assert bench.poll.request.max_leases == 2


def test_a_log_past_its_limit_ends_in_one_line_that_says_so(bench: Bench) -> None:
    attempt = bench.run(a_lease(limits=UnitLimits(600, 512, 256, 0, 1, log_bytes=100)))
    bench.feed(*(Line(attempt, "stdout", "x" * 19) for _ in range(50)))
    bench.pass_time(1)
    lines = bench.report(LogReport).lines
    assert [line.stream for line in lines] == ["stdout"] * 5 + ["platform"]
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6]


def test_a_line_is_cut_within_its_limit_and_stays_valid_text(bench: Bench) -> None:
    attempt = bench.run(a_lease(limits=UnitLimits(600, 512, 256, 0, 1, log_line_bytes=8)))
    bench.feed(Line(attempt, "stdout", "äääääääää"), Line(attempt, "stdout", "half \udcff"))
    bench.pass_time(1)
    assert [line.text for line in bench.report(LogReport).lines] == ["ääää", "half ?"]


def test_metric_points_past_their_limit_are_left_out_with_a_word(bench: Bench) -> None:
    attempt = bench.run(a_lease(limits=UnitLimits(600, 512, 256, 0, 1, metric_points=2)))
    bench.feed(MetricsSeen(attempt, [MetricRow(step, {"loss": 1.0}) for step in range(5)]))
    bench.pass_time(1)
    assert len(bench.report(MetricsReport).points) == 2
    assert "metric points" in bench.report(LogReport).lines[0].text


def test_a_lease_without_a_place_is_given_back(bench: Bench) -> None:
    bench.answer_poll(a_lease("one"), a_lease("two"), a_lease("three"))
    assert [fetch.attempt_id for fetch in bench.take_all(Fetch)] == ["one", "two"]
    assert bench.report(ReleasedReport).attempt_id == "three"


def test_two_units_never_share_a_slot(bench: Bench) -> None:
    bench.answer_poll(a_lease("one"), a_lease("two"))
    assert len({fetch.slot for fetch in bench.take_all(Fetch)}) == 2


def test_a_gpu_takes_one_unit(bench: Bench) -> None:
    gpu = FreeGpu("GPU-1", "RTX", 24_000, 23_000)
    bench.feed(MachineSeen(cpus=2, memory_mb=8192, disk_mb=50_000, gpus=[gpu]))
    bench.answer_poll(a_lease("one", gpu_uuid="GPU-1", unit_kind="gpu"))
    assert bench.poll.request.free is not None
    assert bench.poll.request.free.gpus == []
    bench.answer_poll(a_lease("two", gpu_uuid="GPU-1", unit_kind="gpu"))
    assert bench.report(ReleasedReport).attempt_id == "two"
