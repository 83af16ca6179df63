"""A second start raises the first one's window."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.single_instance import SingleInstance

PROJECT = Path(__file__).resolve().parents[2]
SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from gui.single_instance import SingleInstance
app = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
print("first" if instance.is_first() else "second", flush=True)
if sys.argv[2:] == ["stay"]:
    app.exec()
"""


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SECOND, str(folder), *arguments]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_a_second_start_raises_the_first_window_and_ends(tmp_path: Path, qtbot: QtBot) -> None:
    first = SingleInstance(tmp_path)
    assert first.is_first()
    with qtbot.waitSignal(first.raised, timeout=20_000):
        second = start(tmp_path)
    said, _ = second.communicate(timeout=20)
    assert said.strip() == "second"
    first.close()


def test_settings_elsewhere_are_another_window(tmp_path: Path, qtbot: QtBot) -> None:
    one, other = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")
    assert one.is_first()
    assert other.is_first()
    one.close()
    other.close()


def test_a_window_that_was_killed_does_not_stand_in_the_way(tmp_path: Path, qtbot: QtBot) -> None:
    killed = start(tmp_path, "stay")
    assert killed.stdout is not None
    assert killed.stdout.readline().strip() == "first"
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=20)
    after = SingleInstance(tmp_path)
    assert after.is_first()
    third = start(tmp_path)
    with qtbot.waitSignal(after.raised, timeout=20_000):
        pass
    assert third.communicate(timeout=20)[0].strip() == "second"
    after.close()
