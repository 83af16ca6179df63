"""Columns that scroll up and down where there isn't room for all of them."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_SHARE_OF_SCREEN = 0.6


def scrolled(inside: QWidget) -> QScrollArea:
    """A page's column, as large as its place; Tab goes on into what is in it."""
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


class UprightScroll(QScrollArea):
    """As high as what is in it, up to a share of the screen; never wider than its place."""

    def __init__(self, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = inside
        self.setWidget(inside)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        inside = self._inside
        width = max(inside.sizeHint().width(), inside.minimumWidth())
        across = max(self.viewport().width(), inside.minimumSizeHint().width())
        high = inside.heightForWidth(across) if inside.hasHeightForWidth() else -1
        return QSize(width, high if high >= 0 else inside.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # words that wrap need another height now

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        most = round(self.screen().availableGeometry().height() * _SHARE_OF_SCREEN)
        return QSize(self._inside.minimumSizeHint().width(), min(self.sizeHint().height(), most))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._inside and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
