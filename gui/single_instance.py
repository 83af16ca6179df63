"""One window a person: a second start raises the first one's and ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_WAIT_MS = 1000
_FIRST_LISTENS_SECONDS = 10.0
_TRY_AGAIN_MS = 50
_RAISE = b"raise\n"


class SingleInstance(QObject):
    """`raised` when another start asks for the window. `folder` is that of the settings: one window for each.

    A lock says who is first, as soon as it is asked; a local socket, which takes longer to come up, carries the wish.
    """

    raised = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Whether no other window is open. Where the folder can't be written, a second window is better than none."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            return True
        lock = QLockFile(str(self._folder / "window.lock"))
        lock.setStaleLockTime(0)  # however old, it is that of a process that lives; Qt looks whether it does
        if not lock.tryLock(0):
            return lock.error() is not QLockFile.LockError.LockFailedError
        self._lock = lock
        return True

    def listen(self) -> None:
        """From now on a second start is heard. One that could not be made is no reason to have no window."""
        from PySide6.QtNetwork import QLocalServer

        name = _socket_name(self._folder)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._heard)
        if not server.listen(name):
            QLocalServer.removeServer(name)  # what a killed window left: the lock is ours
            server.listen(name)
        self._server = server

    def raise_first(self) -> bool:
        """Ask the first window to come to the front, waiting while it starts; False where it can't be reached."""
        from PySide6.QtCore import QDeadlineTimer, QThread
        from PySide6.QtNetwork import QLocalSocket

        deadline = QDeadlineTimer(round(_FIRST_LISTENS_SECONDS * 1000))
        asked = QLocalSocket()
        while True:
            asked.connectToServer(_socket_name(self._folder))
            if asked.waitForConnected(_WAIT_MS):
                break
            if deadline.hasExpired():
                return False
            QThread.msleep(_TRY_AGAIN_MS)
        asked.write(_RAISE)
        asked.waitForBytesWritten(_WAIT_MS)
        asked.disconnectFromServer()
        return True

    def close(self) -> None:
        """Let another window be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _heard(self) -> None:
        if self._server is None:
            return
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            self.raised.emit()


def _socket_name(folder: Path) -> str:
    from hashlib import sha256

    return "gpu-agent-" + sha256(str(folder.absolute()).encode()).hexdigest()[:16]
