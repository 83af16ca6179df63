"""A source that fails, and one that hangs: what it costs, and what still counts."""

import threading

import pytest

from agent.presence.base import Steady, Told, Untold, least_idle
from agent.presence.own_thread import OwnThread


class Source:
    """Answers with `answer`, or fails where that is None; counts how often it was asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.answer: int | None = None
        self.times = 0
        self.steady = Steady(self._ask, lambda: self.now)

    def _ask(self) -> int:
        self.times += 1
        if self.answer is None:
            raise Untold("broken")
        return self.answer


def test_a_source_that_fails_is_asked_ever_more_rarely() -> None:
    source = Source()
    asked_at = []
    while source.now < 1000:
        before = source.times
        with pytest.raises(Untold, match="broken"):
            source.steady()
        if source.times > before:
            asked_at.append(source.now)
        source.now += 5
    assert asked_at == [0, 5, 10, 20, 50, 110, 410, 710]


def test_one_that_works_again_is_asked_each_time_again() -> None:
    source = Source()
    for _ in range(3):
        with pytest.raises(Untold):
            source.steady()
    source.answer, source.now = 7, 10
    assert [source.steady(), source.steady()] == [7, 7]
    assert source.times == 5


def test_an_answer_stands_for_a_while_and_no_longer_where_the_source_then_fails() -> None:
    source = Source()
    source.answer = 7
    source.steady()
    source.answer = None
    for source.now in (5, 19):
        assert source.steady() == 7
    source.now = 20
    with pytest.raises(Untold, match="broken"):
        source.steady()


def test_what_hangs_leaves_its_caller_in_time_and_is_asked_again_when_it_has_ended() -> None:
    thread, goes_on = OwnThread("the clock"), threading.Event()
    with pytest.raises(Untold, match="the clock doesn't answer"):
        thread.do(goes_on.wait, 0.01)
    with pytest.raises(Untold, match="the clock doesn't answer"):
        thread.do(lambda: True, 60)
    goes_on.set()
    ended = threading.Event()
    while not ended.is_set():
        try:
            thread.do(ended.set, 60)
        except Untold:
            continue
    thread.close()


def test_a_task_that_breaks_the_thread_does_not_break_what_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", broken.append)
    own = OwnThread("the clock")
    with pytest.raises(Untold):
        own.do(lambda: 1 // 0, 0.05)
    for thread in threading.enumerate():
        if thread.name == "the clock":
            thread.join()
    assert [one.exc_type for one in broken] == [ZeroDivisionError]
    assert own.do(lambda: 5, 60) == 5
    own.close()


def test_the_least_idle_counts_and_what_is_missing_is_said_once() -> None:
    assert least_idle([Told(9.0, "a"), Told(3.0, "b")], ["x", "x", "y"], "none") == Told(3.0, "b", "x; y")
    with pytest.raises(Untold, match=r"^x$"):
        least_idle([], ["x"], "none")
    with pytest.raises(Untold, match=r"^none$"):
        least_idle([], [], "none")
