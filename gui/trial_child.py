"""One run of `gpu-agent-node try`: a package in the box of a node, on data of this computer, without a server."""

import sys

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from core.sibling_commands import find_command

from .child_processes import dying_with_parent

_LEAVE_MS = 5000
_METRICS = "metrics | "  # no line of the tried code begins so: each has its unit's name in front


class TrialUnit(msgspec.Struct, frozen=True):
    """How one unit of it went."""

    role: str
    exit_code: int | None
    run_seconds: float
    message: str
    metrics: dict[str, float]


class TrialResult(msgspec.Struct, frozen=True):
    """The object that the command prints at its end; fields that this window doesn't show are passed over."""

    status: str
    confinement: str
    units: list[TrialUnit]
    metrics: dict[str, float]
    outputs: list[str]


class TrialProblem(msgspec.Struct, frozen=True):
    """Why there is no result, in the command's words."""

    message: str
    hint: str = ""


class TrialNews(msgspec.Struct, frozen=True):
    """What a unit logged in numbers: values at a step, or how far it is (`step` of `of`)."""

    unit: str
    step: int | None
    of: int | None = None
    values: dict[str, float] = {}


class _Printed(msgspec.Struct, frozen=True):
    error: TrialProblem


class TrialChild(QObject):
    """`line` carries each line of the log, `news` a TrialNews; `ended` a TrialResult, a TrialProblem, or None if it was
    stopped."""

    line = Signal(str)
    news = Signal(object)
    ended = Signal(object)

    def __init__(self, package: str, data: str, *, max_seconds: int, parent: QObject) -> None:
        super().__init__(parent)
        self._stopped = False
        self._log = b""
        self._process = QProcess(self)
        self._process.readyReadStandardError.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._error)
        self._leave = QTimer(self, singleShot=True, interval=_LEAVE_MS)
        self._leave.timeout.connect(self._process.kill)
        found = find_command("gpu-agent-node", executable=sys.executable, script=sys.argv[0])
        if found is None:
            QTimer.singleShot(0, self, self._missing)
            return
        arguments = ["try", package, "--data", data, "--max-seconds", str(max_seconds), "--json", "--metrics"]
        self._process.setStandardInputFile(QProcess.nullDevice())
        command = [*dying_with_parent(), found, *arguments]
        self._process.start(command[0], command[1:])

    def stop(self) -> None:
        """Ask it to end; after five seconds it is killed."""
        self._stopped = True
        self._process.terminate()
        self._leave.start()

    def stop_now(self) -> None:
        """End it before this returns."""
        self._stopped = True
        if self._process.state() is QProcess.ProcessState.NotRunning:
            return
        self._process.terminate()
        if not self._process.waitForFinished(_LEAVE_MS):
            self._process.kill()
            self._process.waitForFinished(_LEAVE_MS)

    def _missing(self) -> None:
        self.ended.emit(TrialProblem("The node program isn't beside this window.", "Install gpu-agent whole."))

    def _read(self) -> None:
        self._log += bytes(self._process.readAllStandardError().data())
        *lines, self._log = self._log.split(b"\n")
        for text in lines:
            self._tell(text.decode(errors="replace").rstrip())

    def _tell(self, text: str) -> None:
        if not text.startswith(_METRICS):
            self.line.emit(text)
            return
        try:
            self.news.emit(msgspec.json.decode(text.removeprefix(_METRICS), type=TrialNews))
        except msgspec.DecodeError:
            self.line.emit(text)

    def _finished(self) -> None:
        self._leave.stop()
        self._read()
        if self._log:
            self.line.emit(self._log.decode(errors="replace"))
            self._log = b""
        self.ended.emit(None if self._stopped else self._outcome())

    def _outcome(self) -> TrialResult | TrialProblem:
        printed = bytes(self._process.readAllStandardOutput().data()).strip().rpartition(b"\n")[2]
        try:
            return msgspec.json.decode(printed, type=TrialResult)
        except msgspec.DecodeError:
            pass
        try:
            return msgspec.json.decode(printed, type=_Printed).error
        except msgspec.DecodeError:
            return TrialProblem(f"It ended with {self._process.exitCode()} and without a result.")

    def _error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.ended.emit(TrialProblem(self._process.errorString()))
