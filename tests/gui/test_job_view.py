"""A job's state from snapshots and events: nothing is lost, nothing older wins, and what is stale is asked for."""

from typing import Any

import msgspec

from core.protocol.customer import ArtifactType, AttemptOutcome, JobCredits, JobStatus, LogRow, UnitState
from core.protocol.events import (
    ArtifactEvent,
    GapEvent,
    JobEvent,
    JobStanding,
    LogEvent,
    MetricEvent,
    StreamEvent,
    UnitEvent,
    UnitStanding,
)
from gui.job_steps import state_of, steps_of
from gui.job_view import ALL_STALE, LOGS_KEPT, Change, JobView, moment, seconds_between, waiting_since
from tests.gui.job_samples import a_job, a_line, a_point, a_unit, an_artifact, an_attempt, an_id, at, the_sweep


def unit_event(number: int, state: UnitState, attempt: int, **told: Any) -> UnitEvent:
    return UnitEvent(
        number=1,
        compute_unit_id=an_id(number),
        role="train",
        state=state,
        attempt=attempt,
        node_label="cedar-31",
        progress=0.0,
        **told,
    )


def standing_of(number: int, state: UnitState, **changes: Any) -> UnitStanding:
    unit = msgspec.structs.replace(a_unit(number, "train", state), **changes)
    return msgspec.convert(unit, UnitStanding, from_attributes=True)


def a_view() -> JobView:
    view = JobView(an_id(1))
    view.put_job(a_job())
    view.put_units(the_sweep())
    return view


def test_the_same_snapshot_again_changes_nothing() -> None:
    view = a_view()
    assert view.put_job(a_job()) == Change()
    assert view.put_units(the_sweep()) == Change()
    assert view.put_artifacts([an_artifact(50)]) == Change(artifacts=True)
    assert view.put_artifacts([an_artifact(50)]) == Change()


def test_a_unit_event_brings_all_that_it_changes_and_nothing_is_asked_for() -> None:
    view = a_view()
    standing = standing_of(33, UnitState.LEASED, attempt=1, attempts=[an_attempt(1)], held_micro=7)
    job = JobStanding(0.8, 470.0, {"leased": 1}, JobCredits(7, "0.000007", 0, "0.000000"))
    change = view.apply(unit_event(33, UnitState.LEASED, 1, now=standing, job=job))
    unit = view.unit(an_id(33))
    assert unit is not None and (unit.state, unit.held_micro, len(unit.attempts)) == (UnitState.LEASED, 7, 1)
    assert view.job is not None and (view.job.progress, view.job.units) == (0.8, {"leased": 1})
    assert change == Change(units=True, job=True)


def test_an_older_unit_event_tells_how_the_unit_stands_now() -> None:
    view = a_view()
    before = view.unit(an_id(32))
    assert before is not None
    now = standing_of(32, before.state, attempt=2, attempts=before.attempts)
    change = view.apply(unit_event(32, UnitState.READY, 1, now=now))
    after = view.unit(an_id(32))
    assert after is not None and (after.state, after.attempt) == (before.state, 2)
    assert not change.ask_units


def test_an_older_job_event_does_not_open_an_ended_job_and_a_later_one_does() -> None:
    view = JobView(an_id(1))
    view.put_job(a_job(status=JobStatus.FAILED, progress=1.0, newest_event=9))
    assert view.apply(JobEvent(number=9, status=JobStatus.RUNNING, progress=0.2, seconds_remaining=9.0)) == Change()
    assert view.ended
    assert view.apply(JobEvent(number=10, status=JobStatus.QUEUED, progress=0.2)) == Change(job=True)
    assert not view.ended


def test_artifacts_come_by_events_and_go_when_their_unit_is_computed_again() -> None:
    view = a_view()
    view.put_artifacts([an_artifact(50), an_artifact(51, type=ArtifactType.LOGS)])
    event = ArtifactEvent(
        number=1,
        artifact_id=an_id(52),
        type=ArtifactType.OUTPUT,
        name="train/x",
        size_bytes=1,
        compute_unit_id=an_id(20),
        sha256="0" * 64,
        open=True,
        created_at=at(1),
    )
    assert view.apply(event) == Change(artifacts=True) and view.apply(event) == Change()
    assert view.apply(msgspec.structs.replace(event, artifact_id=an_id(53), sha256=None)) == Change()
    assert [one.id for one in view.artifacts] == [an_id(50), an_id(51), an_id(52)]
    assert view.apply(unit_event(20, UnitState.READY, 1)).artifacts
    assert [one.id for one in view.artifacts] == [an_id(51)]


