"""The brain's walks: each reads as what happened to a node and what it then said and did."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.attempt import Snapshot
from agent.brain import RELEASED_ON_STOP, STOP_WITHIN_SECONDS
from agent.events import (
    AttemptTrouble,
    BoxExited,
    BoxStarted,
    CallTrouble,
    CheckpointTaken,
    EnvironmentReady,
    ExchangeAnswered,
    ExchangeFailed,
    FetchDone,
    Line,
    MachineSeen,
    MetricRow,
    MetricsSeen,
    OutputsScanned,
    StopRequested,
    UnitRemoved,
    UploadDone,
    UploadFailed,
    UrlsWanted,
)
from agent.instructions import (
    BuildEnvironment,
    Fetch,
    Finish,
    GiveUrls,
    KeepSnapshots,
    RemoveUnit,
    ScanOutputs,
    StartBox,
    StopBox,
    TakeCheckpoint,
    UploadChunks,
)
from agent.sandbox.base import GRACE_SECONDS, BoxExit, StopReason
from core.protocol.node import (
    AnyReport,
    CheckpointReport,
    ChunkUpload,
    CompletedReport,
    Directive,
    DirectiveKind,
    ExchangeResponse,
    ExitedReport,
    FailedReport,
    Fault,
    FreeGpu,
    LogReport,
    MetricsReport,
    NeedUrlsReport,
    NodeSettings,
    ReleasedReport,
    ReportAnswer,
    ReportStatus,
    StartedReport,
    StepReport,
    UnitLimits,
)

from .bench import EMPTY, SUCCESS, Bench, a_lease, a_manifest, accepted, answered_as


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "journal.sqlite")
    yield bench
    bench.journal.close()


def the_upload(digest: str = "ab" * 32) -> ChunkUpload:
    return ChunkUpload(digest, 1, f"http://server/chunks/{digest}")


def missing_once(kind: type[AnyReport]) -> "MissingOnce":
    return MissingOnce(kind)


class MissingOnce:
    """A server that lacks one chunk of the first report of a kind."""

    def __init__(self, kind: type[AnyReport]) -> None:
        self._kind = kind
        self.asked = 0

    def __call__(self, report: AnyReport) -> ReportAnswer:
        if isinstance(report, self._kind) and not self.asked:
            self.asked += 1
            answer = accepted(report)
            return ReportAnswer(
                answer.attempt_id, answer.number, ReportStatus.MISSING, missing=[the_upload()], missing_count=1
            )
        return accepted(report)


# ---- the straight way ------------------------------------------------------------------------------------------------


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


# ---- answers that are lost, replayed, missing ------------------------------------------------------------------------


def test_a_report_whose_answer_is_lost_is_sent_again_as_it_was(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, SUCCESS))
    sent = bench.reports()
    bench.lose()
    assert not bench.has_urgent()
    bench.pass_time(2)
    assert bench.reports() == sent


def test_an_answer_that_says_replayed_is_as_good_as_accepted(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt)
    while bench.has_urgent():
        bench.answer(answered_as(ReportStatus.REPLAYED))
    bench.take(RemoveUnit)


def test_missing_chunks_are_uploaded_and_the_same_report_is_sent_again(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt, a_manifest("model.npz"))
    bench.answer()
    first = bench.report(CompletedReport)
    bench.answer(missing_once(CompletedReport))
    upload = bench.take(UploadChunks)
    assert (upload.number, upload.uploads) == (first.number, [the_upload()])
    assert not bench.has_urgent()
    bench.feed(UploadDone(attempt, first.number))
    assert bench.report(CompletedReport) == first
    bench.answer()
    bench.take(RemoveUnit)


def test_a_failed_upload_asks_for_fresh_urls_by_the_same_report(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt, a_manifest("model.npz"))
    bench.answer()
    first = bench.report(CompletedReport)
    bench.answer(missing_once(CompletedReport))
    bench.take(UploadChunks)
    bench.feed(UploadFailed(attempt, first.number, "the connection broke"))
    assert not bench.has_urgent()
    bench.pass_time(2)
    assert bench.report(CompletedReport) == first


def test_chunks_that_never_arrive_end_the_attempt_as_the_nodes_fault(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt, a_manifest("model.npz"))
    bench.answer()
    for _ in range(20):
        if not any(isinstance(report, CompletedReport) for report in bench.reports()):
            break
        number = bench.report(CompletedReport).number
        bench.answer(missing_once(CompletedReport))
        if bench.take_all(UploadChunks):
            bench.feed(UploadDone(attempt, number))
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code) == (Fault.NODE, "upload")


def test_a_superseded_report_ends_the_attempt_without_another_word(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(Line(attempt, "stdout", "still at it"))
    bench.pass_time(1)
    bench.answer(answered_as(ReportStatus.SUPERSEDED))
    bench.take(RemoveUnit)
    bench.feed(Line(attempt, "stdout", "too late"), BoxExited(attempt, SUCCESS))
    bench.pass_time(5)
    assert not bench.has_urgent()
    assert bench.journal.attempts() == []
    bench.answer_poll()
    assert bench.poll.request.attempts == []


def test_a_report_that_the_server_cannot_take_is_found_and_left_out(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(MetricsSeen(attempt, [MetricRow(1, {"loss": 1.0})]), Line(attempt, "stdout", "fine"))
    bench.pass_time(1)
    assert len(bench.reports()) == 3
    bench.lose(CallTrouble.REFUSED)
    (bad,) = bench.reports()
    bench.lose(CallTrouble.REFUSED)
    rest = bench.reports()
    assert bad not in rest
    assert len(rest) == 2


def test_a_lease_whose_reply_was_lost_is_taken_up_when_it_is_resent(bench: Bench) -> None:
    lease = a_lease()
    bench.answer_poll(resent=[lease])
    assert bench.take(Fetch).lease == lease
    bench.pass_time(1)
    bench.answer_poll(resent=[lease])
    assert not bench.take_all(Fetch)


def test_a_finished_attempt_that_is_resent_is_not_run_again(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt)
    bench.answer_all()
    bench.feed(UnitRemoved(attempt))
    bench.answer_poll(resent=[a_lease()])
    assert not bench.take_all(Fetch)


# ---- checkpoints -----------------------------------------------------------------------------------------------------


def test_checkpoints_are_taken_in_the_rhythm_that_the_lease_asks_for(bench: Bench) -> None:
    limits = UnitLimits(600, 512, 256, 0, 1, checkpoint_every_seconds=10)
    attempt = bench.run(a_lease(limits=limits))
    bench.pass_time(9)
    assert not bench.take_all(TakeCheckpoint)
    bench.pass_time(2)
    assert not bench.take(TakeCheckpoint).final
    bench.pass_time(30)
    assert not bench.take_all(TakeCheckpoint), "the one before is still being taken"
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), None)))
    report = bench.report(CheckpointReport)
    assert (report.checkpoint, report.manifest) == (1, a_manifest("step.txt"))
    assert 10 <= report.run_seconds <= 11
    bench.pass_time(10)
    bench.take(TakeCheckpoint)


def test_of_checkpoints_that_wait_behind_an_upload_only_the_newest_is_told(bench: Bench) -> None:
    attempt = bench.run()
    bench.pass_time(31)
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("a"), 1)))
    first = bench.report(CheckpointReport)
    bench.answer(missing_once(CheckpointReport))
    bench.take(UploadChunks)
    for name in ("2", "3"):
        bench.pass_time(31)
        bench.feed(CheckpointTaken(attempt, Snapshot(name, a_manifest("a", name), int(name))))
    assert bench.take_all(KeepSnapshots)[-1].names == ["1", "3"], "what is being uploaded stays, and the newest"
    bench.answer_all()
    bench.feed(UploadDone(attempt, first.number))
    bench.answer()
    second = bench.report(CheckpointReport)
    assert (second.checkpoint, second.step, second.manifest) == (2, 3, a_manifest("a", "3"))


def test_completed_waits_until_the_last_checkpoint_is_accepted(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, SUCCESS))
    bench.answer()
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), 7)))
    number = bench.report(CheckpointReport).number
    bench.answer(missing_once(CheckpointReport))
    bench.feed(OutputsScanned(attempt, EMPTY))
    assert not bench.has_urgent()
    bench.feed(UploadDone(attempt, number))
    assert [type(report) for report in bench.reports()] == [CheckpointReport]
    bench.answer()
    bench.report(CompletedReport)


def test_a_look_under_way_when_the_code_ends_is_followed_by_a_last_one(bench: Bench) -> None:
    attempt = bench.run()
    bench.pass_time(31)
    bench.take(TakeCheckpoint)
    bench.feed(BoxExited(attempt, SUCCESS))
    assert not bench.take_all(TakeCheckpoint)
    bench.feed(CheckpointTaken(attempt))
    assert bench.take(TakeCheckpoint).final


# ---- ends that are no success ----------------------------------------------------------------------------------------


def test_an_exit_code_is_the_customers_fault_and_told_with_the_log(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(Line(attempt, "stderr", "ValueError: no"))
    bench.feed(BoxExited(attempt, BoxExit(3, None, None, None, None, 1.5, "ended with exit code 3")))
    kinds = [type(report) for report in bench.reports()]
    assert kinds == [LogReport, ExitedReport, FailedReport]
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code, failed.exit_code) == (Fault.CUSTOMER, "exit_code", 3)
    assert [line.stream for line in bench.report(LogReport).lines] == ["stderr", "platform"]


def test_a_kill_that_nobody_of_ours_did_is_the_nodes_fault_and_tried_elsewhere(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, BoxExit(137, 9, None, None, None, 1.0, "ended with exit code 137 (SIGKILL)")))
    bench.answer()
    bench.feed(CheckpointTaken(attempt))
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code) == (Fault.NODE, "killed")


@pytest.mark.parametrize("reason", [StopReason.WALL_CLOCK, StopReason.MEMORY, StopReason.DISK])
def test_a_passed_limit_is_told_in_numbers_and_words(bench: Bench, reason: StopReason) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, BoxExit(137, 9, reason, 4000.0, 5312.0, 1.0, "5,312 MiB, 4,000 allowed")))
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code, failed.limit, failed.measured) == (Fault.CUSTOMER, reason.value, 4000, 5312)
    assert bench.report(ExitedReport).exit_code is None
    assert "5,312 MiB" in failed.message


def test_a_machine_short_of_memory_is_the_nodes_fault_and_the_checkpoint_is_saved_first(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, BoxExit(137, 9, StopReason.MACHINE, None, None, 1.0, "memory ran out")))
    bench.answer()
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), 1)))
    bench.report(CheckpointReport)
    bench.answer()
    assert bench.report(FailedReport).fault is Fault.NODE


def test_requirements_that_do_not_exist_fail_the_unit_as_the_customers(bench: Bench) -> None:
    lease = bench.lease()
    bench.feed(FetchDone(lease.attempt_id))
    bench.feed(AttemptTrouble(lease.attempt_id, Fault.CUSTOMER, "environment", "no such package"))
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code, failed.message) == (Fault.CUSTOMER, "environment", "no such package")
    bench.answer()
    bench.take(RemoveUnit)


def test_a_cancelled_attempt_is_stopped_and_removed_without_a_report(bench: Bench) -> None:
    attempt = bench.run()
    bench.answer_poll(directives=[Directive(DirectiveKind.CANCEL, attempt, "the job was cancelled")])
    bench.take(RemoveUnit)
    assert not bench.has_urgent()
    bench.feed(UnitRemoved(attempt))
    assert bench.journal.attempts() == []


def test_directives_of_a_newer_server_are_passed_over(bench: Bench) -> None:
    bench.answer_poll(directives=[Directive("dance", None, ""), Directive(DirectiveKind.CANCEL, "no such attempt")])
    assert bench.poll


def test_a_drained_node_finishes_what_it_holds_and_takes_no_more(bench: Bench) -> None:
    attempt = bench.run()
    bench.answer_poll(directives=[Directive(DirectiveKind.DRAIN)])
    assert bench.poll.request.max_leases == 0
    bench.complete(attempt)
    bench.answer_all()
    bench.take(RemoveUnit)


def test_new_settings_hold_at_once_and_after_a_restart(bench: Bench) -> None:
    shorter = NodeSettings(4, 2, 1, 1.5, 4)
    bench.answer_poll(directives=[Directive(DirectiveKind.SETTINGS, settings=shorter)])
    assert bench.poll.request.wait_seconds == 2
    bench.kill_and_restart()
    assert bench.poll.request.wait_seconds == 2


# ---- limits on what the code says ------------------------------------------------------------------------------------


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


# ---- kill -9, stop, silence ------------------------------------------------------------------------------------------


def test_after_kill_the_same_attempt_goes_on_and_started_is_not_said_again(bench: Bench) -> None:
    attempt = bench.run()
    bench.pass_time(20)
    bench.feed(Line(attempt, "stdout", "before"))
    bench.pass_time(1)
    bench.answer_all()
    bench.kill_and_restart()
    fetch = bench.take(Fetch)
    assert fetch.attempt_id == attempt
    assert [held.attempt_id for held in bench.poll.request.attempts] == [attempt]
    bench.feed(FetchDone(attempt), EnvironmentReady(attempt))
    assert bench.take(StartBox).run_seconds >= 20, "time that was used stays used"
    bench.feed(BoxStarted(attempt), Line(attempt, "stdout", "after"))
    bench.pass_time(1)
    assert not [report for report in bench.reports() if isinstance(report, StartedReport)]
    numbers = [line.number for line in bench.report(LogReport).lines]
    assert numbers == [2, 3], "the server has line 1 already: the platform's word and the code's come after it"


def test_a_result_that_was_not_accepted_before_the_kill_is_sent_again(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt, a_manifest("model.npz"))
    bench.answer()
    completed = bench.report(CompletedReport)
    bench.kill_and_restart()
    assert bench.reports() == [completed]
    assert not bench.take_all(Fetch)
    bench.answer(missing_once(CompletedReport))
    bench.take(UploadChunks)


@pytest.mark.parametrize("scanned", [False, True])
def test_a_kill_between_exit_and_result_loses_nothing_that_was_computed(bench: Bench, scanned: bool) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, SUCCESS))
    if scanned:
        bench.feed(CheckpointTaken(attempt))
    bench.kill_and_restart()
    assert not bench.take_all(StartBox)
    bench.report(ExitedReport)
    if not scanned:
        bench.take(TakeCheckpoint)
        bench.feed(CheckpointTaken(attempt))
    bench.take(ScanOutputs)
    bench.feed(OutputsScanned(attempt, EMPTY))
    bench.answer_all()
    bench.take(RemoveUnit)


def test_a_stopped_node_saves_the_last_checkpoint_gives_the_unit_back_and_ends(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(StopRequested("the owner stopped the node"))
    assert bench.take(StopBox).grace_seconds == GRACE_SECONDS
    bench.feed(BoxExited(attempt, BoxExit(143, 15, StopReason.ASKED, None, None, 3.0, "stopped")))
    assert bench.take(TakeCheckpoint).final
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), 5)))
    assert [type(report) for report in bench.reports()] == [CheckpointReport]
    bench.answer()
    assert bench.report(ReleasedReport).reason == RELEASED_ON_STOP
    assert not bench.take_all(Finish)
    bench.answer()
    bench.take(RemoveUnit)
    bench.feed(UnitRemoved(attempt))
    assert bench.take(Finish).trouble == ""


def test_code_that_finishes_within_the_grace_is_completed_all_the_same(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(StopRequested("the owner stopped the node"))
    bench.feed(BoxExited(attempt, BoxExit(0, None, StopReason.ASKED, None, None, 3.0, "stopped")))
    bench.feed(CheckpointTaken(attempt), OutputsScanned(attempt, EMPTY))
    bench.answer()
    bench.report(CompletedReport)


def test_a_stopped_node_gives_back_what_has_not_begun(bench: Bench) -> None:
    bench.lease()
    bench.feed(StopRequested("the owner stopped the node"))
    bench.report(ReleasedReport)


def test_a_stopped_node_that_cannot_reach_its_server_ends_and_keeps_its_result(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt)
    bench.feed(StopRequested("the owner stopped the node"))
    assert not bench.take_all(Finish)
    bench.lose()
    bench.take(Finish)
    assert [held.lease.attempt_id for held in bench.journal.attempts()] == [attempt]


def test_a_stop_takes_no_longer_than_it_may(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt)
    bench.feed(StopRequested("the owner stopped the node"))
    bench.pass_time(STOP_WITHIN_SECONDS - 1)
    assert not bench.take_all(Finish)
    bench.pass_time(2)
    bench.take(Finish)


def test_an_idle_node_stops_at_once(bench: Bench) -> None:
    bench.feed(StopRequested("the owner stopped the node"))
    bench.take(Finish)


def test_a_silent_server_is_asked_again_ever_later_but_within_a_lease(bench: Bench) -> None:
    pauses = []
    for _ in range(12):
        call = bench.poll.call
        del bench.calls[call]
        bench.feed(ExchangeFailed(call, CallTrouble.UNREACHABLE, "nobody answers"))
        wake_at = bench.brain.wake_at()
        assert wake_at is not None
        pauses.append(wake_at - bench.now)
        bench.pass_time(pauses[-1])
    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[-1] <= NodeSettings().lease_seconds / 3
    assert bench.said.count("nobody answers") == 1, "the owner is told once, not at every try"


def test_the_code_runs_on_while_the_server_is_silent(bench: Bench) -> None:
    attempt = bench.run()
    call = bench.poll.call
    del bench.calls[call]
    bench.feed(ExchangeFailed(call, CallTrouble.UNREACHABLE, "nobody answers"))
    bench.pass_time(300)
    assert not bench.take_all(RemoveUnit)
    assert not bench.take_all(StopBox)
    assert [held.attempt_id for held in bench.poll.request.attempts] == [attempt]


def test_a_node_whose_credential_is_refused_says_so_and_ends(bench: Bench) -> None:
    call = bench.poll.call
    del bench.calls[call]
    bench.feed(ExchangeFailed(call, CallTrouble.CREDENTIAL, "this node is not known"))
    assert bench.take(Finish).trouble == "this node is not known"


def test_an_outdated_node_is_told_so_in_words_and_asks_rarely(bench: Bench) -> None:
    call = bench.poll.call
    del bench.calls[call]
    bench.feed(ExchangeFailed(call, CallTrouble.UPGRADE, "update the node program"))
    assert "update the node program" in bench.said
    wake_at = bench.brain.wake_at()
    assert wake_at is not None
    assert wake_at - bench.now >= 30


def test_an_empty_answer_that_comes_at_once_does_not_make_the_node_ask_without_pause(bench: Bench) -> None:
    asked = 0
    end = bench.now + 10
    while bench.now < end:
        bench.answer_poll()
        asked += 1
        wake_at = bench.brain.wake_at()
        assert wake_at is not None
        bench.pass_time(max(0.0, wake_at - bench.now))
    assert asked < 40


# ---- room ------------------------------------------------------------------------------------------------------------


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


def test_urls_that_are_wanted_are_asked_for_and_given(bench: Bench) -> None:
    lease = bench.lease()
    bench.feed(UrlsWanted(lease.attempt_id, ["ab" * 32]))
    wanted = bench.report(NeedUrlsReport)
    assert wanted.digests == ["ab" * 32]
    urls = {"ab" * 32: "http://server/x"}
    call = bench.urgent.call
    answer = ReportAnswer(wanted.attempt_id, wanted.number, ReportStatus.ACCEPTED, urls=urls)
    del bench.calls[call]
    bench.feed(ExchangeAnswered(call, ExchangeResponse(answers=[answer])))
    assert bench.take(GiveUrls).urls == urls


def test_a_unit_that_goes_on_after_a_hasty_stop_is_no_longer_given_back(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(StopRequested("ctrl-c"))
    bench.kill_and_restart()
    bench.take(Fetch)
    bench.feed(FetchDone(attempt), EnvironmentReady(attempt), BoxStarted(attempt))
    bench.answer_all()
    bench.feed(BoxExited(attempt, BoxExit(1, None, None, None, None, 1.0, "ended with exit code 1")))
    assert bench.report(FailedReport).fault is Fault.CUSTOMER
