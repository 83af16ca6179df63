"""What a node's history comes to on a day: time, energy and its price, of today's part alone."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import rfc3339
from core.protocol.node_day import DayLane, DaySpan, Doing, NodeDay
from core.protocol.node_history import PastUnit, UnitOutcome
from core.protocol.node_rules import Electricity
from gui.work_facts import is_before, midnight, shared_seconds, work_of_day
from tests.gui.node_samples import unit

NOON = datetime(2026, 11, 24, 12).astimezone()
KWH = 3_600_000.0


def past(begins: float, ends: float | None, **changes: Any) -> PastUnit:
    """One that ran on a GPU between two hours of the day, and took a kWh an hour."""
    day = midnight(NOON).timestamp()
    ended = None if ends is None else rfc3339(day + ends * 3600)
    made = PastUnit(
        id=1,
        attempt_id=f"past-{begins}-{ends}",
        unit_id="u",
        role="train",
        number=1,
        package_digest="",
        gpu_uuid="GPU-a",
        gpu="RTX 4090",
        may=unit().may,
        leased_at=rfc3339(day + begins * 3600),
        started_at=rfc3339(day + begins * 3600),
        ended_at=ended,
        outcome=UnitOutcome.COMPLETED,
        words="completed",
        run_seconds=1.0,
        bytes_in=0,
        bytes_out=0,
        energy_joules=None if ends is None else (ends - begins) * KWH,
        wiped_at=None,
    )
    return msgspec.structs.replace(made, **changes)


def test_units_beside_each_other_are_one_time_of_work_and_two_energies() -> None:
    work = work_of_day([past(8, 10), past(9, 11, gpu_uuid="GPU-b")], [], Electricity(price=0.5), NOON)
    assert work.seconds == 3 * 3600
    assert work.energy.joules == pytest.approx(4 * KWH) and work.energy.cost == pytest.approx(2.0)
    assert work.energy.is_whole


def test_of_a_unit_that_went_over_midnight_today_has_its_part() -> None:
    over = past(-3, 1)
    assert not is_before(over, midnight(NOON)) and is_before(past(-3, -1), midnight(NOON))
    work = work_of_day([over, past(-3, -1)], [], None, NOON)
    assert work.seconds == 3600 and work.energy.joules == pytest.approx(KWH)
    assert work.energy.cost is None and work.energy.units == 1


def test_what_no_driver_told_is_unknown_and_no_zero() -> None:
    work = work_of_day([past(8, 9, energy_joules=None), past(9, 10)], [], Electricity(price=1.0), NOON)
    assert (work.energy.told, work.energy.units) == (1, 2) and not work.energy.is_whole
    untold = work_of_day([past(8, 9, energy_joules=None)], [], Electricity(price=1.0), NOON)
    assert untold.energy.told == 0 and untold.energy.cost is None and untold.seconds == 3600


def test_what_runs_now_counts_from_the_nodes_own_clock_and_once() -> None:
    live = unit(running_seconds=1800, energy_joules=KWH)
    work = work_of_day([past(11, None, attempt_id=live.attempt_id)], [live], None, NOON)
    assert work.seconds == 1800 and work.energy.joules == pytest.approx(KWH)
    ended = past(11, 11.5, attempt_id=live.attempt_id)
    assert work_of_day([ended], [live], None, NOON).energy.joules == pytest.approx(KWH / 2)


def test_what_was_never_started_or_ran_on_processors_took_no_energy() -> None:
    work = work_of_day([past(8, 9, started_at=None), past(9, 10, gpu_uuid=None)], [], None, NOON)
    assert work.seconds == 3600 and work.energy.units == 0


def test_a_time_that_cant_be_read_is_left_out() -> None:
    assert work_of_day([past(8, 9, started_at="yesterday")], [], None, NOON).seconds == 0


def test_shared_is_the_time_in_which_any_gpu_worked_or_waited_for_work() -> None:
    day = midnight(NOON).timestamp()

    def span(doing: Doing, begins: float, ends: float) -> DaySpan:
        return DaySpan(doing, rfc3339(day + begins * 3600), rfc3339(day + ends * 3600))

    first = [span(Doing.PAUSED_BY_YOU, 0, 7), span(Doing.WAITING, 7, 9), span(Doing.WORKING, 9, 10)]
    second = [span(Doing.WAITING, 8, 11), span(Doing.PAUSED_BY_RULE, 11, 12)]
    lanes = [DayLane("GPU-a", "a", first), DayLane("GPU-b", "b", second)]
    assert shared_seconds(NodeDay("2026-11-24", "", "", "", lanes)) == 4 * 3600


@given(st.lists(st.tuples(st.floats(-10, 13), st.floats(0, 5)), max_size=12))
def test_the_time_of_work_is_never_more_than_the_day_nor_than_all_of_it(spans: list[tuple[float, float]]) -> None:
    rows = [past(begin, begin + length) for begin, length in spans]
    work = work_of_day(rows, [], None, NOON)
    assert 0 <= work.seconds <= timedelta(hours=12).total_seconds() + 0.001
    assert work.seconds <= sum(length for _, length in spans) * 3600 + 0.01 * len(spans)
