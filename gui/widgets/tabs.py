"""Panels that don't fit beside each other become tabs: words in a row, the chosen one underlined."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.theme import Theme


class Tabs(QWidget):
    """Words in a row, the chosen one underlined."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, *, line: bool = True) -> None:
        """`line`: with one along the bottom."""
        super().__init__()
        self._theme = theme
        self._line = line
        self._words: list[str] = []
        self.current = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_words(self, words: list[str]) -> None:
        self._words = words
        self.update()

    def choose(self, place: int) -> None:
        if 0 <= place < len(self._words) and place != self.current:
            self.current = place
            self.setAccessibleName(self._words[place])
            self.chosen.emit(place)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(20), self._theme.size("section_header"))

    def _places(self) -> list[QRectF]:
        metrics = QFontMetrics(self._theme.font("body", "strong"))
        x, places = 0.0, []
        for words in self._words:
            width = metrics.horizontalAdvance(words) + self._theme.gap(24)
            places.append(QRectF(x, 0, width, self.height()))
            x += width
        return places

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(self.rect(), theme.colour("surface"))
        if self._line:
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.colour("border"))
        for index, (words, place) in enumerate(zip(self._words, self._places(), strict=True)):
            chosen = index == self.current
            painter.setFont(theme.font("body", "strong" if chosen else None))
            painter.setPen(theme.colour("ink" if chosen else "ink2"))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)
            if chosen:
                height = theme.gap(2)
                line = QRectF(place.x(), self.height() - height, place.width(), height)
                painter.fillRect(line, theme.colour("accent"))
        if self.hasFocus() and self._words:
            painter.setPen(theme.colour("focus"))
            painter.drawRect(self._places()[self.current].adjusted(2, 4, -3, -5))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        for index, place in enumerate(self._places()):
            if place.contains(event.position()):
                self.choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self.current + step)
