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
if instance.is_first():
    instance.listen()
    print("first", flush=True)
else:
    print("second", flush=True)
    print("heard" if instance.raise_first() else "alone", flush=True)
if sys.argv[2:] == ["stay"]:
    app.exec()
"""


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SECOND, str(folder), *arguments]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_a_second_start_raises_the_first_window_and_ends(tmp_path: Path, qtbot: QtBot) -> None:
    first = SingleInstance(tmp_path)
    assert first.is_first()
    first.listen()
    with qtbot.waitSignal(first.raised, timeout=20_000):
        second = start(tmp_path)
    said, _ = second.communicate(timeout=20)
    assert said.split() == ["second", "heard"]
    first.close()


def test_a_second_start_waits_for_a_first_one_that_is_still_starting(tmp_path: Path, qtbot: QtBot) -> None:
    first = SingleInstance(tmp_path)
    assert first.is_first()
    second = start(tmp_path)
    assert second.stdout is not None
    assert second.stdout.readline().strip() == "second"
    first.listen()
    with qtbot.waitSignal(first.raised, timeout=20_000):
        pass
    assert second.communicate(timeout=20)[0].strip() == "heard"
    first.close()
    assert SingleInstance(tmp_path).is_first()


def test_where_nothing_can_be_written_a_window_opens_all_the_same(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").touch()
    assert SingleInstance(tmp_path / "file" / "config").is_first()


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
    after.listen()
    third = start(tmp_path)
    with qtbot.waitSignal(after.raised, timeout=20_000):
        pass
    assert third.communicate(timeout=20)[0].split() == ["second", "heard"]
    after.close()
