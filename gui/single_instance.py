"""One window a person: a second start raises the first one's and ends."""

from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MS = 1000
_RAISE = b"raise\n"
_LEAVE = b"leave\n"


class SingleInstance(QObject):
    """`raised` when another start asks for the window. `folder` is that of the settings: one window for each."""

    raised = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = "gpu-agent-" + sha256(str(folder.absolute()).encode()).hexdigest()[:16]
        self._server: QLocalServer | None = None

    def is_first(self, *, raise_other: bool = True) -> bool:
        """Whether no other window is open; if one is, it is asked to come to the front, unless it is to be left."""
        if self._tell(_RAISE if raise_other else _LEAVE):
            return False
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._heard)
        if not server.listen(self._name):
            QLocalServer.removeServer(self._name)  # what a killed window left; nobody answered behind it
            if not server.listen(self._name):
                return True  # without a name of its own a window is still better than none
        self._server = server
        return True

    def close(self) -> None:
        """Let another window be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _tell(self, word: bytes) -> bool:
        asked = QLocalSocket()
        asked.connectToServer(self._name)
        if not asked.waitForConnected(_WAIT_MS):
            return False
        asked.write(word)
        asked.waitForBytesWritten(_WAIT_MS)
        asked.disconnectFromServer()
        return True

    def _heard(self) -> None:
        if self._server is None:
            return
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.readyRead.connect(self._heard_word)

    def _heard_word(self) -> None:
        callers = [] if self._server is None else self._server.findChildren(QLocalSocket)
        if any(bytes(caller.readAll().data()) == _RAISE for caller in callers):
            self.raised.emit()
