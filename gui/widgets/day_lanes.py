"""A day as lanes: what each GPU did, each doing in a fill of its own. Read by pointer or arrow keys."""

import time
from bisect import bisect_right
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.protocol.node_day import Doing

from ..day_words import Lane, ShownDay, Span, lane_words, span_words
from ..theme.theme import Theme
from .focus import focus_in, focus_out
from .labels import tooltip

_LANE_PX, _PITCH_PX, _LONGEST_NAME_EM = 12, 20, 12
_STEPS_HOURS = (3, 6, 12, 24)
_LEAST_WORK_PX = 2  # a unit of a minute is seen
_UNDER = tuple(doing for doing in reversed(Doing) if doing is not Doing.WORKING)
Place = tuple[int, int]
"""A lane and a span of it."""


class DayLanes(QWidget):
    """`show_day` with all of it. Left and right, Home and End choose a span, up and down another lane's; its words are
    told. `now` gives Unix seconds."""

    def __init__(self, theme: Theme, now: Callable[[], float] = time.time, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = now
        self._day: ShownDay | None = None
        self._chosen: Place | None = None
        self._lanes: list[QWidget] = []  # each is a lane's words to a screen reader
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.retranslate()

    def show_day(self, day: ShownDay | None) -> None:
        """Another day, or the same as it is now: what was chosen stays so, if it is still there."""
        chosen = self.chosen
        self._day = day
        self._chosen = None
        if chosen is not None and day is not None:
            self._chosen = _place_of(day, *chosen)
        self._say()
        self.updateGeometry()
        self.update()

    @property
    def day(self) -> ShownDay | None:
        return self._day

    @property
    def chosen(self) -> tuple[Lane, Span] | None:
        """The span that is read now."""
        if self._day is None or self._chosen is None:
            return None
        lane = self._day.lanes[self._chosen[0]]
        return lane, lane.spans[self._chosen[1]]

    def span_rect(self, place: Place) -> QRectF:
        """Where a span is painted."""
        assert self._day is not None
        lane, number = place
        span = self._day.lanes[lane].spans[number]
        left, right = round(self._x(span.begins)), round(self._x(span.ends))
        least = _LEAST_WORK_PX if span.doing is Doing.WORKING else 1
        gap = self._theme.gap
        return QRectF(left, lane * gap(_PITCH_PX), max(right - left, least), gap(_LANE_PX))

    def hours_named(self) -> list[int]:
        """The hours that have a tick: as many as there is room for."""
        metrics = QFontMetrics(self._theme.font("tick"))
        widest = metrics.horizontalAdvance("00:00") + self._theme.gap(14)
        room = self._area_width() / widest
        step = next((step for step in _STEPS_HOURS if 24 / step <= room), _STEPS_HOURS[-1])
        return list(range(0, 25, step))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(40), self._foot() + QFontMetrics(self._theme.font("tick")).height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._left() + self._theme.px(12), self.sizeHint().height())

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("What each GPU did today"))
        self._say()
        self.update()

    # ---- reading it -------------------------------------------------------------------------------------------------

    def _choose(self, place: Place | None) -> None:
        if place != self._chosen:
            self._chosen = place
            self._say()
            self.update()

    def _words(self) -> str:
        chosen = self.chosen
        return span_words(self._day, *chosen) if self._day is not None and chosen is not None else ""

    def _say(self) -> None:
        self.setAccessibleDescription(self._words())
        lanes = self._day.lanes if self._day is not None else ()
        while len(self._lanes) < len(lanes):
            child = QWidget(self)
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            child.setVisible(True)
            self._lanes.append(child)
        while len(self._lanes) > len(lanes):
            self._lanes.pop().deleteLater()
        for child, lane in zip(self._lanes, lanes, strict=True):
            child.setAccessibleName(lane_words(lane))
        self._place_lanes()

    def _place_lanes(self) -> None:
        gap = self._theme.gap
        for number, child in enumerate(self._lanes):
            child.setGeometry(0, number * gap(_PITCH_PX), self.width(), gap(_LANE_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._place_lanes()

    def _at(self, place: QPointF) -> Place | None:
        """The span there; of those that lie in one pixel the last."""
        lane = int(place.y() // self._theme.gap(_PITCH_PX))
        if self._day is None or not 0 <= lane < len(self._day.lanes):
            return None
        for number in reversed(range(len(self._day.lanes[lane].spans))):
            box = self.span_rect((lane, number))
            if box.left() <= place.x() < box.right():
                return lane, number
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._choose(self._at(event.position()))
        QToolTip.showText(event.globalPosition().toPoint(), tooltip(self._words()), self)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if not self.hasFocus():
            self._choose(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        wanted = self._wanted(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
            return
        self._choose(wanted)
        place = self.mapToGlobal(self.span_rect(wanted).bottomLeft().toPoint())
        QToolTip.showText(place, tooltip(self._words()), self)

    def _wanted(self, key: Qt.Key) -> Place | None:
        """Where a key leads; from nowhere to the newest span of the first lane that has one."""
        spans = [lane.spans for lane in self._day.lanes] if self._day is not None else []
        lanes = [number for number, told in enumerate(spans) if told]
        if not lanes:
            return None
        lane, number = self._chosen or (lanes[0], len(spans[lanes[0]]))
        last = len(spans[lane]) - 1
        match key:
            case Qt.Key.Key_Left:
                return lane, max(0, number - 1)
            case Qt.Key.Key_Right:
                return lane, min(last, number + 1)
            case Qt.Key.Key_Home:
                return lane, 0
            case Qt.Key.Key_End:
                return lane, last
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                beside = lanes[::-1] if key is Qt.Key.Key_Up else lanes
                to = next((one for one in beside if (one < lane if key is Qt.Key.Key_Up else one > lane)), lane)
                at = spans[lane][min(number, last)].begins
                return to, max(0, bisect_right(spans[to], at, key=lambda span: span.begins) - 1)
        return None

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)
        self._choose(None)

    # ---- drawing it -------------------------------------------------------------------------------------------------

    def _left(self) -> int:
        """Where the day begins: right of the lanes' names."""
        metrics = QFontMetrics(self._theme.font("caption"))
        names = [lane.name for lane in self._day.lanes] if self._day is not None else []
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return max(min(widest, self._theme.px(_LONGEST_NAME_EM)) + self._theme.gap(14), self._half_a_tick())

    def _half_a_tick(self) -> int:
        return QFontMetrics(self._theme.font("tick")).horizontalAdvance("00:00") // 2 + 1

    def _area_width(self) -> int:
        return max(1, self.width() - self._left() - self._half_a_tick())

    def _foot(self) -> int:
        """Where the ticks' words begin: under the lanes."""
        lanes = len(self._day.lanes) if self._day is not None else 0
        return lanes * self._theme.gap(_PITCH_PX) + self._theme.gap(4)

    def _x(self, moment: float) -> float:
        assert self._day is not None
        part = (moment - self._day.begins) / (self._day.ends - self._day.begins)
        return self._left() + self._area_width() * part

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        day, painter = self._day, QPainter(self)
        if day is None:
            return
        self._paint_hours(painter, day)
        self._paint_names(painter, day)
        for doing in (*_UNDER, Doing.WORKING):  # what is widened to be seen lies over what is beside it
            for lane, told in enumerate(day.lanes):
                for number, span in enumerate(told.spans):
                    if span.doing is doing or (doing is _UNDER[0] and not span.doing.is_known):
                        paint_doing(self._theme, painter, self.span_rect((lane, number)), span.doing)
        if self._chosen is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colour("ink"), 1))
            painter.drawRect(self.span_rect(self._chosen).adjusted(-1.5, -1.5, 0.5, 0.5))
        now = self._now()
        if day.begins <= now < day.ends:
            self._paint_now(painter, self._x(now))

    def _paint_hours(self, painter: QPainter, day: ShownDay) -> None:
        theme, foot = self._theme, self._foot()
        painter.setFont(theme.font("tick"))
        for hour in self.hours_named():
            x = round(self._x(day.hours[hour]))
            painter.setPen(QPen(theme.colour("grid"), 1))
            painter.drawLine(QPointF(x + 0.5, 0), QPointF(x + 0.5, foot - theme.gap(4)))
            painter.setPen(theme.colour("ink3"))
            half = theme.gap(40)
            words = QRectF(x - half, foot, 2 * half, self.height() - foot)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), f"{hour:02}:00")

    def _paint_names(self, painter: QPainter, day: ShownDay) -> None:
        theme = self._theme
        font = theme.font("caption")
        metrics, width = QFontMetrics(font), self._left() - theme.gap(14)
        painter.setFont(font)
        painter.setPen(theme.colour("ink2"))
        for number, lane in enumerate(day.lanes):
            middle = number * theme.gap(_PITCH_PX) + theme.gap(_LANE_PX) / 2
            box = QRectF(0, middle - metrics.height() / 2, width, metrics.height())
            name = metrics.elidedText(lane.name, Qt.TextElideMode.ElideRight, width)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)

    def _paint_now(self, painter: QPainter, x: float) -> None:
        """A line through the lanes, and its word in what is still to come, unless there is no room for it."""
        theme = self._theme
        foot = self._foot() - theme.gap(4)
        painter.setPen(QPen(theme.colour("ink"), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, foot))
        font, words = theme.font("tick", "strong"), self.tr("now")
        metrics = QFontMetrics(font)
        left = x + theme.gap(6)
        if left + metrics.horizontalAdvance(words) <= self.width():
            painter.setFont(font)
            painter.drawText(QPointF(left, foot - metrics.descent()), words)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class DoingSwatch(QWidget):
    """A piece of a lane, for a legend."""

    def __init__(self, theme: Theme, doing: Doing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._doing = theme, doing
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.gap(16), self._theme.gap(_LANE_PX))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        paint_doing(self._theme, QPainter(self), QRectF(self.rect()), self._doing)


