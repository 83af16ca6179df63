"""What a self-test means for the node's decisions: leases stop, and its server is told once."""

from agent.events import CallTrouble, ExchangeFailed, MachineSeen, SelfTested
from core.protocol.node import FreeGpu, ReleasedReport
from core.protocol.self_test import CheckKind, CheckResult, CheckState, SelfTestReport

from .bench import Bench, a_lease

REPORT = SelfTestReport(5.0, [CheckResult(CheckKind.UNIT, CheckState.PASSED)])
CARDS = [FreeGpu(f"GPU-{number}", "card", 8000, 8000) for number in range(2)]


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


def test_a_failed_one_stops_leases_until_a_newer_one_passes(bench: Bench) -> None:
    assert bench.poll.request.max_leases > 0
    bench.feed(SelfTested(REPORT, stops=True))
    assert bench.poll.request.max_leases == 0  # the open poll was replaced at once
    bench.answer_poll(a_lease())
    assert bench.report(ReleasedReport).reason == "the node did not pass its self-test"
    bench.feed(SelfTested(REPORT))
    bench.pass_time(1.0)
    assert bench.poll.request.max_leases > 0


def test_a_gpu_that_failed_is_not_offered_and_the_others_are(bench: Bench) -> None:
    machine = MachineSeen(cpus=2, memory_mb=8192, disk_mb=50_000, pythons=["3.11.2"], gpus=CARDS)
    bench.feed(machine, SelfTested(REPORT, stopped_gpus=frozenset({"GPU-0"})))
    next_poll(bench)
    free = bench.poll.request.free
    assert free is not None and [gpu.uuid for gpu in free.gpus] == ["GPU-1"]
