"""One self-test: its order, what stands on what, who gives way to whom, and its minute."""

import asyncio
from collections.abc import Awaitable, Callable

from agent.sandbox.base import BoxNotStarted
from agent.self_test.run import MOST_SECONDS, Finding, Row, Run, failed, passed
from core.protocol.self_test import CheckKind, CheckState, MeasuredSpeed, SelfTestRun

K = CheckKind


class Clock:
    """Goes on when a check says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def doing(finding: Finding) -> Callable[[], Awaitable[Finding]]:
    async def examine() -> Finding:
        return finding

    return examine


def a_run(rows: list[Row], clock: Clock | None = None, changed: Callable[[], None] = lambda: None) -> Run:
    clock = clock or Clock()
    return Run(rows, reason="asked", monotonic=clock, wall=lambda: 1.8e9 + clock(), changed=changed)


def states(run: SelfTestRun) -> list[CheckState]:
    return [check.state for check in run.checks]


async def test_what_stands_on_a_failed_one_is_blocked_and_the_rest_goes_on() -> None:
    rows = [
        Row(K.SANDBOX_STARTS, doing(failed("forbidden")), 1.0),
        Row(K.BREAK_OUT, doing(passed("none got out")), 1.0, needs=(K.SANDBOX_STARTS,)),
        Row(K.UNIT, doing(passed("ran")), 1.0, needs=(K.BREAK_OUT,)),
        Row(K.DISK, doing(passed("enough", MeasuredSpeed(disk_write_rate=5.0))), 1.0),
        Row(K.LINE, doing(passed("fast", MeasuredSpeed(upload_rate=7.0))), 1.0),
    ]
    done = await a_run(rows).carry_out()
    assert [state.value for state in states(done)] == ["failed", "blocked", "blocked", "passed", "passed"]
    assert (done.checks[0].cause, done.checks[1].evidence) == ("forbidden", "needs sandbox_starts")
    assert done.speed == MeasuredSpeed(disk_write_rate=5.0, upload_rate=7.0)
    assert done.passed is False and done.finished_at is not None


async def test_a_gpu_stands_on_its_own_test_and_not_on_that_of_another() -> None:
    rows = [
        Row(K.GPU, doing(failed("broken")), 1.0, gpu_uuid="a"),
        Row(K.GPU_FREES, doing(passed("free")), 1.0, needs=(K.GPU,), gpu_uuid="a"),
        Row(K.GPU, doing(passed("right")), 1.0, gpu_uuid="b"),
        Row(K.GPU_FREES, doing(passed("free")), 1.0, needs=(K.GPU,), gpu_uuid="b"),
    ]
    done = await a_run(rows).carry_out()
    assert [state.value for state in states(done)] == ["failed", "blocked", "passed", "passed"]


async def test_whatever_refuses_is_told_as_a_failure_with_its_words() -> None:
    async def no_box() -> Finding:
        raise BoxNotStarted("no namespaces")

    async def no_disk() -> Finding:
        raise OSError(28, "No space left on device")

    async def never() -> Finding:
        await asyncio.Event().wait()
        return passed("never")

    rows = [Row(K.BREAK_OUT, no_box, 1.0), Row(K.DISK, no_disk, 1.0), Row(K.UNIT, never, 0.01)]
    done = await a_run(rows).carry_out()
    assert [state.value for state in states(done)] == ["failed", "failed", "skipped"]  # a busy machine is no fault
    causes = " ".join(check.cause for check in done.checks)
    assert "no namespaces" in causes and "No space left" in causes and done.passed is False
    assert "did not come to its end" in done.checks[2].evidence


async def test_a_minute_is_all_it_takes() -> None:
    clock = Clock()

    async def slow() -> Finding:
        clock.now += MOST_SECONDS
        return passed("at last")

    done = await a_run([Row(K.LIMITS, slow, 99.0), Row(K.UNIT, slow, 1.0)], clock).carry_out()
    assert [state.value for state in states(done)] == ["passed", "skipped"]
    assert "used up" in done.checks[1].evidence


async def test_what_is_tested_gives_way_when_a_unit_comes() -> None:
    busy: list[str] = []
    begun = asyncio.Event()
    ended: list[str] = []

    async def hold() -> Finding:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("let go")
        return passed("never")

    rows = [
        Row(K.GPU, hold, 20.0, gpu_uuid="a", in_the_way=lambda: "".join(busy)),
        Row(K.GPU_FREES, hold, 20.0, gpu_uuid="a", in_the_way=lambda: "".join(busy)),
        Row(K.UNIT, doing(passed("ran")), 1.0),
    ]
    run = a_run(rows)
    made = asyncio.create_task(run.carry_out())
    await begun.wait()
    run.look_again()  # nothing is in the way yet
    assert run.view().checks[0].state is CheckState.RUNNING
    busy.append("a unit uses this GPU")
    run.look_again()
    done = await made
    assert [state.value for state in states(done)] == ["skipped", "skipped", "passed"]
    assert done.checks[0].evidence == "a unit uses this GPU" and ended == ["let go"]


async def test_the_line_can_be_left_out_while_it_runs_and_all_can_be_stopped() -> None:
    begun = asyncio.Event()

    async def hold() -> Finding:
        begun.set()
        await asyncio.Event().wait()
        return passed("never")

    run = a_run([Row(K.LINE, hold, 20.0), Row(K.UNIT, hold, 20.0), Row(K.DISK, hold, 20.0)])
    made = asyncio.create_task(run.carry_out())
    await begun.wait()
    begun.clear()
    run.leave_out(K.LINE, "its owner left the line out")
    await begun.wait()
    assert run.view().passed is None and run.view().seconds_left == 40.0
    run.stop()
    done = await made
    assert [state.value for state in states(done)] == ["skipped"] * 3 and run.was_stopped
    assert done.checks[0].evidence == "its owner left the line out"


async def test_one_that_is_given_up_leaves_no_check_running() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def hold() -> Finding:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return passed("never")

    made = asyncio.create_task(a_run([Row(K.UNIT, hold, 20.0)]).carry_out())
    await begun.wait()
    made.cancel()
    await asyncio.wait({made})
    assert made.cancelled() and ended.is_set()
