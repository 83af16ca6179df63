"""One step of setting up: a program that runs with its output kept, progress while it lasts, and words when it fails.

What the steps are doesn't belong here.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

SILENT_SECONDS = 2.0
PLAIN_LINE_EVERY_SECONDS = 15.0


class SetupError(Exception):
    """Setting up can't go on: `problem` says what happened, `next_step` what to do."""

    def __init__(self, problem: str, next_step: str) -> None:
        super().__init__(f"{problem}\n{next_step}")
        self.problem = problem
        self.next_step = next_step


def say(line: str) -> None:
    """One line to people. Never to stdout, whose last line belongs to the command that is started."""
    print(line, file=sys.stderr, flush=True)


class Progress:
    """Shows that something lasts: nothing in the first two seconds, then one line that a terminal sees counting."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = sys.stderr if stream is None else stream
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)
        self._shown = False
        self._started = 0.0

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if self._shown:
            self._write(f"{'done in ' if kind is None else ''}{self._seconds()} s", last=True)

    def _seconds(self) -> int:
        return round(time.monotonic() - self._started)

    def _show(self) -> None:
        terminal = self._stream.isatty()
        wait = SILENT_SECONDS
        while not self._ended.wait(wait):
            self._shown = True
            self._write(f"{self._seconds()} s", last=False)
            wait = 1.0 if terminal else PLAIN_LINE_EVERY_SECONDS

    def _write(self, text: str, *, last: bool) -> None:
        line = f"{self._label} … {text}"
        if self._stream.isatty():
            self._stream.write(f"\r\x1b[K{line}" + ("\n" if last else ""))
        else:
            self._stream.write(line + "\n")
        self._stream.flush()


def run_step(
    label: str,
    command: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    held: Sequence[int] = (),
) -> int:
    """Runs a program with its output appended to `log`; gives its exit code.

    `held` are file descriptors that the program keeps open: with a lock among them, the lock outlives a killed parent
    until the program it had started ends too. Raises OSError where the program doesn't start.
    """
    with log.open("ab") as output, Progress(label):
        output.write(f"$ {' '.join(command)}\n".encode())
        output.flush()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, cwd=cwd, pass_fds=held
        )
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def last_words(log: Path, lines: int = 6) -> str:
    """The end of a log, for an error's text: what the failed program itself said."""
    text = log.read_text(encoding="utf-8", errors="replace")
    return "\n".join("  " + line.rstrip() for line in text.splitlines()[-lines:] if line.strip())
