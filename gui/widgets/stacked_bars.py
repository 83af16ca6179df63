"""Bars of parts upon each other, one a day: read by pointer or arrow keys, each part in a fill of its own."""

import math
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..theme.theme import Theme
from .fills import paint_fill
from .focus import focus_in, focus_out
from .labels import tooltip

_WIDEST_BAR = 0.55  # of the place of one
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_LINES = 4


class Bar(msgspec.Struct, frozen=True):
    """`parts` from the bottom, none below zero; `words` is all of it in words, `strong` today's."""

    label: str
    parts: tuple[float, ...]
    words: str
    strong: bool = False


class StackedBars(QWidget):
    """`set_bars` with all of them. Left and right, Home and End choose one, whose words are told."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: list[Bar] = []
        self._chosen: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        self._bars = list(bars)
        if self._chosen is not None and self._chosen >= len(self._bars):
            self._chosen = None
        self._say()
        self.update()

    @property
    def chosen(self) -> Bar | None:
        """The one that is read now."""
        return None if self._chosen is None else self._bars[self._chosen]

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(40), self._theme.px(17))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(14), self._theme.px(9))

    # ---- reading it -------------------------------------------------------------------------------------------------

    def _choose(self, place: int | None) -> None:
        if place != self._chosen:
            self._chosen = place
            self._say()
            self.update()

    def _say(self) -> None:
        chosen = self.chosen
        self.setAccessibleDescription("" if chosen is None else chosen.words)

    def _at(self, x: float) -> int | None:
        area = self._area()
        if not self._bars or not area.left() <= x < area.right():
            return None
        return int((x - area.left()) / area.width() * len(self._bars))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._choose(self._at(event.position().x()))
        words = self.chosen.words if self.chosen is not None else ""
        QToolTip.showText(event.globalPosition().toPoint(), tooltip(words), self)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if not self.hasFocus():
            self._choose(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        last = len(self._bars) - 1
        now = last + 1 if self._chosen is None else self._chosen
        wanted = {
            Qt.Key.Key_Left: max(0, now - 1),
            Qt.Key.Key_Right: min(last, now + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if wanted is None or last < 0:
            super().keyPressEvent(event)
            return
        self._choose(wanted)
        place = self.mapToGlobal(self._column(wanted).bottomLeft().toPoint())
        QToolTip.showText(place, tooltip(self._bars[wanted].words), self)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)
        self._choose(None)

    # ---- drawing it -------------------------------------------------------------------------------------------------

    def _area(self) -> QRectF:
        """Where the bars stand: right of the scale, above the days."""
        tick = QFontMetrics(self._theme.font("tick"))
        left = max((tick.horizontalAdvance(_amount(line)) for line in self._lines()), default=0) + self._theme.gap(8)
        top, foot = tick.height() / 2 + 1, tick.height() + self._theme.gap(6)
        return QRectF(left, top, max(1.0, self.width() - left), max(1.0, self.height() - top - foot))

    def _column(self, place: int) -> QRectF:
        area = self._area()
        width = area.width() / len(self._bars)
        return QRectF(area.left() + place * width, area.top(), width, area.height())

    def _lines(self) -> list[float]:
        return scale_lines(max((sum(bar.parts) for bar in self._bars), default=0.0))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter, area, lines = self._theme, QPainter(self), self._area(), self._lines()
        for place, bar in enumerate(self._bars):
            if place == self._chosen or bar.strong:
                painter.fillRect(self._column(place), theme.colour("selected" if bar.strong else "hover"))
        painter.setFont(theme.font("tick"))
        for line in lines:
            y = area.bottom() - area.height() * line / lines[-1]
            painter.setPen(QPen(theme.colour("grid" if line else "border_strong"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            words = QRectF(0, y - theme.gap(8), area.left() - theme.gap(8), theme.gap(16))
            painter.setPen(theme.colour("ink3"))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), _amount(line))
        for place, bar in enumerate(self._bars):
            self._paint_bar(painter, self._column(place), bar, lines[-1])
        self._paint_labels(painter, area)

    def _paint_bar(self, painter: QPainter, column: QRectF, bar: Bar, top: float) -> None:
        width = min(column.width() * _WIDEST_BAR, self._theme.px(4))
        y = column.bottom()
        for number, part in enumerate(bar.parts):
            height = column.height() * part / top
            if height > 0:
                height = max(1.0, height)
                y -= height
                paint_fill(self._theme, painter, QRectF(column.center().x() - width / 2, y, width, height), number)

    def _paint_labels(self, painter: QPainter, area: QRectF) -> None:
        """As many days as there is room for, today always."""
        theme = self._theme
        metrics = QFontMetrics(theme.font("tick", "strong"))
        widest = max((metrics.horizontalAdvance(bar.label) for bar in self._bars), default=0) + theme.gap(8)
        each = max(1, math.ceil(widest * len(self._bars) / area.width()))
        last = len(self._bars) - 1
        for place, bar in enumerate(self._bars):
            if (last - place) % each:
                continue
            painter.setFont(theme.font("tick", "strong" if bar.strong else None))
            painter.setPen(theme.colour("ink" if bar.strong else "ink3"))
            column = self._column(place)
            middle = min(max(column.center().x(), area.left() + widest / 2), area.right() - widest / 2)
            words = QRectF(middle - widest / 2, area.bottom() + theme.gap(4), widest, metrics.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, bar.label)


def scale_lines(most: float) -> list[float]:
    """Zero and up to four lines above it at round amounts, the last one not below `most`."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / _MOST_LINES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))
    return [step * number for number in range(math.ceil(most / step - 1e-9) + 1)]


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.3g}"
