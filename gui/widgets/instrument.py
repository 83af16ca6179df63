"""One reading of a device: its value in words and its last five minutes, with the ceiling dashed.

Shared work is drawn in one colour and the owner's own use in another, with a dash of its own; at its ceiling the value
turns amber, and what came too long ago is grey.
"""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.theme import Theme
from .reading_history import WINDOW_SECONDS, ReadingHistory, Whose, scale_top

_PLOT_PX = 1.6
_OWNER_DASH = [4.0, 2.0]
_CEILING_DASH = [3.0, 3.0]


class Instrument(QWidget):
    """`label` names the reading; `set_reading` gives the words around the plot, `set_now` moves it in time."""

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._label = label
        self._value = "–"
        self._unit = ""
        self._left = ""
        self._right = ""
        self._full: float | None = None
        self._ceiling: float | None = None
        self._now = 0.0
        self.history = ReadingHistory()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._theme_changed)
        self._say()

    def set_label(self, label: str) -> None:
        """The reading's name, in the language of now."""
        self._label = label
        self._say()

    def set_reading(self, value: str, unit: str, *, left: str = "", right: str = "") -> None:
        """The words: value and unit above, notes left and right under the plot."""
        self._value, self._unit, self._left, self._right = value, unit, left, right
        self._say()

    def set_scale(self, full: float | None, ceiling: float | None = None) -> None:
        """`full` is the most that can be, `ceiling` the owner's limit, both in the reading's own unit."""
        self._full, self._ceiling = full, ceiling
        self.update()

    def set_now(self, now: float) -> None:
        """The moment at the right edge, in the history's seconds."""
        self._now = now
        self.update()

    @property
    def is_at_ceiling(self) -> bool:
        """Whether the newest value is at the owner's limit, or within a hundredth of it."""
        last = self.history.last
        return bool(
            self._ceiling and last is not None and last.value is not None and last.value >= self._ceiling * 0.99
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(16), self._theme.px(7.5))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(9), self._theme.px(6.6))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        margin = self._theme.px(1.08)
        inside = QRectF(self.rect()).adjusted(margin, self._theme.px(0.77), -margin, -self._theme.px(0.62))
        bottom = self._paint_foot(painter, inside)
        top = self._paint_head(painter, inside)
        self._paint_plot(painter, QRectF(inside.left(), top, inside.width(), max(4.0, bottom - top)))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.EnabledChange):
            self.update()

    # ---- how --------------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        self.setAccessibleName(self._label)
        words = [f"{self._value} {self._unit}".strip(), self._left, self._right]
        self.setAccessibleDescription(" · ".join(word for word in words if word))
        self.update()

    def _theme_changed(self) -> None:
        self.updateGeometry()
        self.update()

    @property
    def _is_stale(self) -> bool:
        return self.history.is_stale(self._now)

    def _paint_head(self, painter: QPainter, inside: QRectF) -> float:
        """Name left, value and unit right, on one base line; where the plot may begin."""
        value_font = self._theme.font("readout", "strong")
        unit_font, label_font = self._theme.font("caption"), self._theme.font("body")
        metrics = QFontMetricsF(value_font)
        base = inside.top() + metrics.ascent()
        unit_width = QFontMetricsF(unit_font).horizontalAdvance(self._unit)
        gap = self._theme.px(0.46) if self._unit else 0.0
        value_width = metrics.horizontalAdvance(self._value)
        right = inside.right()
        value_colour = "ink3" if self._is_stale else "warn" if self.is_at_ceiling else "ink"
        _text(painter, unit_font, self._theme.colour("ink3"), QPointF(right - unit_width, base), self._unit)
        value_at = QPointF(right - unit_width - gap - value_width, base)
        _text(painter, value_font, self._theme.colour(value_colour), value_at, self._value)
        room = value_at.x() - inside.left() - gap
        label = QFontMetricsF(label_font).elidedText(self._label, Qt.TextElideMode.ElideRight, room)
        _text(painter, label_font, self._theme.colour("ink2"), QPointF(inside.left(), base), label)
        return base + metrics.descent() + self._theme.px(0.2)

    def _paint_foot(self, painter: QPainter, inside: QRectF) -> float:
        """The notes under the plot; where the plot has to end."""
        font = self._theme.font("tick")
        metrics = QFontMetricsF(font)
        base = inside.bottom() - metrics.descent()
        colour = self._theme.colour("ink3")
        right_width = metrics.horizontalAdvance(self._right)
        room = inside.width() - (right_width + self._theme.px(0.6) if self._right else 0.0)
        left = metrics.elidedText(self._left, Qt.TextElideMode.ElideRight, max(0.0, room))
        _text(painter, font, colour, QPointF(inside.left(), base), left)
        _text(painter, font, colour, QPointF(inside.right() - right_width, base), self._right)
        return base - metrics.ascent() - self._theme.px(0.25)

    def _paint_plot(self, painter: QPainter, area: QRectF) -> None:
        top = scale_top(self.history, self._full, self._ceiling)

        def place(seconds_ago: float, value: float) -> QPointF:
            x = area.right() - area.width() * seconds_ago / WINDOW_SECONDS
            return QPointF(x, area.bottom() - 1 - (area.height() - 2) * min(value / top, 1.0))

        line = area.bottom()
        painter.setPen(QPen(self._theme.colour("border"), 1.0))
        painter.drawLine(QPointF(area.left(), line), QPointF(area.right(), line))
        if self._ceiling is not None:
            pen = QPen(self._theme.colour("ink3"), 1.0)
            pen.setDashPattern(_CEILING_DASH)
            painter.setPen(pen)
            painter.drawLine(place(WINDOW_SECONDS, self._ceiling), place(0, self._ceiling))
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        for run in self.history.runs(self._now):
            painter.setPen(self._line_pen(run.whose))
            points = [place(ago, value) for ago, value in run.points]
            if len(points) == 1:
                painter.drawPoint(points[0])
            else:
                painter.drawPolyline(QPolygonF(points))
        painter.restore()

    def _line_pen(self, whose: Whose) -> QPen:
        name = "ink3" if self._is_stale else "series1" if whose is Whose.GUEST else "series2"
        pen = QPen(self._theme.colour(name), _PLOT_PX)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if whose is Whose.OWNER:
            pen.setDashPattern(_OWNER_DASH)
        return pen


def _text(painter: QPainter, font: QFont, colour: QColor, at: QPointF, text: str) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(at, text)