def test_logs_of_a_few_units_are_kept_and_that_which_is_looked_at() -> None:
    view = a_view()
    view.wanted_log = an_id(100)
    for number in range(100, 100 + LOGS_KEPT + 3):
        view.put_whole_log(an_id(number))
        view.put_lines(an_id(number), [a_line(1)])
    kept = [number for number in range(100, 111) if view.lines(an_id(number))]
    assert len(kept) == LOGS_KEPT and kept[0] == 100 and kept[1:] == list(range(104, 111))
    assert not view.has_whole_log(an_id(101)) and view.has_whole_log(an_id(110))


def test_a_unit_that_nobody_knows_is_asked_for_and_odd_events_are_passed_over() -> None:
    view = a_view()
    assert view.apply(unit_event(999, UnitState.READY, 1)).ask_units
    assert view.apply(StreamEvent(number=1)) == Change()


def test_a_gap_makes_everything_stale() -> None:
    assert a_view().apply(GapEvent(number=9, first=4, last=9)) == ALL_STALE


def test_log_lines_join_without_holes_or_doubles() -> None:
    view = a_view()

    def lines(*rows: LogRow) -> LogEvent:
        return LogEvent(number=1, compute_unit_id=an_id(30), attempt=1, lines=list(rows))

    assert view.apply(lines(a_line(1), a_line(2))).log_of == an_id(30)
    assert view.apply(lines(a_line(1), a_line(2))) == Change()
    assert view.apply(lines(a_line(9))) == Change(ask_log_of=an_id(30))
    view.put_lines(an_id(30), [a_line(2), a_line(3), a_line(4)])
    assert [row.number for row in view.lines(an_id(30))] == [1, 2, 3, 4]


def test_points_with_a_hole_before_them_are_asked_for() -> None:
    view = a_view()
    assert view.apply(
        MetricEvent(number=1, compute_unit_id=an_id(30), attempt=1, points=[a_point(1, 30, 1, loss=1.0)])
    ).metrics
    late = MetricEvent(number=3, compute_unit_id=an_id(30), attempt=1, points=[a_point(5, 30, 5, loss=1.0)])
    assert view.apply(late) == Change(ask_metrics=True)


def test_metrics_are_joined_by_number_and_a_later_attempt_replaces_what_it_repeats() -> None:
    view = a_view()
    view.put_metrics([a_point(n, 32, n * 100, val_loss=1 / n) for n in range(1, 6)])
    view.put_metrics([a_point(5, 32, 500, val_loss=9.0), a_point(6, 32, 400, attempt=2, val_loss=0.3)])
    series = view.metrics.of("val_loss")[an_id(32)]
    assert list(series.steps) == [100, 200, 300, 400]
    assert series.values[-1] == 0.3 and series.marks == [(400.0, 2)]
    assert series.nearest(260) == 2
    assert view.metrics.best_name() == "val_loss"


def test_values_that_are_no_numbers_are_left_out() -> None:
    view = a_view()
    assert not view.put_metrics([a_point(1, 32, 1, loss=float("nan"))]).metrics
    assert view.metrics.best_name() is None


def test_steps_follow_the_graph_and_count_their_parts() -> None:
    steps = steps_of(the_sweep())
    named = [(step.role, step.part, step.parts, len(step.units)) for step in steps]
    assert named == [
        ("prepare", 1, 1, 1),
        ("train", 1, 2, 5),
        ("train", 2, 2, 5),
        ("select", 1, 1, 1),
        ("evaluate", 1, 1, 1),
        ("package", 1, 1, 1),
    ]
    assert state_of(steps[1].units) is UnitState.COMPLETED
    assert state_of(steps[2].units) is UnitState.RUNNING
    assert state_of([a_unit(1, "train", UnitState.CANCELLED)]) is UnitState.CANCELLED


def test_waiting_counts_from_the_last_try_or_the_last_need() -> None:
    units = [a_unit(1, "prepare", UnitState.COMPLETED), a_unit(2, "train", UnitState.READY, [1])]
    assert waiting_since(units[1], units) == at(390)
    lost = an_attempt(1, outcome=AttemptOutcome.LOST, finished_at=at(500))
    again = a_unit(3, "train", UnitState.READY, [1], attempts=[lost], attempt=1)
    assert waiting_since(again, units) == at(500)


def test_the_unit_to_show_first_is_what_failed_then_what_runs() -> None:
    view = a_view()
    first = view.first_to_show()
    assert first is not None and first.id == an_id(30)
    view.put_units([a_unit(1, "prepare", UnitState.FAILED), *the_sweep()])
    first = view.first_to_show()
    assert first is not None and first.id == an_id(1)
    waiting = view.longest_waiting()
    assert waiting is not None and waiting.id == an_id(33)


def test_times_that_are_none_are_unknown() -> None:
    assert moment("yesterday") is None
    assert seconds_between(None, None, 5.0) is None
    assert seconds_between(at(0), at(41), 0.0) == 41
    began = moment(at(0))
    assert began is not None and seconds_between(at(0), None, began + 3) == 3
