"""The newest self-test: what it stops, until when, and when another is due."""

from pathlib import Path

import msgspec
import pytest

from agent.policy.surroundings import GpuUse
from agent.self_test.kept import (
    WEEK_SECONDS,
    Kept,
    MadeOn,
    Stop,
    keep,
    load_kept,
    stops_after,
    why_due,
)
from agent.self_test.standing import Standing
from core.protocol.self_test import Check, CheckKind, CheckState, MeasuredSpeed, SelfTestRun

K, S = CheckKind, CheckState
ON = MadeOn("1.0", "6.1", "550.90")
RUN = SelfTestRun("asked", "2026-04-01T00:00:00Z", "2026-04-01T00:00:40Z", True, 0.0, [], MeasuredSpeed())


def check(kind: CheckKind, state: CheckState, gpu_uuid: str | None = None) -> Check:
    return Check(kind, state, cause=f"{kind} is broken" if state is S.FAILED else "", gpu_uuid=gpu_uuid)


def test_a_failure_stops_leases_until_one_of_its_kind_passes() -> None:
    stops = stops_after([], [check(K.BREAK_OUT, S.FAILED), check(K.UNIT, S.PASSED)], confined=True)
    assert stops == [Stop(K.BREAK_OUT, "break_out is broken")]
    for state in (S.SKIPPED, S.BLOCKED):
        assert stops_after(stops, [check(K.BREAK_OUT, state)], confined=True) == stops
    assert stops_after(stops, [], confined=True) == stops
    assert stops_after(stops, [check(K.BREAK_OUT, S.PASSED)], confined=True) == []


def test_line_and_server_stop_nothing() -> None:
    assert stops_after([], [check(K.SERVER, S.FAILED), check(K.LINE, S.FAILED)], confined=True) == []


def test_where_nothing_confines_the_box_stops_nothing_and_the_rest_does() -> None:
    failures = [check(K.SANDBOX_PROGRAM, S.FAILED), check(K.SANDBOX_STARTS, S.BLOCKED), check(K.DISK, S.FAILED)]
    before = [Stop(K.BREAK_OUT, "it got out"), Stop(K.GPU, "no", "a")]
    stops = stops_after(before, failures, confined=False)
    assert stops == [Stop(K.DISK, "disk is broken"), Stop(K.GPU, "no", "a")]


def test_a_gpu_stops_itself_alone() -> None:
    stops = stops_after([], [check(K.GPU, S.FAILED, "a"), check(K.GPU, S.PASSED, "b")], confined=True)
    kept = Kept(RUN, 0.0, ON, stops)
    assert (kept.words, kept.gpus) == ("", {"a": "gpu is broken"})
    assert stops_after(stops, [check(K.GPU, S.PASSED, "b")], confined=True) == stops
    assert stops_after(stops, [check(K.GPU, S.PASSED, "a")], confined=True) == []


def test_it_is_kept_whole_and_what_can_t_be_read_is_none(tmp_path: Path) -> None:
    assert load_kept(tmp_path) is None
    kept = Kept(RUN, 1.8e9, ON, [Stop(K.DISK, "full")])
    keep(tmp_path, kept)
    file = tmp_path / "self-test.json"
    assert load_kept(tmp_path) == kept and file.stat().st_mode & 0o777 == 0o600
    for broken in (b"", b"{", b"\xff\xfe", b'{"run": 7}'):
        file.write_bytes(broken)
        assert load_kept(tmp_path) is None


@pytest.mark.parametrize(
    ("now_on", "later", "why"),
    [
        (ON, 60.0, None),
        (MadeOn("1.1", "6.1", "550.90"), 60.0, "changed: agent"),
        (MadeOn("1.0", "6.2", ""), 60.0, "changed: kernel, driver"),
        (ON, WEEK_SECONDS, "weekly"),
        (ON, -60.0, "weekly"),
    ],
)
def test_when_another_is_due(now_on: MadeOn, later: float, why: str | None) -> None:
    assert why_due(None, now_on, 1.8e9) == "first_start"
    assert why_due(Kept(RUN, 1.8e9, ON), now_on, 1.8e9 + later) == why


def test_after_a_failure_it_is_made_again_within_the_hour() -> None:
    broken = Kept(RUN, 1.8e9, ON, [Stop(K.DISK, "full")])
    assert why_due(broken, ON, 1.8e9 + 60.0) is None
    assert why_due(broken, ON, 1.8e9 + 3_600.0) == "again"
    gaps = msgspec.structs.replace(RUN, checks=[check(K.UNIT, S.SKIPPED), check(K.LINE, S.SKIPPED)])
    assert why_due(Kept(gaps, 1.8e9, ON), ON, 1.8e9 + 3_600.0) == "again"
    no_line = msgspec.structs.replace(RUN, checks=[check(K.UNIT, S.PASSED), check(K.LINE, S.SKIPPED)])
    assert why_due(Kept(no_line, 1.8e9, ON), ON, 1.8e9 + 3_600.0) is None


def test_the_server_is_told_states_and_speeds_and_no_words() -> None:
    run = SelfTestRun("asked", "", "", False, 0.0, [check(K.GPU, S.FAILED, "a")], MeasuredSpeed(0.04))
    report = Kept(run, 1000.0, ON).report(1060.0)
    assert (report.seconds_ago, report.speed.latency_seconds) == (60.0, 0.04)
    assert [(one.kind, one.state, one.gpu_uuid) for one in report.checks] == [(K.GPU, S.FAILED, "a")]
    assert Kept(run, 1000.0, ON).report(900.0).seconds_ago == 0.0


def test_a_gpu_that_did_not_pass_is_in_trouble_for_the_rules() -> None:
    standing = Standing()
    uses = (GpuUse("a"), GpuUse("b"), GpuUse("c", trouble="lost"))
    assert standing.with_trouble(uses) == uses
    standing.gpus = {"a": "memory is broken", "c": "gone"}
    troubles = [use.trouble for use in standing.with_trouble(uses)]
    assert troubles == ["the self-test failed: memory is broken", "", "lost"]
