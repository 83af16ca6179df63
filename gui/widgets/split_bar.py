"""A line of two parts: what one did, and what others did of the same."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.theme import Theme


class SplitBar(QWidget):
    """`set_share` with one's own part (0 to 1), in the state's colour; the words beside it are its user's matter."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self._colour = "st_completed"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_share(self, share: float, colour: str, words: str) -> None:
        """`colour` is a token; `words` are for who can't see it."""
        self._share, self._colour = min(1.0, max(0.0, share)), colour
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.gap(120), self._theme.gap(6))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.gap(40), self._theme.gap(6))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, rect = QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        own = rect.width() * self._share
        between = 1.0 if 0 < own < rect.width() else 0.0
        for left, width, colour in ((0.0, own - between, self._colour), (own, rect.width() - own, "control")):
            if width > 0:
                painter.setBrush(self._theme.colour(colour))
                painter.drawRect(QRectF(left, 0, max(1.0, width), rect.height()))
