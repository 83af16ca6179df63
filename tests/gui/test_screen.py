"""Whether a window can be opened, asked before Qt would end the program."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gui.screen import why_no_window

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")


def test_without_a_screen_the_reason_is_said() -> None:
    assert "no screen" in str(why_no_window())


def test_a_screen_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7531")
    reason = why_no_window()
    assert reason is not None
    assert ":7531" in reason or "missing" in reason


def test_a_dead_wayland_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "wayland-9"))
    assert why_no_window() is not None


def test_who_names_a_platform_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_window() is None


def test_asking_needs_no_qt() -> None:
    code = "import sys, gui.app, gui.screen; gui.screen.why_no_window(); print('PySide6' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
