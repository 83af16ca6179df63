"""What earnings come to: sums that are those of the rows, a usual day that waits for results, power that is told."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.protocol.node_rules import Electricity, Span, TariffSpan
from core.protocol.owner import EarningRow
from gui.earnings_facts import (
    LEAST_RESULTS,
    by_day,
    by_device,
    energy_of,
    likely_micro,
    price_at,
    since,
    usual_day,
    utc_days,
)
from tests.gui.node_samples import unit
from tests.gui.owner_samples import GPU, OTHER_GPU, attempt, earned, every_state

NOW = datetime.now(UTC)
TODAY = NOW.date()
ROWS = st.lists(
    st.builds(
        earned,
        st.integers(0, 20),
        st.integers(-5_000_000, 50_000_000),
        gpu=st.sampled_from([GPU, OTHER_GPU, None]),
        units=st.integers(0, 9),
        node=st.sampled_from(["a", "b"]),
    )
)


@given(ROWS, st.integers(1, 30))
def test_no_credit_is_lost_between_rows_days_and_devices(rows: list[EarningRow], count: int) -> None:
    days = utc_days(count, NOW)
    inside = [row for row in rows if row.date in days]
    devices = by_device(inside)
    table = by_day(rows, days, [one.device for one in devices[:2]])
    whole = sum(row.earned_micro for row in inside)
    assert sum(one.earned_micro for one in devices) == sum(map(sum, table)) == whole
    assert [sum(column) for column in zip(*table, strict=True)][:-1] == [one.earned_micro for one in devices[:2]]


def test_days_are_utc_days_with_today_at_the_end() -> None:
    late = datetime.fromisoformat("2026-04-14T23:30:00-05:00")
    assert utc_days(2, late) == ["2026-04-14", "2026-04-15"]
    assert since(2, late) == "2026-04-14T00:00:00+00:00"


@pytest.mark.parametrize("results", range(8))
def test_a_usual_day_says_how_many_results_it_rests_on_and_leaves_today_out(results: int) -> None:
    rows = [earned(day, 1_000_000) for day in range(1, results + 1)]
    usual = usual_day([*rows, earned(0, 90_000_000, units=50)], TODAY)
    assert (0 if usual is None else usual.results) == results


def test_a_day_without_work_counts_and_those_before_the_first_do_not() -> None:
    usual = usual_day([earned(4, 8_000_000, units=4), earned(1, 4_000_000, units=2)], TODAY)
    assert usual is not None
    assert (usual.mean_micro, usual.least_micro, usual.most_micro) == (3_000_000, 0, 8_000_000)


def test_energy_is_that_of_gpus_that_told_it_and_no_more() -> None:
    told = [attempt(1, energy_joules=3_600_000.0), attempt(2, energy_joules=1_800_000.0)]
    untold = [attempt(3, energy_joules=None), attempt(4, gpu_uuid=None), attempt(5, finished_at=None)]
    energy = energy_of([*told, *untold], Electricity(price=0.5))
    assert (energy.joules, energy.told, energy.units, energy.cost) == (5_400_000.0, 2, 3, 0.75)
    assert not energy.is_whole and energy_of(told, None).cost is None
    assert energy_of(untold, Electricity(price=0.5)).cost is None


def test_a_kwh_costs_what_the_tariff_says_then_and_what_a_command_said_nobody_kept() -> None:
    night = TariffSpan([0, 1, 2, 3, 4], Span(0, 6 * 60), 0.2)
    tariff = Electricity(price=0.6, tariff=[night])
    monday = datetime.combine(date(2026, 4, 13), datetime.min.time()).astimezone()
    assert price_at(tariff, monday + timedelta(hours=5, minutes=59)) == 0.2
    assert price_at(tariff, monday + timedelta(hours=6)) == 0.6
    assert price_at(tariff, monday + timedelta(days=5, hours=3)) == 0.6
    assert price_at(msgspec.structs.replace(tariff, command=["price"]), monday) is None
    assert price_at(Electricity(tariff=[night]), monday + timedelta(hours=12)) is None


def test_the_list_of_days_goes_on_without_a_gap() -> None:
    days = [date.fromisoformat(day) for day in utc_days(40, NOW)]
    assert days == [days[0] + timedelta(days=number) for number in range(40)]


def test_a_running_unit_is_predicted_from_what_its_device_was_paid() -> None:
    running, paid = every_state()[0], [attempt(number) for number in range(1, LEAST_RESULTS + 1)]
    half = unit(attempt_id=running.id, number=1, progress=0.5, running_seconds=64.0, max_runtime_seconds=600.0)
    assert likely_micro(running, half, paid) == 576_000  # 128 s at 1.152 credits for 256 s
    endless = msgspec.structs.replace(half, running_seconds=9_000.0)
    assert likely_micro(running, endless, paid) == 2_700_000  # no longer than it may run
    for changed in (
        likely_micro(running, half, paid[1:]),
        likely_micro(running, half, [attempt(number, gpu_uuid=OTHER_GPU) for number in range(9)]),
        likely_micro(running, msgspec.structs.replace(half, number=2), paid),
        likely_micro(running, msgspec.structs.replace(half, progress=0.01), paid),
        likely_micro(running, msgspec.structs.replace(half, progress=None), paid),
        likely_micro(msgspec.structs.replace(running, payment="nothing"), half, paid),
    ):
        assert changed is None
