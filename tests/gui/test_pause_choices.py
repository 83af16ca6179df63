"""Pauses end when the menu says they do, on days when the clocks change too."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.pause_choices import PauseFor, clock_words, now_here, pause_ends_at, pause_seconds

BERLIN = ZoneInfo("Europe/Berlin")


def test_an_hour_ends_an_hour_later() -> None:
    now = datetime(2026, 11, 24, 14, 13, tzinfo=BERLIN)
    ends_at = pause_ends_at(PauseFor.HOUR, now)
    assert ends_at is not None and clock_words(ends_at, now) == "15:13"
    assert pause_seconds(PauseFor.HOUR, now) == 3600


def test_until_tomorrow_is_until_eight_in_the_morning_of_the_next_day() -> None:
    now = datetime(2026, 11, 24, 0, 30, tzinfo=BERLIN)
    assert pause_ends_at(PauseFor.TOMORROW, now) == datetime(2026, 11, 25, 8, 0, tzinfo=BERLIN)
    assert pause_seconds(PauseFor.TOMORROW, now) == 31.5 * 3600


def test_a_night_in_which_the_clocks_go_back_is_an_hour_longer() -> None:
    assert pause_seconds(PauseFor.TOMORROW, datetime(2026, 10, 24, 20, 0, tzinfo=BERLIN)) == 13 * 3600
    assert pause_seconds(PauseFor.TOMORROW, datetime(2026, 10, 23, 20, 0, tzinfo=BERLIN)) == 12 * 3600


def test_the_machines_own_zone_is_reckoned_with_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert now_here().tzinfo is None
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert pause_seconds(PauseFor.TOMORROW, datetime(2026, 10, 24, 20, 0)) == 13 * 3600
        assert pause_seconds(PauseFor.HOUR, datetime(2026, 10, 25, 2, 30)) == 3600
    finally:
        monkeypatch.undo()
        time.tzset()


def test_until_i_say_has_no_end() -> None:
    now = datetime(2026, 11, 24, 14, 13, tzinfo=BERLIN)
    assert pause_ends_at(PauseFor.UNTIL_I_SAY, now) is None and pause_seconds(PauseFor.UNTIL_I_SAY, now) is None


def test_a_moment_of_another_day_is_told_with_its_date() -> None:
    now = datetime(2026, 11, 24, 14, 13, tzinfo=BERLIN)
    assert clock_words(datetime(2026, 11, 25, 8, 0, tzinfo=BERLIN), now) == "11-25 08:00"
    assert clock_words(datetime(2027, 1, 1, 8, 0, tzinfo=BERLIN), now) == "2027-01-01 08:00"


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(BERLIN)))
def test_every_pause_with_an_end_ends_later_than_now_and_within_a_day_and_a_half(now: datetime) -> None:
    for choice in (PauseFor.HOUR, PauseFor.TOMORROW):
        seconds = pause_seconds(choice, now)
        assert seconds is not None and 0 < seconds <= 33 * 3600
