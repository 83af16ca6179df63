"""A job's state from snapshots and events: nothing is lost, nothing older wins, and what is stale is asked for."""

from core.protocol.customer import AttemptOutcome, JobStatus, LogRow, UnitState
from core.protocol.events import GapEvent, JobEvent, LogEvent, MetricEvent, StreamEvent, UnitEvent
from gui.job_steps import state_of, steps_of
from gui.job_view import ALL_STALE, Change, JobView, moment, seconds_between, waiting_since
from tests.gui.job_samples import a_job, a_line, a_point, a_unit, an_artifact, an_attempt, an_id, at, the_sweep


def unit_event(number: int, state: UnitState, attempt: int) -> UnitEvent:
    return UnitEvent(
        number=1,
        compute_unit_id=an_id(number),
        role="train",
        state=state,
        attempt=attempt,
        node_label="cedar-31",
        progress=0.0,
    )


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


def test_a_unit_event_moves_the_unit_at_once_and_asks_for_the_rest() -> None:
    view = a_view()
    change = view.apply(unit_event(33, UnitState.LEASED, 1))
    unit = view.unit(an_id(33))
    assert unit is not None and unit.state is UnitState.LEASED
    assert change.units and change.ask_units


def test_a_replayed_older_unit_event_does_not_take_a_unit_back() -> None:
    view = a_view()
    change = view.apply(unit_event(32, UnitState.RUNNING, 1))
    unit = view.unit(an_id(32))
    assert unit is not None and unit.attempt == 2
    assert not change.units and change.ask_units


def test_a_replayed_older_job_event_does_not_open_an_ended_job() -> None:
    view = JobView(an_id(1))
    view.put_job(a_job(status=JobStatus.COMPLETED, progress=1.0))
    change = view.apply(JobEvent(number=1, status=JobStatus.RUNNING, progress=0.2, seconds_remaining=9.0))
    assert view.ended and not change.job


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
