"""One child process that moves a transfer's bytes, as Qt sees it: orders go in, reports come out as signals.

What it does is in transfer_process; which transfers there are is in transfers.
"""

import sys
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from core.sibling_commands import find_command

from .transfer_messages import Failed, Order, Trouble, TroubleKind, Word, line_of, read_report

_LEAVE_MS = 3000
_LAST_WORDS_BYTES = 4000


def transfer_command() -> list[str]:
    """How the process is started: this program's own command, in an environment as in the bundle. Empty if absent."""
    found = find_command("gpu-agent", executable=sys.executable, script=sys.argv[0])
    return [found, "transfer"] if found is not None else []


class TransferChild(QObject):
    """`reported` carries the child's number and each report; the last one is Sent, Fetched, Compared or Failed, unless
    it was stopped before. `ended` carries the number."""

    reported = Signal(int, object)
    ended = Signal(int)

    def __init__(self, number: int, command: Sequence[str], order: Order, parent: QObject) -> None:
        super().__init__(parent)
        self.number = number
        self._stopped = False
        self._told_end = False
        self._buffer = b""
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._error)
        self._leave = QTimer(self, singleShot=True, interval=_LEAVE_MS)
        self._leave.timeout.connect(self._process.kill)
        if not command:
            QTimer.singleShot(0, self, self._missing)
            return
        self._process.start(command[0], list(command[1:]))
        self._process.write(line_of(order))

    @property
    def pid(self) -> int:
        return self._process.processId()

    def say(self, word: Word) -> None:
        """Pause or resume."""
        self._process.write(line_of(word))

    def stop(self) -> None:
        """End it, keeping what is there: its stdin closes, and after three seconds it is killed."""
        self._stopped = True
        self._process.closeWriteChannel()
        self._leave.start()

    def stop_now(self) -> None:
        """End it before this returns, at the app's own end."""
        self._stopped = True
        if self._process.state() is QProcess.ProcessState.NotRunning:
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(_LEAVE_MS):
            self._process.kill()
            self._process.waitForFinished(_LEAVE_MS)

    def _missing(self) -> None:
        self._fail("The program gpu-agent isn't beside this window.", "Install gpu-agent whole.")
        self.ended.emit(self.number)

    def _read(self) -> None:
        self._buffer += bytes(self._process.readAllStandardOutput().data())
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            try:
                report = read_report(line)
            except msgspec.DecodeError:
                continue  # what a library printed is no report
            self._told_end = type(report).__name__ in ("Sent", "Fetched", "Compared", "Failed")
            if not self._stopped:
                self.reported.emit(self.number, report)

    def _finished(self) -> None:
        self._leave.stop()
        self._read()
        if not self._told_end and not self._stopped:
            words = bytes(self._process.readAllStandardError().data())[-_LAST_WORDS_BYTES:].decode(errors="replace")
            self._fail(words.strip().rpartition("\n")[2] or f"It ended with {self._process.exitCode()}.", "")
        self.ended.emit(self.number)

    def _error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and not self._stopped:
            self._fail(self._process.errorString(), "")
            self.ended.emit(self.number)

    def _fail(self, message: str, hint: str) -> None:
        self.reported.emit(self.number, Failed(Trouble(TroubleKind.BUG, message, hint)))