def paint_doing(theme: Theme, painter: QPainter, box: QRectF, doing: Doing) -> None:
    """A piece of a lane: filled what is shared, outlined what the owner's hand paused, hatched what rules keep."""
    inside = box.adjusted(0.5, 0.5, -0.5, -0.5)
    fill, pattern, hatch, outline = _LOOKS.get(doing, _UNKNOWN)
    painter.setPen(Qt.PenStyle.NoPen)
    if fill is not None:
        painter.setBrush(theme.colour(fill))
        painter.drawRect(box)
    if pattern is not None:
        painter.setBrush(QBrush(theme.colour(hatch), pattern))
        painter.drawRect(box)
    if outline is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour(outline), 1))
        painter.drawRect(inside)


_Look = tuple[str | None, Qt.BrushStyle | None, str, str | None]
_LOOKS: dict[Doing, _Look] = {
    Doing.WORKING: ("series1", None, "", None),
    Doing.WAITING: ("tint_running", None, "", None),
    Doing.PAUSED_BY_YOU: ("tint_paused", None, "", "st_paused"),
    Doing.PAUSED_BY_RULE: ("tint_paused", Qt.BrushStyle.BDiagPattern, "st_paused", "st_paused"),
    Doing.OUTSIDE_HOURS: (None, Qt.BrushStyle.BDiagPattern, "border_strong", "border"),
    Doing.NOT_CONNECTED: (None, Qt.BrushStyle.Dense6Pattern, "ink3", "border_strong"),
}
_UNKNOWN: _Look = (None, None, "", "border_strong")


def _place_of(day: ShownDay, lane: Lane, span: Span) -> Place | None:
    """Where a span of another telling of this day is now: it may have grown."""
    for number, one in enumerate(day.lanes):
        if one.name == lane.name:
            for place, found in enumerate(one.spans):
                if (found.doing, found.begins) == (span.doing, span.begins):
                    return number, place
    return None
