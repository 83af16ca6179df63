"""Whose turn it is: slow endpoints take no place from the quick, and none takes more than its share."""

from backend.webhook_deliveries import (
    MOST_AN_ENDPOINT,
    MOST_IN_ALL,
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
    taken = 0
    while places.next_endpoint() is not None:
        places.take(True)
        taken += 1
    assert taken == MOST_SLOW
    quick = endpoint(-1, 0.1)
    places.queue(quick)
    assert places.next_endpoint() is quick
    places.leave(True)
    assert places.next_endpoint() is not None


def test_whoever_turns_out_to_be_slow_gives_its_place_back_to_the_quick() -> None:
    places = Places()
    for number in range(MOST_QUICK + 1):
        places.queue(endpoint(number))
    while places.next_endpoint() is not None:
        places.take(False)
    assert places.next_endpoint() is None, "one still waits"
    places.leave(False)
    places.take(True)
    assert places.next_endpoint() is not None


def test_all_together_are_never_more_than_files_allow() -> None:
    places = Places()
    for _ in range(MOST_IN_ALL):
        places.take(True)
    places.queue(endpoint(1))
    assert places.next_endpoint() is None
