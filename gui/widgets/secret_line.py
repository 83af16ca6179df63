"""A secret in a line that can be marked; however it is copied, clipboard managers are told not to keep it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QMenu

from ..clipboard import copy_secret
from ..theme.theme import Theme


class SecretLine(QLineEdit):
    """Read only. Its end is shown by scrolling, never a cut secret."""

    def __init__(self, theme: Theme, secret: str) -> None:
        super().__init__(secret)
        self.setReadOnly(True)
        self.setFrame(False)
        self.setFont(theme.mono())
        self.setCursorPosition(0)

    def copy_marked(self) -> None:
        """What is marked, or nothing."""
        if self.hasSelectedText():
            copy_secret(self.selectedText())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.Cut):
            self.copy_marked()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """What is marked by mouse goes into X11's selection, which managers watch as well."""
        super().mouseReleaseEvent(event)
        if self.hasSelectedText() and QGuiApplication.clipboard().supportsSelection():
            copy_secret(self.selectedText(), QClipboard.Mode.Selection)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """In place of Qt's own, which copies unmarked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy"), self.copy_marked).setEnabled(self.hasSelectedText())
        menu.addAction(self.tr("Select all"), self.selectAll)
        menu.popup(event.globalPos())
