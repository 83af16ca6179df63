"""The project's programs with a wall clock that a test may set while they run."""

import sys
import time
from pathlib import Path

COMMANDS = {
    "backend": "from backend.command_line import main; main()",
    "node": "from agent.command_line import main; main()",
}


class JumpingClock:
    """A wall clock in a file: the seconds by which it is ahead."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    def jump(self, seconds: float) -> None:
        """From now on it is so far ahead of the true one."""
        draft = self._file.with_suffix(".new")
        draft.write_text(repr(seconds))
        draft.replace(self._file)

    def program(self, name: str) -> list[str]:
        """The command of this program, `backend` or `node`, going by this clock."""
        preparation = f"from tests.faults.jumping_clock import go_by; go_by({str(self._file)!r})"
        return [sys.executable, "-c", f"{preparation}; {COMMANDS[name]}"]


def go_by(file: str) -> None:
    """Has this process tell the time by the clock in this file; called before anything else is imported."""
    true_time, true_time_ns, offset = time.time, time.time_ns, Path(file)
    time.time = lambda: true_time() + float(offset.read_text())
    time.time_ns = lambda: true_time_ns() + int(float(offset.read_text()) * 1e9)
