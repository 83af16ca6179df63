"""The units of the job as graph or as tree, with the counts of states and zoom over them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from core.protocol.customer import ComputeUnit, UnitKind, UnitState
from gui.job_view import JobView
from gui.job_words import step_name, unit_label, unit_measure
from gui.models.units import UnitsModel
from gui.theme.theme import Theme
from gui.widgets.buttons import Button, Segmented
from gui.widgets.chips import state_words
from gui.widgets.frames import Area, Line
from gui.widgets.graph.unit_item import unit_path
from gui.widgets.graph.view import GraphView, Words
from gui.widgets.labels import tooltip

from .unit_tree import UnitTree

_COUNTED = (
    UnitState.RUNNING,
    UnitState.LEASED,
    UnitState.VERIFYING,
    UnitState.READY,
    UnitState.BLOCKED,
    UnitState.COMPLETED,
    UnitState.FAILED,
    UnitState.CANCELLED,
)


class _Shapes(QWidget):
    """What a rectangle and a hexagon stand for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(theme.gap(122), theme.px(1.6))
        self.setAccessibleName("CPU, GPU")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font())
        x, k = 1.0, theme.em_px / 13
        for kind, words in ((UnitKind.CPU, "CPU"), (UnitKind.GPU, "GPU")):
            painter.setPen(theme.colour("control"))
            box = QRectF(x, self.height() / 2 - 5.5 * k, 18 * k, 11 * k)
            painter.drawPath(unit_path(kind, box, k * 0.55))
            painter.setPen(theme.colour("ink2"))
            place = QRectF(x + 23 * k, 0, 40 * k, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            x += 60 * k


class _Counts(QWidget):
    """How many units are in each state: glyph and number, the words as tooltip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: list[tuple[UnitState, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_units(self, units: Sequence[ComputeUnit]) -> None:
        counts = [(state, sum(unit.state is state for unit in units)) for state in _COUNTED]
        self._counts = [(state, count) for state, count in counts if count]
        words = ", ".join(f"{state_words(state.value)}: {count}" for state, count in self._counts)
        self.setAccessibleName(words)
        self.setToolTip(tooltip(words))
        self.updateGeometry()
        self.update()

    def _step(self, count: int) -> int:
        metrics = QFontMetrics(self._theme.font())
        return self._theme.gap(32) + metrics.horizontalAdvance(str(count))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(sum(self._step(count) for _, count in self._counts), self._theme.px(1.6))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setFont(theme.font())
        x, glyph = 0, theme.size("state_glyph")
        for state, count in self._counts:
            pixmap = theme.state_pixmap(state.value, 1.08)
            painter.drawPixmap(QPointF(x, (self.height() - glyph) / 2), pixmap)
            painter.setPen(theme.colour("ink2"))
            place = QRectF(x + glyph + theme.gap(5), 0, self.width(), self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, str(count))
            x += self._step(count)


class UnitsPanel(Area):
    """Graph and tree over one model and one selection. `opened(unit id)`, `log_wanted(unit id)` come from both."""

    opened = Signal(str)
    log_wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        model: UnitsModel,
        selection: QItemSelectionModel,
        view: Callable[[], JobView],
        now: Callable[[], float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "surface", parent)
        self._model, self._view, self._now = model, view, now
        self._chosen_by_hand = False
        words = Words(self._unit_name, self._measure, self._tip, self._head)
        self.graph = GraphView(theme, model, selection, words)
        self.tree = UnitTree(theme, model, selection, self._measure)
        self.which = Segmented(theme, [("graph", ""), ("tree", "")], icons=["workflow", "list-tree"])
        self._shapes = _Shapes(theme)
        self._counts = _Counts(theme)
        self._out = Button(theme, "", "zoom-out", "quiet", small=True)
        self._in = Button(theme, "", "zoom-in", "quiet", small=True)
        self._all = Button(theme, "", "maximize", "quiet", small=True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.graph)
        self._stack.addWidget(self.tree)
        self._lay_out(theme)
        self.which.chosen.connect(self._choose_by_hand)
        self._out.clicked.connect(self.graph.zoom_out)
        self._in.clicked.connect(self.graph.zoom_in)
        self._all.clicked.connect(self.graph.fit)
        self.graph.tree_wanted.connect(lambda: self._choose_by_hand("tree"))
        self.tree.graph_wanted.connect(lambda: self._choose_by_hand("graph"))
        for one in (self.graph, self.tree):
            one.opened.connect(self.opened)
            one.log_wanted.connect(self.log_wanted)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        bar = QWidget()
        bar.setFixedHeight(theme.size("section_header"))
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.gap(16), 0, theme.gap(12), 0)
        row.setSpacing(theme.gap(8))
        row.addWidget(self.which)
        row.addSpacing(theme.gap(14))
        row.addWidget(self._shapes)
        row.addStretch(1)
        row.addWidget(self._counts)
        for button in (self._out, self._in, self._all):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(Line(theme))
        column.addWidget(self._stack, 1)

    def put_units(self) -> None:
        """The job's units have changed."""
        units = self._view().units
        self._model.put_units(units)
        self._counts.set_units(units)

    def tick(self) -> None:
        """Times went on."""
        if self.which.current() == "graph":
            self.graph.refresh()
        else:
            self.tree.refresh()

    def set_narrow(self, narrow: bool) -> None:
        """Narrow pages open the tree, unless the other was chosen by hand."""
        for wide_only in (self._shapes, self._counts):
            wide_only.setVisible(not narrow)
        if not self._chosen_by_hand:
            self.show_as("tree" if narrow else "graph")

    def show_as(self, which: str) -> None:
        self.which.choose(which)
        graph = which == "graph"
        self._stack.setCurrentWidget(self.graph if graph else self.tree)
        for button in (self._out, self._in, self._all):
            button.setEnabled(graph)

    def _choose_by_hand(self, which: str) -> None:
        self._chosen_by_hand = True
        self.show_as(which)
        (self.graph if self._stack.currentWidget() is self.graph else self.tree).setFocus()

    # Words for the graph

    def _unit_name(self, unit: ComputeUnit) -> str:
        return unit_label(unit)

    def _measure(self, unit: ComputeUnit) -> str:
        return unit_measure(unit, self._view().units, self._now())

    def _tip(self, unit: ComputeUnit) -> str:
        lines = [unit_label(unit), f"{state_words(unit.state.value)} ({unit.state.value})"]
        if unit.node_label:
            lines.append(unit.node_label)
        return " · ".join(lines)

    def _head(self, units: Sequence[ComputeUnit]) -> str:
        ids = {unit.id for unit in units}
        steps = [step for step in self._model.steps if any(unit.id in ids for unit in step.units)]
        return " / ".join(step_name(step) for step in steps)

    def retranslate(self) -> None:
        self.which.set_choices([("graph", self.tr("Graph")), ("tree", self.tr("Tree"))])
        self._out.describe(self.tr("Smaller (−)"))
        self._in.describe(self.tr("Larger (+)"))
        self._all.describe(self.tr("All of it (0)"))
        self.graph.setAccessibleName(self.tr("Units as a graph; T shows them as a tree"))
        self.tree.setAccessibleName(self.tr("Units"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
