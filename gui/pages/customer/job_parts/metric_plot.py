"""A metric of the job over its steps: one line a unit, told apart by dash and marker, with values under the pointer."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.printable import printable
from gui.metric_series import MetricSeries, Series
from gui.theme.theme import Theme
from gui.widgets.fields import Combo
from gui.widgets.frames import Area, Line
from gui.widgets.labels import Label

_DASHES: list[list[float] | None] = [None, [7, 2.5], [2, 2], [9, 3, 2, 3]]
_MARKERS = ["o", "s", "t1", "d"]
_MOST_LINES = 12
_MOST_LEGENDS = 4


def _pen(theme: Theme, place: int, width: float) -> QPen:
    pen = QPen(theme.colour(f"series{place % 4 + 1}"), width)
    pen.setCosmetic(True)
    dash = _DASHES[place % 4]
    if dash is not None:
        pen.setDashPattern(dash)
    return pen


class _Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Numbers with separators of thousands."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802 - its name
        if spacing >= 1:
            return [f"{value * scale:,.0f}" for value in values]
        return list(super().tickStrings(values, scale, spacing))


class _Legend(QWidget):
    """A piece of each line and whose it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._names: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(1.54))

    def set_names(self, names: list[str]) -> None:
        self._names = names
        self.setAccessibleName(", ".join(names))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setFont(theme.font("caption"))
        metrics = QFontMetrics(painter.font())
        x = self.width()
        for place in reversed(range(min(len(self._names), _MOST_LEGENDS))):
            words = metrics.elidedText(self._names[place], Qt.TextElideMode.ElideMiddle, theme.px(8))
            x -= metrics.horizontalAdvance(words)
            if x < theme.gap(26):
                return
            painter.setPen(theme.colour("ink2"))
            painter.drawText(QRectF(x, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, words)
            pen = _pen(theme, place, 2)
            if _DASHES[place % 4] is not None:
                pen.setDashPattern([dash / 3 for dash in _DASHES[place % 4] or []])
            painter.setPen(pen)
            middle = self.height() / 2
            painter.drawLine(QPointF(x - theme.gap(25), middle), QPointF(x - theme.gap(6), middle))
            x -= theme.gap(34)


class _Values(QWidget):
    """The box beside the pointer: the step and each line's value there."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._head = ""
        self._rows: list[tuple[int, str, str]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_values(self, head: str, rows: list[tuple[int, str, str]]) -> None:
        self._head, self._rows = head, rows
        metrics = QFontMetrics(self._theme.font("caption", "label"))
        name = max(metrics.horizontalAdvance(row[1]) for row in rows)
        value = max(metrics.horizontalAdvance(row[2]) for row in rows)
        line = self._theme.px(1.25)
        self.resize(name + value + self._theme.gap(60), line * (len(rows) + 1) + self._theme.gap(12))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("border_strong"))
        painter.setBrush(theme.colour("surface"))
        radius = theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        line, left = theme.px(1.25), theme.gap(10)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("ink3"))
        y = theme.gap(6)
        painter.drawText(QRectF(left, y, self.width(), line), Qt.AlignmentFlag.AlignVCenter, self._head)
        for place, name, value in self._rows:
            y += line
            painter.setPen(_pen(theme, place, 2))
            painter.drawLine(QPointF(left, y + line / 2), QPointF(left + theme.gap(17), y + line / 2))
            painter.setPen(theme.colour("ink2"))
            painter.setFont(theme.font("caption"))
            words = QRectF(left + theme.gap(23), y, self.width(), line)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(theme.colour("ink"))
            painter.setFont(theme.font("caption", "strong"))
            right = QRectF(0, y, self.width() - left, line)
            painter.drawText(right, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), value)


class MetricPlot(Area):
    """`show_metrics` with the series as they are now and the units' names."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._series: MetricSeries | None = None
        self._names: dict[str, str] = {}
        self._lines: dict[str, Any] = {}
        self._marks: list[Any] = []
        self._chosen_by_hand = False
        self._title = Label(theme, "", weight="strong")
        self.choice = Combo(theme)
        self.choice.activated.connect(self._chosen)
        self._legend = _Legend(theme)
        self._empty = Label(theme, "", colour="ink3", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        axes = {side: _Axis(side) for side in ("left", "bottom")}
        self.plot = pg.PlotWidget(self, background=None, axisItems=axes, enableMenu=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        item = self.plot.getPlotItem()
        menu = item.ctrlMenu
        menu.setParent(self.plot, menu.windowFlags())  # pyqtgraph makes it without one: it would outlive the plot
        item.layout.setContentsMargins(theme.gap(8), theme.gap(10), theme.gap(14), theme.gap(6))
        item.showGrid(x=True, y=True, alpha=1.0)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        self.plot.addItem(self._cross, ignoreBounds=True)
        self._dots = pg.ScatterPlotItem(pxMode=True)
        self.plot.addItem(self._dots, ignoreBounds=True)
        self._values = _Values(theme, self.plot)
        self.plot.viewport().installEventFilter(self)
        self.plot.viewport().setMouseTracking(True)
        self._lay_out(theme)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        head = QWidget()
        head.setFixedHeight(theme.size("section_header"))
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.gap(16), 0, theme.gap(14), 0)
        row.setSpacing(theme.gap(8))
        row.addWidget(self._title)
        row.addWidget(self.choice)
        row.addWidget(self._legend, 1)
        self.choice.setMinimumHeight(theme.size("control_small"))
        self.choice.setMaximumHeight(theme.size("control_small"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(Line(theme))
        column.addWidget(self.plot, 1)
        column.addWidget(self._empty, 1)

    # What is shown

    def show_metrics(self, series: MetricSeries, names: dict[str, str]) -> None:
        """All there is now. The metric stays the one chosen by hand."""
        self._series, self._names = series, names
        known = [self.choice.itemData(row) for row in range(self.choice.count())]
        for name in series.names:
            if name not in known:
                self.choice.add(printable(name), name)
        best = series.best_name()
        if not self._chosen_by_hand and best is not None:
            self.choice.setCurrentIndex(self.choice.findData(best))
        there = bool(series.names)
        self.choice.setVisible(there)
        self.plot.setVisible(there)
        self._empty.setVisible(not there)
        self._draw()

    def _chosen(self) -> None:
        self._chosen_by_hand = True
        self._draw()

    def shown_series(self) -> list[tuple[str, Series]]:
        """The lines that are drawn, by unit id: those that are longest first in line, a dozen at most."""
        name = self.choice.currentData()
        if self._series is None or name is None:
            return []
        lines = [(unit_id, line) for unit_id, line in self._series.of(name).items() if len(line.steps)]
        return lines[-_MOST_LINES:]

    def _draw(self) -> None:
        theme, lines = self._theme, self.shown_series()
        for unit_id in set(self._lines) - {unit_id for unit_id, _ in lines}:
            self.plot.removeItem(self._lines.pop(unit_id))
        for mark in self._marks:
            self.plot.removeItem(mark)
        self._marks = []
        for place, (unit_id, line) in enumerate(lines):
            if unit_id not in self._lines:
                self._lines[unit_id] = item = pg.PlotDataItem(antialias=True, autoDownsample=True, clipToView=True)
                item.setDownsampling(auto=True, method="peak")
                self.plot.addItem(item)
            curve = self._lines[unit_id]
            curve.setPen(_pen(theme, place, theme.tokens.line_px["plot"]))
            single = len(line.steps) == 1
            curve.setSymbol(_MARKERS[place % 4] if single else None)
            curve.setSymbolBrush(theme.colour(f"series{place % 4 + 1}"))
            curve.setData(np.array(line.steps), np.array(line.values))
            for step, attempt in line.marks:
                self._add_mark(step, attempt)
        self._legend.set_names([self._name(unit_id) for unit_id, _ in lines])

    def _add_mark(self, step: float, attempt: int) -> None:
        pen = QPen(self._theme.colour("warn"), 1)
        pen.setCosmetic(True)
        pen.setDashPattern([4, 3])
        words = self.tr("try {0} resumes").format(attempt)
        ends = [line.steps[-1] for _, line in self.shown_series()]
        side = 1 if step > 0.6 * max(ends, default=step) else 0  # before the mark where there is no room behind
        options = {"position": 0.95, "color": self._theme.colour("warn"), "anchors": [(side, 0.5), (side, 0.5)]}
        mark = pg.InfiniteLine(pos=step, angle=90, pen=pen, label=words, labelOpts=options)
        mark.label.setFont(self._theme.font("caption"))
        self.plot.addItem(mark, ignoreBounds=True)
        self._marks.append(mark)

    def _name(self, unit_id: str) -> str:
        return self._names.get(unit_id, unit_id[:8])

    # Under the pointer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self.hover(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._cross.hide()
            self._dots.clear()
            self._values.hide()
        return False

    def hover(self, place: QPointF) -> None:
        """Show the values nearest to a place of the plot."""
        box = self.plot.getPlotItem().vb
        inside = box.sceneBoundingRect().contains(place)
        lines = self.shown_series()
        step = box.mapSceneToView(place).x() if inside and lines else None
        rows, spots, at = [], [], None
        if step is not None:
            for position, (unit_id, line) in enumerate(lines):
                nearest = line.nearest(step)
                if nearest is not None:
                    at = line.steps[nearest] if at is None else at
                    colour = self._theme.colour(f"series{position % 4 + 1}")
                    spot = {"pos": (line.steps[nearest], line.values[nearest]), "symbol": _MARKERS[position % 4]}
                    spots.append({**spot, "pen": QPen(colour, 2), "brush": self._theme.colour("surface"), "size": 8})
                    rows.append((position, self._name(unit_id), f"{line.values[nearest]:.4g}"))
        self._cross.setVisible(bool(rows))
        self._values.setVisible(bool(rows))
        self._dots.setData(spots)
        if rows and at is not None and step is not None:
            self._cross.setPos(at)
            self._values.show_values(self.tr("step {0}").format(f"{at:,.0f}"), rows[:_MOST_LINES])
            left = place.x() - self._values.width() - 12
            x = left if left > 0 else place.x() + 12
            self._values.move(round(x), max(0, round(place.y()) - self._values.height() // 2))

    # Theme and language

    def _apply_theme(self) -> None:
        theme = self._theme
        self.plot.setBackground(theme.colour("surface"))
        item = self.plot.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            grid = QColor(theme.colour("grid"))
            axis.setPen(QPen(grid, 1))
            axis.setTickPen(QPen(grid, 1))
            axis.setTextPen(theme.colour("ink2"))
            axis.setTickFont(theme.font("tick"))
            axis.setStyle(tickLength=0, maxTickLevel=0)
            axis.enableAutoSIPrefix(False)
            axis.setZValue(-1)  # the grid belongs behind the lines
        self._cross.setPen(QPen(theme.colour("ink3"), 0))
        self._draw()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Metrics"))
        self._empty.setText(self.tr("What the training logs appears here."))
        self.choice.setAccessibleName(self.tr("Which metric"))
        self.plot.setAccessibleName(self.tr("Metrics over steps"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._draw()
