"""Whose turn it is: slow endpoints take no place from the quick, and none takes more than its share."""

import pytest

from backend import webhook_places
from backend.webhook_places import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    MOST_AN_ENDPOINT,
    MOST_LASTING,
    MOST_QUICK,
    MOST_SLOW,
    SLOW_SECONDS,
    Endpoint,
    Places,
)


def endpoint(number: int, *seconds: float) -> Endpoint:
    """One whose last answers took so long."""
    made = Endpoint(number)
    for taken in seconds:
        made.answered(taken)
    return made


def begin_all(places: Places) -> int:
    """Begins a request to each whose turn it is; gives how many."""
    begun = 0
    while (waiting := places.next_endpoint()) is not None:
        places.take(waiting.is_slow)
        begun += 1
    return begun


def test_an_endpoint_earns_its_share_by_quick_answers_and_loses_it_by_a_slow_one() -> None:
    made = endpoint(1)
    assert made.allowed == 1
    for _ in range(10):
        made.answered(0.1)
    assert (made.allowed, made.is_slow) == (MOST_AN_ENDPOINT, False)
    made.answered(SLOW_SECONDS)
    assert (made.allowed, made.is_slow) == (1, True)


def test_each_waits_for_its_turn_once_and_in_order() -> None:
    places, first, second = Places(), endpoint(1), endpoint(2)
    for waiting in (first, second, first):
        places.queue(waiting)
    assert [places.next_endpoint(), places.next_endpoint(), places.next_endpoint()] == [first, second, None]
    places.queue(first)
    assert places.next_endpoint() is first


def test_the_slow_fill_their_own_places_alone() -> None:
    places = Places()
    for number in range(MOST_SLOW + 10):
        places.queue(endpoint(number, SLOW_SECONDS))
    first = places.next_endpoint()
    assert first is not None
    held = places.take(first.is_slow)
    assert begin_all(places) == MOST_SLOW - 1
    quick = endpoint(-1, 0.1)
    places.queue(quick)
    assert places.next_endpoint() is quick
    places.leave(held)
    places.leave(held)
    assert begin_all(places) == 1


def test_whoever_turns_out_to_be_slow_gives_its_place_back_to_the_quick() -> None:
    places = Places()
    for number in range(MOST_QUICK + 2):
        places.queue(endpoint(number))
    first = places.next_endpoint()
    assert first is not None
    held = places.take(first.is_slow)
    assert begin_all(places) == MOST_QUICK - 1
    places.lasts(held)
    assert begin_all(places) == 1, "one still waits"
    assert places.under_way == MOST_QUICK + 1


def test_when_very_many_turn_out_to_be_slow_the_oldest_are_cut_and_the_quick_have_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_places, "MOST_LASTING", 3)
    places, cut = Places(), list[int]()
    for number in range(5):
        held = places.take(False)
        held.cut = lambda number=number: cut.append(number)  # type: ignore[misc]
        places.lasts(held)
        places.lasts(held)
    assert cut == [0, 1]
    assert places.under_way == 3
    places.queue(endpoint(9))
    assert places.next_endpoint() is not None


def test_all_together_are_never_more_than_files_allow() -> None:
    places = Places()
    for number in range(3 * MOST_QUICK + MOST_LASTING):
        places.queue(endpoint(number))
    while (waiting := places.next_endpoint()) is not None:
        places.lasts(places.take(waiting.is_slow))
    for number in range(MOST_QUICK + 1):
        places.queue(endpoint(-number))
    assert begin_all(places) == MOST_QUICK
    assert places.under_way == MOST_QUICK + MOST_LASTING


def test_what_cannot_be_noted_is_sent_again_ever_later_until_it_can() -> None:
    made, pauses = Endpoint(1), []
    for _ in range(10):
        made.could_not_be_noted(1000.0)
        pauses.append(made.rests_until - 1000.0)
    assert pauses[:3] == [FIRST_PAUSE_SECONDS, 2 * FIRST_PAUSE_SECONDS, 4 * FIRST_PAUSE_SECONDS]
    assert pauses == sorted(pauses) and pauses[-1] == LONGEST_PAUSE_SECONDS
    made.was_noted()
    made.could_not_be_noted(2000.0)
    assert made.rests_until == 2000.0 + FIRST_PAUSE_SECONDS
