"""A screen of X11: real servers, a real window manager, a window that fills the screen, and a hand that moves."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("X11 is looked at on Linux only", allow_module_level=True)

from agent.presence.base import Told, Untold
from agent.presence.proc_table import ProcTable
from agent.presence.programs import as_named
from agent.presence.x11 import XScreen
from tests.agent.presence.screens import Hand, Screen, managed, write_keys, x_server

OURSELVES = as_named(str(Path(sys.executable).resolve()))


@pytest.fixture(scope="module")
def server() -> Iterator[Screen]:
    with x_server() as screen:
        yield screen


@pytest.fixture
def screen(server: Screen) -> Iterator[XScreen]:
    screen = XScreen(server.name, None, ProcTable().executable_of, answer_seconds=60)
    yield screen
    screen.close()


def until_it_tells(screen: XScreen) -> Told[float]:
    while True:
        with contextlib.suppress(Untold):
            return screen.idle()


@contextlib.contextmanager
def suppress_no_answer() -> Iterator[None]:
    try:
        yield
    except Untold as error:
        if "doesn't answer" not in str(error):
            raise


def test_idle_time_grows_until_a_hand_moves(server: Screen, screen: XScreen) -> None:
    with Hand(server) as hand:
        hand.move()
        before = screen.idle().value
        while (later := screen.idle().value) <= before + 0.05:
            continue
        hand.move()
        while screen.idle().value >= later:
            hand.move()
        assert screen.idle().by == f"the X server of {server.name}"


def test_without_a_window_manager_nobody_knows_what_fills_the_screen(server: Screen, screen: XScreen) -> None:
    with pytest.raises(Untold, match="no window manager"):
        screen.full_screen()


def test_a_window_that_fills_the_screen_is_seen_by_its_programs_name(
    server: Screen, screen: XScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    with managed(server, monkeypatch), Hand(server) as hand:
        assert screen.full_screen().value == ""
        hand.show()
        assert screen.full_screen().value == "", "a window is not yet full screen"
        hand.fill_the_screen()
        assert screen.full_screen().value == OURSELVES
        hand.go_to_desktop(1)
        assert screen.full_screen().value == "", "it is on another desktop"
        hand.go_to_desktop(0)
        assert screen.full_screen().value == OURSELVES
        hand.minimize()
        assert screen.full_screen().value == "", "it is minimized"
    with pytest.raises(Untold, match="no window manager"):
        screen.full_screen()


def test_where_the_process_can_not_be_seen_a_window_is_named_by_its_class_made_harmless(
    server: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = XScreen(server.name, None, lambda pid: "", answer_seconds=60)
    with managed(server, monkeypatch), Hand(server) as hand:
        hand.call_itself(b"x\0Evil\x1b[2J\n" + b"y" * 1000 + b"\0")
        hand.show()
        hand.fill_the_screen()
        name = screen.full_screen().value
        assert name.startswith("Evil\\x1b[2J") and name.isprintable() and len(name) == 200
        hand.call_itself(b"")
        assert screen.full_screen().value == "a program without a name"
    screen.close()


def test_a_server_that_hangs_costs_little_and_one_that_comes_back_is_asked_anew() -> None:
    number = str(1000 + os.getpid() % 40_000)  # that no other server takes meanwhile
    with x_server(number=number) as short_lived:
        screen = XScreen(short_lived.name, None, lambda pid: "", answer_seconds=0.05)
        assert until_it_tells(screen).value >= 0
        short_lived.process.send_signal(signal.SIGSTOP)
        for _ in range(2):
            with pytest.raises(Untold, match="doesn't answer"):
                screen.idle()
    with pytest.raises(Untold, match="can't be asked"):
        while True:  # until its thread has seen that the server is gone
            with suppress_no_answer():
                screen.idle()
    with x_server(number=number):
        assert until_it_tells(screen).value >= 0
    screen.close()


def test_a_server_that_counts_no_idle_time_says_so() -> None:
    with x_server("-extension", "MIT-SCREEN-SAVER") as without:
        screen = XScreen(without.name, None, lambda pid: "", answer_seconds=60)
        with pytest.raises(Untold, match="MIT-SCREEN-SAVER"):
            screen.idle()
        screen.close()


def test_the_key_is_read_from_the_file_that_is_named_and_nothing_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    keys, empty = tmp_path / "keys", tmp_path / "empty"
    empty.touch()
    write_keys(keys, "", b"k" * 16)
    monkeypatch.setenv("XAUTHORITY", str(empty))
    with x_server("-auth", str(keys)) as guarded:
        write_keys(keys, guarded.name[1:], b"k" * 16)
        screen = XScreen(guarded.name, str(keys), lambda pid: "", answer_seconds=60)
        assert screen.idle().value >= 0
        screen.close()
        for wrong in (empty, tmp_path / "nothing"):
            refused = XScreen(guarded.name, str(wrong), lambda pid: "", answer_seconds=60)
            with pytest.raises(Untold, match="can't be asked"):
                refused.idle()
            refused.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("name", "is_local"), [(":0", True), (":1.0", True), ("localhost:10.0", False), ("", False)])
def test_a_screen_that_ssh_brings_is_another_machines(name: str, is_local: bool) -> None:
    assert XScreen.is_local(name) is is_local
