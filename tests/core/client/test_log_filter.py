"""Which log lines are wanted: times as people say them, text and patterns, and a pattern that would take for ever."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.client.command_line import log_filter as rooms
from core.client.command_line.log_filter import LogFilter, log_filter, since_when
from core.client.job_follow import UnitLine
from core.console import CommandError, ExitCode
from core.protocol.customer import LogRow

NOW = datetime(2026, 4, 1, 12, 0, 0, tzinfo=UTC)


def line(text: str, moment: str = "2026-04-01T11:00:00.000Z", attempt: int = 1) -> UnitLine:
    unit: Any = None  # a filter looks at the row alone
    return UnitLine(unit, LogRow(1, attempt, "stdout", moment, text))


def made(**options: Any) -> LogFilter:
    return log_filter(**{"since": None, "attempt": None, "search": None, "now": NOW, **options})


@pytest.mark.parametrize(
    ("text", "before_now"),
    [
        ("0s", timedelta()),
        ("10m", timedelta(minutes=10)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("2026-04-01T09:00:00Z", timedelta(hours=3)),
        ("2026-04-01T09:00:00+02:00", timedelta(hours=5)),
        ("2026-04-01 09:00", timedelta(hours=3)),
        ("2026-04-01", timedelta(hours=12)),
    ],
)
def test_a_time_is_so_long_ago_or_a_moment(text: str, before_now: timedelta) -> None:
    assert since_when(text, NOW) == NOW - before_now


@pytest.mark.parametrize("text", ["", "soon", "10", "10 m", "-5m", "1w", "2026-13-01", "٣m"])
def test_what_is_no_time_is_the_callers_mistake(text: str) -> None:
    with pytest.raises(CommandError) as refused:
        since_when(text, NOW)
    assert refused.value.exit_code is ExitCode.ARGUMENTS


def test_ages_before_all_time_leave_everything_in() -> None:
    assert made(since="999999999d").wants(line("x", "1970-01-01T00:00:00.000Z"))


def test_only_lines_since_then_of_that_attempt_with_that_in_them_are_wanted() -> None:
    assert made(since="1h").wants(line("x")) and not made(since="59m").wants(line("x"))
    assert made(attempt=2).wants(line("x", attempt=2)) and not made(attempt=2).wants(line("x"))
    assert made(search="a.c").wants(line("xa.cx")) and not made(search="a.c").wants(line("abc"))
    assert made(search="/a.c$/").wants(line("xabc")) and not made(search="/a.c$/").wants(line("abcx"))
    assert made(search="/").wants(line("a/b")) and not made().asks and made(search="x").asks


@pytest.mark.parametrize("pattern", ["/(/", "/[z-a]/", "/*/"])
def test_a_pattern_that_is_none_is_the_callers_mistake(pattern: str) -> None:
    with pytest.raises(CommandError) as refused:
        made(search=pattern)
    assert refused.value.exit_code is ExitCode.ARGUMENTS


def test_a_pattern_that_would_take_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "SEARCH_SECONDS", 0.1)
    wants = made(search="/(a|a)*(a|a)*(a|a)*b/")
    with pytest.raises(CommandError) as given_up:
        wants.wants(line("a" * 5000))
    assert given_up.value.exit_code is ExitCode.ENVIRONMENT
    assert re.match("Looking for .* more than 0.1 s", given_up.value.message)
    assert made(search="/needle/").wants(line("a needle")), "and no alarm is left"
