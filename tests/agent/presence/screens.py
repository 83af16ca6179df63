"""X servers of one's own, and windows and hands on them, for tests."""

import os
import shutil
import signal
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.ext import xtest
from Xlib.protocol import event
from Xlib.xobject.drawable import Window

from tests.x11_screen import window_manager

_FAMILY_LOCAL = 256
COOKIE = b"MIT-MAGIC-COOKIE-1"


class Screen(NamedTuple):
    """A server that runs, as DISPLAY names it."""

    name: str
    process: subprocess.Popen[bytes]


@contextmanager
def x_server(*options: str, number: str | None = None) -> Iterator[Screen]:
    """Xvfb with more options, on a number of its own choice; skips the test where it isn't installed."""
    if shutil.which("Xvfb") is None:
        pytest.skip("not installed: Xvfb")
    reads, writes = os.pipe()
    chosen = ("-displayfd", str(writes)) if number is None else (f":{number}", "-displayfd", str(writes))
    process = subprocess.Popen(
        ["Xvfb", *chosen, "-screen", "0", "640x480x24", "-nolisten", "tcp", *options],
        pass_fds=[writes],
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    try:
        with os.fdopen(reads) as told:
            chosen_number = told.readline().strip()
        assert chosen_number, "the server didn't start"
        yield Screen(f":{chosen_number}", process)
    finally:
        process.terminate()  # in order: it takes its lock and socket away
        process.send_signal(signal.SIGCONT)
        process.wait()


def write_keys(file: Path, number: str, key: bytes) -> None:
    """An Xauthority file for one display of this machine."""
    parts = [os.uname().nodename.encode(), number.encode(), COOKIE, key]
    file.write_bytes(struct.pack(">H", _FAMILY_LOCAL) + b"".join(struct.pack(">H", len(one)) + one for one in parts))


@contextmanager
def managed(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """openbox on it; skips the test where it isn't installed."""
    if shutil.which("openbox") is None:
        pytest.skip("not installed: openbox")
    with monkeypatch.context() as patch:
        patch.setenv("DISPLAY", screen.name)
        with window_manager():
            yield


class Hand:
    """A program with one window, and a hand on the pointer."""

    def __init__(self, screen: Screen) -> None:
        self._display = Display(screen.name)
        self._root = self._display.screen().root
        self.window = self._root.create_window(10, 10, 200, 100, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)

    def __enter__(self) -> "Hand":
        return self

    def __exit__(self, *ended: object) -> None:
        self._display.close()

    def show(self) -> None:
        """Map the window; it is managed when this returns."""
        self.window.map()
        self._until(lambda: bool(self._values(self.window, "_NET_WM_DESKTOP")))

    def move(self) -> None:
        xtest.fake_input(self._display, X.MotionNotify, x=5, y=7)
        self._display.sync()

    def fill_the_screen(self) -> None:
        fills = self._atom("_NET_WM_STATE_FULLSCREEN")
        self._tell("_NET_WM_STATE", self.window, [1, fills])
        self._until(lambda: fills in self._values(self.window, "_NET_WM_STATE"))

    def minimize(self) -> None:
        self._tell("WM_CHANGE_STATE", self.window, [3])
        hidden = self._atom("_NET_WM_STATE_HIDDEN")
        self._until(lambda: hidden in self._values(self.window, "_NET_WM_STATE"))

    def go_to_desktop(self, number: int) -> None:
        self._root.change_attributes(event_mask=X.PropertyChangeMask)
        self._tell("_NET_CURRENT_DESKTOP", self._root, [number])
        self._until(lambda: self._values(self._root, "_NET_CURRENT_DESKTOP") == [number])

    def call_itself(self, text: bytes) -> None:
        self.window.change_property(Xatom.WM_CLASS, Xatom.STRING, 8, text)
        self._display.sync()

    def _atom(self, name: str) -> int:
        return self._display.intern_atom(name)

    def _tell(self, name: str, window: Window, values: list[int]) -> None:
        values = (values + [0] * 5)[:5]
        told = event.ClientMessage(window=window, client_type=self._atom(name), data=(32, values))
        self._root.send_event(told, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.flush()

    def _values(self, window: Window, name: str) -> list[int]:
        told: Any = window.get_full_property(self._atom(name), X.AnyPropertyType)
        return list(told.value) if told else []

    def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._display.next_event()
