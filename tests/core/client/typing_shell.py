"""A real shell on a terminal, to which a test types."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Sequence
from types import TracebackType

_SECONDS = 60.0
# Colours, cursor moves, titles: what terminals are told besides text
_CONTROLS = re.compile(rb"\x1b\[[0-9;:?<>=!]*[A-Za-z~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[=>()][A-Z0-9]?|\r")


class TypingShell:
    """Started at once. `until` reads until it has shown something; nothing depends on how fast."""

    def __init__(self, words: Sequence[str], environment: dict[str, str], folder: str) -> None:
        self._terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 400, 0, 0))

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            words,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm", "PS1": "ready> "},
            cwd=folder,
            preexec_fn=own_terminal,
        )
        os.close(theirs)
        self._shown = b""

    def typed(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def until(self, wanted: str) -> str:
        """What was shown since the last call, up to this text. Raises AssertionError when it never comes."""
        while (found := re.search(re.escape(wanted.encode()), self._text())) is None:
            ready, _, _ = select.select([self._terminal], [], [], _SECONDS)
            try:
                more = os.read(self._terminal, 65_536) if ready else b""
            except OSError:  # it has ended
                more = b""
            assert more, f"{wanted!r} was never shown: {self._text().decode(errors='replace')}"
            self._answer(more)
            self._shown += more
        text = self._text()
        self._shown = text[found.end() :]
        return text[: found.end()].decode(errors="replace")

    def _text(self) -> bytes:
        return _CONTROLS.sub(b"", self._shown)

    def _answer(self, shown: bytes) -> None:
        """What a terminal says when it is asked where the cursor is, and what it is."""
        if b"\x1b[6n" in shown:
            os.write(self._terminal, b"\x1b[1;1R")
        if b"\x1b[c" in shown or b"\x1b[0c" in shown:
            os.write(self._terminal, b"\x1b[?1;2c")

    def __enter__(self) -> "TypingShell":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._terminal)
