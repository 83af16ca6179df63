"""What a node's server is told of its self-test: once, and without harm to all else."""

from agent.events import CallTrouble, ExchangeFailed, SelfTested
from core.protocol.self_test import CheckKind, CheckResult, CheckState, SelfTestReport

from .bench import Bench

REPORT = SelfTestReport(5.0, [CheckResult(CheckKind.UNIT, CheckState.PASSED)])


def next_poll(bench: Bench) -> SelfTestReport | None:
    bench.answer_poll()
    bench.pass_time(1.0)
    return bench.poll.request.self_test


def lose_poll(bench: Bench, trouble: CallTrouble) -> None:
    call = bench.poll.call
    del bench.calls[call]
    bench.feed(ExchangeFailed(call, trouble, "the connection broke"))


def test_the_server_is_told_once_and_how_long_ago_it_was(bench: Bench) -> None:
    bench.feed(SelfTested(REPORT))
    bench.now += 20.0
    told = next_poll(bench)
    assert told is not None and told.checks == REPORT.checks and told.seconds_ago >= 25.0
    assert next_poll(bench) is None


def test_what_was_lost_on_its_way_is_told_again(bench: Bench) -> None:
    bench.feed(SelfTested(REPORT))
    assert next_poll(bench) is not None
    lose_poll(bench, CallTrouble.UNREACHABLE)
    bench.pass_time(60.0)
    assert bench.poll.request.self_test is not None


def test_a_report_that_the_server_refuses_does_not_keep_the_node_from_speaking(bench: Bench) -> None:
    bench.feed(SelfTested(REPORT))
    assert next_poll(bench) is not None
    lose_poll(bench, CallTrouble.REFUSED)
    bench.pass_time(60.0)
    assert bench.poll.request.self_test is None
