"""A step shows that it lasts, keeps its output and is taken along when it's stopped."""

import io
import os
import re
import threading
from pathlib import Path

import pytest

from build_scripts import steps


class Stream(io.StringIO):
    """Collects what is shown; `shown` is set as soon as something is."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal
        self.shown = threading.Event()

    def isatty(self) -> bool:
        return self._terminal

    def flush(self) -> None:
        self.shown.set()


def test_a_step_that_ends_at_once_shows_nothing() -> None:
    stream = Stream(terminal=True)

    with steps.Progress("Installing", stream):
        pass

    assert stream.getvalue() == ""


def test_a_step_that_lasts_is_shown_in_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "SILENT_SECONDS", 0.01)
    stream = Stream(terminal=False)

    with steps.Progress("Installing", stream):
        stream.shown.wait()

    assert re.fullmatch(r"Installing … \d+ s\nInstalling … done in \d+ s\n", stream.getvalue())


def test_a_terminal_sees_one_line_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "SILENT_SECONDS", 0.01)
    stream = Stream(terminal=True)

    with steps.Progress("Installing", stream):
        stream.shown.wait()

    assert re.fullmatch(r"\r\x1b\[KInstalling … \d+ s\r\x1b\[KInstalling … done in \d+ s\n", stream.getvalue())


def test_a_failed_steps_last_words_are_its_own(tmp_path: Path) -> None:
    log = tmp_path / "log"

    code = steps.run_step("Trying", ["sh", "-c", "echo first; echo 'no space left' >&2; exit 9"], log)

    assert code == 9
    assert steps.last_words(log, lines=1) == "  no space left"
    assert log.read_text().startswith("$ sh -c ")


def test_a_step_keeps_the_descriptors_that_it_is_to_hold(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    try:
        command = ["sh", "-c", f"echo held > /dev/fd/{writing}"]
        assert steps.run_step("Holding", command, tmp_path / "log", held=[writing]) == 0
        assert os.read(reading, 100) == b"held\n"
    finally:
        os.close(reading)
        os.close(writing)
