"""A week's hours as a grid to paint: by drag, by arrows and Space, a whole day or hour by its name."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..hour_spans import DAYS, HOURS, MINUTES, Cell, Hours, day_spans, minutes_shared
from ..theme.theme import Theme
from .focus import focus_in, focus_out
from .frames import fill

_HEAD_PX, _ROW_PX, _GAP_PX, _LEAST_CELL_PX = 22, 26, 1, 14
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
_EVERY_THIRD = 3


class HourGrid(QWidget):
    """`painted` carries the cells and whether they are shared from now on; nothing changes here until `set_hours`."""

    painted = Signal(object, bool)

    def __init__(self, theme: Theme, now: Callable[[], datetime] = datetime.now, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = now
        self._hours: Hours = None
        self._anchor: Cell = (0, 0)
        self._cursor: Cell = (0, 0)
        self._drag_on: bool | None = None
        self._days = [QWidget(self) for _ in range(DAYS)]  # each is a day's words to a screen reader
        for day in self._days:
            day.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.retranslate()

    def set_hours(self, hours: Hours) -> None:
        """What is shared."""
        if hours != self._hours:
            self._hours = hours
            self._say()
            self.update()

    def selected(self) -> frozenset[Cell]:
        """The cells that Space would paint."""
        (top, left), (bottom, right) = self._anchor, self._cursor
        top, bottom, left, right = min(top, bottom), max(top, bottom), min(left, right), max(left, right)
        return frozenset((day, hour) for day in range(top, bottom + 1) for hour in range(left, right + 1))

    def go_to(self, cell: Cell) -> None:
        """Put the cursor there."""
        self._anchor = self._cursor = cell
        self._say()
        self.update()

    def cell_rect(self, cell: Cell) -> QRectF:
        """Where a cell is painted."""
        day, hour = cell
        left, head, row = self._left(), self._theme.gap(_HEAD_PX), self._theme.gap(_ROW_PX)
        width = (self.width() - left) / HOURS
        box = QRectF(left + hour * width, head + day * row, width, row)
        return box.adjusted(0, 0, -_GAP_PX, -_GAP_PX)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        gap = self._theme.gap
        return QSize(self._left() + HOURS * gap(22), gap(_HEAD_PX) + DAYS * gap(_ROW_PX) + 1)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._left() + HOURS * self._theme.gap(_LEAST_CELL_PX), self.sizeHint().height())

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Hours of the week that are shared"))
        self._say()
        self.updateGeometry()
        self.update()

    # ---- by hand ----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        day, hour = self._at(event.position())
        if day is None and hour is None:
            return
        first, last = (day if day is not None else 0), (day if day is not None else DAYS - 1)
        begin, end = (hour if hour is not None else 0), (hour if hour is not None else HOURS - 1)
        self._anchor, self._cursor = (first, begin), (last, end)
        if day is None or hour is None:
            self._paint_selected()
            self.go_to((first, begin))
            return
        self._drag_on = not self._is_on((day, hour))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._drag_on is None:
            return
        inside = QPointF(
            min(max(event.position().x(), self._left()), self.width() - 1),
            min(max(event.position().y(), self._theme.gap(_HEAD_PX)), self.height() - 2),
        )
        day, hour = self._at(inside)
        if day is not None and hour is not None and (day, hour) != self._cursor:
            self._cursor = (day, hour)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        on, self._drag_on = self._drag_on, None
        if on is not None and event.button() is Qt.MouseButton.LeftButton:
            cells = self.selected()
            self.go_to(self._cursor)
            self.painted.emit(cells, on)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = Qt.Key(event.key())
        if key in _STEPS:
            extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(*_STEPS[key], extends=extends)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._step(0, -HOURS if key is Qt.Key.Key_Home else HOURS, extends=bool(event.modifiers()))
        elif key is Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._paint_selected()
        elif key is Qt.Key.Key_Escape and self._drag_on is not None:
            self._drag_on = None
            self.go_to(self._cursor)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        focus_in(self, event.reason())
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        focus_out(self)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._drag_on = None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        for day, child in enumerate(self._days):
            first = self.cell_rect((day, 0)).toAlignedRect()
            child.setGeometry(0, first.y(), self.width(), first.height())

    def _step(self, days: int, hours: int, *, extends: bool) -> None:
        day = min(max(self._cursor[0] + days, 0), DAYS - 1)
        hour = min(max(self._cursor[1] + hours, 0), HOURS - 1)
        self._cursor = (day, hour)
        if not extends:
            self._anchor = self._cursor
        self._say()
        self.update()

    def _paint_selected(self) -> None:
        """All on, unless all are."""
        cells = self.selected()
        self.painted.emit(cells, not all(self._is_on(cell) for cell in cells))

    def _is_on(self, cell: Cell) -> bool:
        return minutes_shared(self._hours, cell) == MINUTES

    def _at(self, place: QPointF) -> tuple[int | None, int | None]:
        """The day and the hour there; a day alone at its name, an hour alone above the grid."""
        row = int((place.y() - self._theme.gap(_HEAD_PX)) // self._theme.gap(_ROW_PX))
        column = int((place.x() - self._left()) * HOURS // max(1, self.width() - self._left()))
        day = row if 0 <= row < DAYS and place.y() >= self._theme.gap(_HEAD_PX) else None
        hour = column if 0 <= column < HOURS and place.x() >= self._left() else None
        return (None, None) if row >= DAYS else (day, hour)

    # ---- painting ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, theme = QPainter(self), self._theme
        now = self._now()
        here = (now.weekday(), now.hour)
        drawn = self.selected() if self._drag_on is not None else frozenset[Cell]()
        self._paint_names(painter, here)
        for day in range(DAYS):
            for hour in range(HOURS):
                cell = (day, hour)
                minutes = (MINUTES if self._drag_on else 0) if cell in drawn else minutes_shared(self._hours, cell)
                self._paint_cell(painter, self.cell_rect(cell), minutes)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("ink"), 2))
        painter.drawRoundedRect(self.cell_rect(here), 3, 3)
        if self.hasFocus() or self._drag_on is not None:
            painter.setPen(QPen(theme.colour("series2"), 2))
            around = self.cell_rect(self._anchor).united(self.cell_rect(self._cursor))
            painter.drawRoundedRect(around.adjusted(1, 1, -1, -1), 2, 2)

    def _paint_cell(self, painter: QPainter, box: QRectF, minutes: int) -> None:
        """Filled where it is shared; of a part of an hour the part stands at the bottom."""
        theme = self._theme
        shade = "accent" if self.isEnabled() else "control"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(shade if minutes == MINUTES else "border_strong"), 1))
        painter.setBrush(theme.colour(shade if minutes == MINUTES else "surface"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        if 0 < minutes < MINUTES:
            part = box.adjusted(2, 2, -2, -2)
            part.setTop(part.bottom() - part.height() * minutes / MINUTES)
            fill(painter, part.toRect(), theme.colour(shade))

    def _paint_names(self, painter: QPainter, here: Cell) -> None:
        theme = self._theme
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("ink2"))
        for hour in range(0, HOURS, _EVERY_THIRD):
            box = self.cell_rect((0, hour))
            words = QRectF(box.left(), 0, box.width() * _EVERY_THIRD, theme.gap(_HEAD_PX) - 3)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), f"{hour:02}")
        end = QRectF(self.width() - theme.gap(40), 0, theme.gap(40), theme.gap(_HEAD_PX) - 3)
        painter.drawText(end, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight), str(HOURS))
        for day in range(DAYS):
            painter.setFont(theme.font("caption", "strong" if day == here[0] else "body"))
            painter.setPen(theme.colour("ink" if day == here[0] else "ink2"))
            row = self.cell_rect((day, 0))
            painter.drawText(QRectF(0, row.top(), self._left(), row.height()), Qt.AlignmentFlag.AlignVCenter, _day(day))

    def _left(self) -> int:
        metrics = QFontMetrics(self._theme.font("caption", "strong"))
        return max(metrics.horizontalAdvance(_day(day)) for day in range(DAYS)) + self._theme.gap(12)

    # ---- words ------------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        day, hour = self._cursor
        minutes = minutes_shared(self._hours, self._cursor)
        shared = (
            self.tr("shared") if minutes == MINUTES else self.tr("partly shared") if minutes else self.tr("not shared")
        )
        count = len(self.selected())
        marked = self.tr(", {0} hours marked").format(count) if count > 1 else ""
        self.setAccessibleDescription(f"{_day(day, whole=True)} {hour:02}:00: {shared}{marked}")
        for number, child in enumerate(self._days):
            spans = ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in day_spans(self._hours, number))
            child.setAccessibleName(f"{_day(number, whole=True)}: {spans or self.tr('nothing')}")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.EnabledChange:
            self.update()


def _day(day: int, *, whole: bool = False) -> str:
    """Its name in the language shown now."""
    shape = QLocale.FormatType.LongFormat if whole else QLocale.FormatType.ShortFormat
    return QLocale().dayName(day + 1, shape)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
