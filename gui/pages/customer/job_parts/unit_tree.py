"""The graph's twin for keys and screen readers: the same model and selection as rows, steps as branches."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from core.protocol.customer import ComputeUnit, UnitState
from gui.job_steps import Step, state_of
from gui.job_view import seconds_between
from gui.job_words import duration, step_name, translate, unit_label, where_words
from gui.models.units import STEP_ROLE, UNIT_ROLE, UnitColumn, UnitsModel
from gui.theme.theme import Theme
from gui.widgets.chips import state_words

Index = QModelIndex | QPersistentModelIndex


class _Delegate(QStyledItemDelegate):
    """Paints each column from the unit or the step of its row."""

    def __init__(self, theme: Theme, measure: Callable[[ComputeUnit], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._measure = measure

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(6), self._theme.px(2.15))

    def words(self, index: Index) -> str:
        """The text of a cell."""
        unit: ComputeUnit | None = index.data(UNIT_ROLE)
        step: Step = index.data(STEP_ROLE)
        match index.column():
            case UnitColumn.NAME:
                alone = unit is None or len(step.units) == 1
                return step_name(step) if alone or unit is None else unit_label(unit)
            case UnitColumn.STATE:
                return state_words((unit.state if unit else state_of(step.units)).value)
            case UnitColumn.WHERE:
                return where_words(unit) if unit else _count_words(step.units)
        return self._measure(unit) if unit else _span_words(step.units)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect
        unit: ComputeUnit | None = index.data(UNIT_ROLE)
        step: Step = index.data(STEP_ROLE)
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, theme.colour("selected" if chosen else "surface"))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        words, x = self.words(index), rect.x() + theme.gap(6)
        painter.setFont(theme.font("body", "label" if unit is None or len(step.units) == 1 else None))
        align = Qt.AlignmentFlag.AlignVCenter
        if index.column() == UnitColumn.STATE:
            state = (unit.state if unit else state_of(step.units)).value
            glyph = theme.size("state_glyph")
            behind = "selected" if chosen else "surface"
            painter.drawPixmap(x, rect.center().y() - glyph // 2, theme.state_pixmap(state, 1.08, behind))
            painter.setPen(theme.state_colour(state))
            x += glyph + theme.gap(7)
        else:
            painter.setPen(theme.colour("ink" if index.column() in (UnitColumn.NAME, UnitColumn.MEASURE) else "ink2"))
        place = QRect(x, rect.y(), rect.right() - x - theme.gap(14), rect.height())
        if index.column() == UnitColumn.MEASURE:
            align |= Qt.AlignmentFlag.AlignRight
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(align), shown)
        if index.column() == UnitColumn.NAME and unit is not None and unit.attempt > 1:
            self._paint_badge(painter, rect, x + painter.fontMetrics().horizontalAdvance(shown), unit.attempt)
        painter.restore()

    def _paint_badge(self, painter: QPainter, row: QRect, x: int, attempt: int) -> None:
        theme = self._theme
        painter.setFont(theme.font("caption"))
        words = f"↻ {attempt}"
        box = QRect(x + theme.gap(8), row.y() + theme.gap(5), theme.gap(34), row.height() - theme.gap(10))
        if box.right() > row.right():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("warn_edge"))
        painter.setBrush(theme.colour("warn_tint"))
        painter.drawRoundedRect(box, theme.radius("chip"), theme.radius("chip"))
        painter.setPen(theme.colour("warn"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)


def _count_words(units: Sequence[ComputeUnit]) -> str:
    running = sum(unit.state is UnitState.RUNNING for unit in units)
    if running:
        return translate("jobs", "{0} of {1} running").format(running, len(units))
    done = sum(unit.state is UnitState.COMPLETED for unit in units)
    return translate("jobs", "{0} of {1}").format(done, len(units))


def _span_words(units: Sequence[ComputeUnit]) -> str:
    """`4:14 – 4:22`: the shortest and the longest of those that are done."""
    done = [unit for unit in units if unit.state is UnitState.COMPLETED]
    spans = [seconds_between(unit.started_at, unit.finished_at, 0.0) for unit in done]
    known = [span for span in spans if span is not None]
    return f"{duration(min(known))} – {duration(max(known))}" if known and len(done) == len(units) else ""


class UnitTree(QTreeView):
    """`opened(unit id)` on Enter, `log_wanted` on L, `graph_wanted` on T."""

    opened = Signal(str)
    log_wanted = Signal(str)
    graph_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        model: UnitsModel,
        selection: QItemSelectionModel,
        measure: Callable[[ComputeUnit], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._units = model
        self.setModel(model)
        self.setSelectionModel(selection)
        self._delegate = _Delegate(theme, measure, self)
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(theme.gap(20))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionBehavior(QTreeView.SelectionBehavior.SelectRows)
        header = self.header()
        header.setStretchLastSection(False)
        for column, mode in enumerate((QHeaderView.ResizeMode.Stretch,) * 3 + (QHeaderView.ResizeMode.Fixed,)):
            header.setSectionResizeMode(column, mode)
        header.resizeSection(UnitColumn.MEASURE, theme.px(8))
        header.setMinimumSectionSize(theme.px(3))
        self.doubleClicked.connect(self._open)
        model.rowsInserted.connect(self.expandAll)
        theme.changed.connect(self.viewport().update)
        self.expandAll()

    def refresh(self) -> None:
        """Times went on."""
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        unit = self._units.unit_at(self.currentIndex())
        if event.key() == Qt.Key.Key_T:
            self.graph_wanted.emit()
        elif event.key() == Qt.Key.Key_L and unit is not None:
            self.log_wanted.emit(unit.id)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and unit is not None:
            self.opened.emit(unit.id)
        else:
            super().keyPressEvent(event)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:  # noqa: N802 - Qt's name
        theme = self._theme
        place = self.model().index(index.row(), index.column(), index.parent())
        chosen = self.selectionModel().isSelected(place)
        painter.fillRect(rect, theme.colour("selected" if chosen else "surface"))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        if self.model().hasChildren(index):
            mark = theme.pixmap("chevron-down" if self.isExpanded(place) else "chevron-right", "ink2", 1.0)
            size = theme.px(1.0)
            painter.drawPixmap(rect.right() - size, rect.center().y() - size // 2, mark)

    def _open(self, index: QModelIndex) -> None:
        unit = self._units.unit_at(index)
        if unit is not None:
            self.opened.emit(unit.id)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.viewport().update()
