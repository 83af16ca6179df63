"""When a Wayland session was last used, by a compositor's own word."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("Wayland is looked at on Linux only", allow_module_level=True)
pytest.importorskip("pywayland")

from agent.presence.base import Untold
from agent.presence.wayland import WaylandIdle
from tests.agent.presence.compositor import IDLED, RESUMED, Compositor


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_is_idle_since_the_compositor_said_so_and_used_from_its_next_word(tmp_path: Path) -> None:
    clock = Clock()
    with Compositor(tmp_path / "w") as compositor:
        screen = WaylandIdle(str(tmp_path / "w"), clock, answer_seconds=60)
        assert screen.idle().value == 0
        assert compositor.asked == [("input idle", 5000, 1)]
        compositor.tell(0, IDLED)
        assert screen.idle().value == 5
        clock.now += 60
        assert screen.idle() == (65, "the Wayland compositor (ext_idle_notifier_v1)", "")
        compositor.tell(0, RESUMED)
        assert screen.idle().value == 0
        compositor.tell(0, IDLED)
        compositor.tell(0, RESUMED)
        compositor.tell(0, IDLED)
        assert screen.idle().value == 5, "all that was said since the last look counts, in its order"
        screen.close()


def test_of_several_seats_the_one_in_use_counts(tmp_path: Path) -> None:
    clock = Clock()
    with Compositor(tmp_path / "w", seats=2, version=1) as compositor:
        screen = WaylandIdle(str(tmp_path / "w"), clock, answer_seconds=60)
        screen.idle()
        assert compositor.asked == [("idle", 5000, 1), ("idle", 5000, 2)]
        compositor.tell(0, IDLED)
        clock.now += 30
        assert screen.idle().value == 0
        compositor.tell(1, IDLED)
        assert screen.idle().value == 5
        screen.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: Compositor(path, version=0), "ext-idle-notify-v1"),
        (lambda path: Compositor(path, seats=0), "ext-idle-notify-v1"),
    ],
)
def test_a_compositor_that_does_not_tell_is_told_of(
    make: Callable[[Path], Compositor], words: str, tmp_path: Path
) -> None:
    with make(tmp_path / "w"):
        screen = WaylandIdle(str(tmp_path / "w"), Clock(), answer_seconds=60)
        with pytest.raises(Untold, match=words):
            screen.idle()
        screen.close()


def test_one_that_ended_is_told_of_and_one_in_its_place_is_asked_anew(tmp_path: Path) -> None:
    screen = WaylandIdle(str(tmp_path / "w"), Clock(), answer_seconds=60)
    with pytest.raises(Untold, match="can't be asked"):
        screen.idle()
    with Compositor(tmp_path / "w") as first:
        screen.idle()
        first.tell(0, IDLED)
        assert screen.idle().value == 5
    with pytest.raises(Untold, match="hung up"):
        screen.idle()
    (tmp_path / "w").unlink()
    with Compositor(tmp_path / "w"):
        assert screen.idle().value == 0
        screen.close()
