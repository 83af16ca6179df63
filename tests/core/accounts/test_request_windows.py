"""Requests a minute: at the minute's edge, for strangers without number, and against a plain model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts import request_windows
from core.accounts.request_windows import MOST_STRANGERS, RequestWindows, network_of

NOW = 1_775_001_600.0


def test_requests_are_counted_in_windows_of_a_minute_for_each_asker() -> None:
    windows = RequestWindows()
    assert [windows.count("10.0.0.1", 2, NOW + at).remaining for at in (0, 1, 2, 3)] == [1, 0, -1, -1]
    assert windows.count("10.0.0.2", 2, NOW).remaining == 1
    assert windows.count("10.0.0.1", 2, NOW + 59.5).reset_seconds == 1
    assert windows.count("10.0.0.1", 2, NOW + 59.999).remaining == -1
    assert windows.count("10.0.0.1", 2, NOW + 60).remaining == 1


def test_what_strangers_try_is_counted_apart_from_what_else_they_do_and_by_address() -> None:
    windows = RequestWindows()
    for what in ("", "sign in", "admin"):
        for address in ("10.0.0.1", "10.0.0.2", "2001:db8::1"):
            seen = [windows.count(address, 2, NOW, what=what).remaining for _ in range(3)]
            assert seen == [1, 0, -1], (what, address)
    assert windows.count("2001:db8::2", 2, NOW, what="admin").remaining == -1, "a network counts as one"


def test_a_look_counts_nothing() -> None:
    windows = RequestWindows()
    windows.count(7, 5, NOW)
    for _ in range(3):
        seen = windows.look(7, 5, NOW + 1)
        assert (seen.used, seen.remaining, seen.reset_seconds) == (1, 4, 59)


def test_what_is_given_back_can_be_used_again_in_its_own_window_alone() -> None:
    windows = RequestWindows()
    assert [windows.count(7, 2, NOW).remaining for _ in range(3)] == [1, 0, -1]
    windows.give_back(7, NOW, NOW + 1)
    assert [windows.count(7, 2, NOW + 1).remaining for _ in range(2)] == [0, -1]
    assert windows.count(7, 2, NOW + 60).remaining == 1
    windows.give_back(7, NOW + 1, NOW + 61)
    assert windows.look(7, 2, NOW + 61).used == 1, "it was counted in the minute before"


def test_a_limit_lowered_below_what_is_used_refuses_and_still_says_what_is_used() -> None:
    windows = RequestWindows()
    for _ in range(5):
        windows.count(7, 10, NOW)
    assert windows.count(7, 3, NOW).remaining == -1
    assert (windows.look(7, 3, NOW).used, windows.look(7, 3, NOW).remaining) == (5, 0)
    assert windows.count(8, 0, NOW).remaining == -1


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 50)), max_size=60), st.integers(0, 4))
def test_no_window_lets_more_through_than_its_limit(asked: list[tuple[int, float]], limit: int) -> None:
    windows, passed, now = RequestWindows(), dict.fromkeys((1, 2, 3), 0), NOW
    began: dict[int, float] = {}
    for customer, seconds in asked:
        now += seconds
        if now - began.get(customer, -1e9) >= 60:
            began[customer], passed[customer] = now, 0
        window = windows.count(customer, limit, now)
        assert (window.remaining >= 0) == (passed[customer] < limit)
        if window.remaining >= 0:
            passed[customer] += 1
        elif limit == 0:
            del began[customer]  # a window begins with the first request that passes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("not an address", "nor this"),
    ],
)
def test_a_network_counts_as_one_however_its_addresses_are_written(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


def test_networks_next_to_each_other_are_told_apart() -> None:
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")


def test_strangers_cost_a_bounded_amount_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_STRANGERS == 65_536
    monkeypatch.setattr(request_windows, "MOST_STRANGERS", 100)
    windows = RequestWindows()
    for number in range(1000):
        windows.count(f"10.0.{number >> 8}.{number & 255}", 600, NOW + number / 1000)
    assert len(windows._strangers) == 100
    assert windows.look("10.0.3.231", 600, NOW + 1).used == 1, "the newest are kept"
