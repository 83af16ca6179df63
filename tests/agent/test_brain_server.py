"""The brain and its server: answers that are lost, replayed or missing, directives, silence."""

import pytest

from agent.events import (
    BoxExited,
    CallTrouble,
    ExchangeAnswered,
    ExchangeFailed,
    Line,
    MetricRow,
    MetricsSeen,
    UnitRemoved,
    UploadDone,
    UploadFailed,
    UrlsWanted,
)
from agent.instructions import (
    Fetch,
    Finish,
    GiveUrls,
    RemoveUnit,
    StopBox,
    UploadChunks,
)
from core.protocol.node import (
    CompletedReport,
    Directive,
    DirectiveKind,
    ExchangeResponse,
    FailedReport,
    Fault,
    NeedUrlsReport,
    NodeSettings,
    ReportAnswer,
    ReportStatus,
)

from .bench import SUCCESS, Bench, a_lease, a_manifest, answered_as, missing_once, the_upload


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


def test_an_id_that_no_folder_can_have_is_passed_over_and_not_remembered(bench: Bench) -> None:
    bench.answer_poll(a_lease("../../../home"), a_lease("attempt-2"))
    assert bench.take(Fetch).attempt_id == "attempt-2"
    assert [one.lease.attempt_id for one in bench.journal.attempts()] == ["attempt-2"]


@pytest.mark.parametrize("seconds", [-1e9, 0.0, 1e300])
def test_a_servers_lengths_of_time_are_taken_within_reason(bench: Bench, seconds: float) -> None:
    settings = NodeSettings(seconds, seconds, seconds)
    bench.answer_poll(directives=[Directive(DirectiveKind.SETTINGS, settings=settings)])
    assert 0.2 <= bench.poll.request.wait_seconds <= 120
    bench.feed(ExchangeFailed(bench.poll.call, CallTrouble.UNREACHABLE, "later", seconds))
    wake_at = bench.brain.wake_at()
    assert wake_at is not None and 0.1 < wake_at - bench.now <= 900


def test_of_leases_without_end_no_more_are_remembered_than_a_machine_could_have(bench: Bench) -> None:
    bench.answer_poll(*(a_lease(f"attempt-{number}") for number in range(1000)))
    assert len(bench.journal.attempts()) == 64 and len(bench.take_all(Fetch)) == 2


def test_the_tier_is_the_one_that_the_server_told_last(bench: Bench) -> None:
    def hear(tier: str) -> tuple[str, list[str]]:
        call = bench.poll.call
        del bench.calls[call]
        bench.feed(ExchangeAnswered(call, ExchangeResponse(tier=tier)))
        said, bench.said = [text for text in bench.said if "tier" in text], []
        bench.pass_time(1)
        return bench.brain.picture(bench.now).tier, said

    assert bench.brain.picture(bench.now).tier == ""
    assert hear("new") == ("new", ["to the server its tier is new"])
    assert hear("new") == ("new", [])
    assert hear("controlled") == ("controlled", ["to the server its tier is controlled"])
    assert hear("") == ("controlled", [])  # an older server, after a move back
    assert hear("\x1b" + "x" * 500)[0] == "\\x1b" + "x" * 36
