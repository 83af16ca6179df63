"""What is copied, with the word to clipboard managers that a secret is not for their history."""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard, QGuiApplication

_NOT_KEPT = {  # what managers on Linux, Windows and macOS ask for
    "x-kde-passwordManagerHint": b"secret",
    "ExcludeClipboardContentFromMonitorProcessing": b"\x00",
    "org.nspasteboard.ConcealedType": b"",
}


def copy_secret(secret: str, mode: QClipboard.Mode = QClipboard.Mode.Clipboard) -> None:
    """Into the clipboard, marked as what nobody keeps."""
    data = QMimeData()
    data.setText(secret)
    for kind, value in _NOT_KEPT.items():
        data.setData(kind, value)
    QGuiApplication.clipboard().setMimeData(data, mode)


def copy_text(text: str) -> None:
    """Into the clipboard as it is."""
    QGuiApplication.clipboard().setText(text)
