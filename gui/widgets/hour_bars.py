"""Bars of the last hours, each of two parts: what can be run, filled, and what can't, hatched on top of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..theme.theme import Theme
from .labels import tooltip

_EVERY_THIRD = 3
_LINES = 3
_HEIGHT_EM = 14


class HourBars(QWidget):
    """`show_hours` with the running hour last; what a bar holds is its tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hours: list[tuple[int, int]] = []
        self._now = datetime.now().astimezone()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_hours(self, hours: Sequence[tuple[int, int]], now: datetime) -> None:
        """What can be run and what can't of each hour."""
        self._hours, self._now = list(hours), now
        total = sum(can + cannot for can, cannot in hours)
        can = sum(part for part, _ in hours)
        self.setAccessibleDescription(self.tr("{0} units in all, of which {1} can be run").format(total, can))
        self.update()

    def bar_words(self, place: int) -> str:
        """`14:00: 12 can be run, 4 can't`."""
        can, cannot = self._hours[place]
        return self.tr("{0}: {1} can be run, {2} can't").format(self._clock(place), can, cannot)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(40), self._theme.px(_HEIGHT_EM))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(16), self._theme.px(_HEIGHT_EM))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            place = next((one for one, box in enumerate(self._boxes()) if box.contains(event.pos())), None)
            if place is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), tooltip(self.bar_words(place)), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        area, top = self._area(), _round_top(max((can + cannot for can, cannot in self._hours), default=0))
        painter.setFont(theme.font("tick"))
        metrics = QFontMetrics(painter.font())
        for line in range(_LINES + 1):
            y = round(area.bottom() - area.height() * line / _LINES)
            painter.setPen(QPen(theme.colour("border" if line == 0 else "grid"), 1))
            painter.drawLine(round(area.left()), y, round(area.right()), y)
            painter.setPen(theme.colour("ink3"))
            words = QRectF(0, y - metrics.height() / 2, area.left() - theme.gap(8), metrics.height())
            painter.drawText(words, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), _tick(top, line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (box, (can, cannot)) in enumerate(zip(self._boxes(), self._hours, strict=True)):
            self._paint_bar(painter, box, can / top, cannot / top)
            self._paint_clock(painter, place, box, metrics)

    def _paint_bar(self, painter: QPainter, box: QRectF, can: float, cannot: float) -> None:
        theme = self._theme
        middle = box.bottom() - box.height() * can
        above = QRectF(box.left(), middle - box.height() * cannot, box.width(), box.height() * cannot)
        if cannot > 0:
            painter.setPen(QPen(theme.colour("ink3"), 1))
            painter.setBrush(QBrush(theme.colour("ink3"), Qt.BrushStyle.BDiagPattern))
            painter.drawRect(above.adjusted(0.5, 0.5, -0.5, 0))
        if can > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("series1"))
            painter.drawRect(QRectF(box.left(), middle, box.width(), box.bottom() - middle))

    def _paint_clock(self, painter: QPainter, place: int, box: QRectF, metrics: QFontMetrics) -> None:
        theme, is_last = self._theme, place == len(self._hours) - 1
        if not is_last and (place % _EVERY_THIRD or place >= len(self._hours) - 2):
            return
        painter.setPen(theme.colour("ink" if is_last else "ink3"))
        words = self.tr("now") if is_last else self._clock(place)
        width = metrics.horizontalAdvance(words) + 2
        left = min(box.center().x() - width / 2, self.width() - width)
        row = QRectF(left, box.bottom() + theme.gap(4), width, metrics.height())
        painter.drawText(row, int(Qt.AlignmentFlag.AlignCenter), words)

    def _area(self) -> QRectF:
        gap = self._theme.gap
        return QRectF(gap(34), gap(8), self.width() - gap(36), self.height() - gap(32))

    def _boxes(self) -> list[QRectF]:
        area, count = self._area(), max(1, len(self._hours))
        each = area.width() / count
        inset = each * 0.16
        return [
            QRectF(area.left() + place * each + inset, area.top(), each - 2 * inset, area.height())
            for place in range(len(self._hours))
        ]

    def _clock(self, place: int) -> str:
        begin = self._now.replace(minute=0) - timedelta(hours=len(self._hours) - 1 - place)
        return f"{begin:%H:%M}"


def _round_top(most: int) -> int:
    """The end of the scale: divides into three whole steps."""
    step = 1
    while step * _LINES < most:
        digit = int(str(step)[0])
        step = step * 2 if digit in (1, 5) else step * 5 // 2
    return step * _LINES


def _tick(top: int, line: int) -> str:
    return f"{top * line // _LINES:,}"
