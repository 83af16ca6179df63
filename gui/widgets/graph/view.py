"""The graph of a job: units in layers, edges between, a head over each layer. It reads the units' model and shares its
selection model with the tree. Where units stand is layout's matter, how one looks unit_item's."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmapCache,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QSizePolicy, QWidget

from core.protocol.customer import ComputeUnit

from ...models.units import UnitsModel
from ...theme.theme import Theme
from ..labels import tooltip
from .edges_item import EdgesItem, bands, edge_path, edge_pens
from .layout import Layout, lay_out
from .unit_item import UNIT_HEIGHT, UNIT_WIDTH, UnitItem, UnitLook

_COLUMN_GAP_PX = (20.0, 42.0)
_ROW_GAP_PX = (16.0, 36.0)
_MARGIN_PX = 18.0
_PICTURES_KIB = 40 * 1024  # the units in sight of a large screen at any zoom
_ZOOM_STEP, _LEAST_ZOOM, _MOST_ZOOM, _LEAST_FIT = 1.2, 0.08, 3.0, 0.55


class Words:
    """What the view asks for text: a unit's name, its measure, its tooltip, and the head over a layer."""

    def __init__(
        self,
        name: Callable[[ComputeUnit], str],
        measure: Callable[[ComputeUnit], str],
        tip: Callable[[ComputeUnit], str],
        head: Callable[[Sequence[ComputeUnit]], str],
    ) -> None:
        self.name, self.measure, self.tip, self.head = name, measure, tip, head


class LayerHeads(QWidget):
    """The names of the layers, along the top, where the layers are now."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heads: list[tuple[float, str]] = []
        self.setFixedHeight(theme.gap(26))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_heads(self, heads: list[tuple[float, str]]) -> None:
        """Middles in pixels of this widget, and words."""
        if heads != self._heads:
            self._heads = heads
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.colour("window"))
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("ink2"))
        metrics = QFontMetricsF(painter.font())
        right = -1e9
        for middle, words in self._heads:
            width = metrics.horizontalAdvance(words)
            if middle - width / 2 > right and 0 <= middle <= self.width():
                place = QRectF(middle - width / 2 - 2, 0, width + 4, self.height())
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)
                right = middle + width / 2 + theme.gap(8)


class GraphView(QGraphicsView):
    """`opened(unit id)` on Enter or a double click, `log_wanted` on L, `tree_wanted` on T."""

    opened = Signal(str)
    log_wanted = Signal(str)
    tree_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        model: UnitsModel,
        selection: QItemSelectionModel,
        words: Words,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._model, self._selection, self._words = theme, model, selection, words
        self._look = UnitLook(theme)
        self._items: dict[str, UnitItem] = {}
        self._edges: list[EdgesItem] = []
        self._layout = Layout([], {}, [])
        self._shape: list[tuple[str, tuple[str, ...]]] = []
        self._fits = True
        self._head_words: list[tuple[float, str]] = []
        self.heads = LayerHeads(theme, self)
        self.setViewportMargins(0, self.heads.height(), 0, 0)
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _PICTURES_KIB))
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setBackgroundBrush(theme.colour("window"))
        self.setMouseTracking(True)
        self._pressed_at: QPoint | None = None
        model.dataChanged.connect(self._data_changed)
        model.rowsInserted.connect(self._rows_changed)
        model.rowsRemoved.connect(self._rows_changed)
        selection.currentChanged.connect(self._current_changed)
        theme.changed.connect(self.apply_theme)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self._place_heads)
        self._rows_changed()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(50), self._theme.px(27))

    # What is shown

    def _rows_changed(self, *_: object) -> None:
        """Units came or went: lay out anew, if the graph is another one."""
        units = list(self._model.units())
        shape = [(unit.id, tuple(unit.needs)) for unit in units]
        if shape == self._shape:
            self.refresh()
            return
        self._shape = shape
        self._layout = lay_out({unit.id: unit.needs for unit in units})
        scene = self.scene()
        for unit_id in set(self._items) - {unit.id for unit in units}:
            scene.removeItem(self._items.pop(unit_id))
        for unit in units:
            if unit.id not in self._items:
                self._items[unit.id] = item = UnitItem(self._look, unit.id)
                scene.addItem(item)
        self._place()
        self.refresh()

    def _data_changed(self, first: QModelIndex, last: QModelIndex, *_: object) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Show the units as they are now: states, times, words."""
        states = {}
        for unit in self._model.units():
            item = self._items.get(unit.id)
            if item is not None:
                states[unit.id] = unit.state
                item.show_unit(unit, self._words.name(unit), self._words.measure(unit))
        for edges in self._edges:
            edges.set_states(states)

    def _gaps(self) -> tuple[float, float]:
        """Between columns and rows: wider where there is room."""
        k, layers = self._look.scale, self._layout.layers
        rows = max((max(self._layout.rows[one] for one in layer) for layer in layers if layer), default=0.0)
        low = min((min(self._layout.rows[one] for one in layer) for layer in layers if layer), default=0.0)
        spare = (self.viewport().height() - 2 * _MARGIN_PX * k) / max(1.0, rows - low + 1) - UNIT_HEIGHT * k
        across = self.viewport().width() - 2 * _MARGIN_PX * k - len(layers) * UNIT_WIDTH * k
        wide = across / max(1, len(layers) - 1)
        row = min(max(spare, _ROW_GAP_PX[0] * k), _ROW_GAP_PX[1] * k)
        return min(max(wide, _COLUMN_GAP_PX[0] * k), _COLUMN_GAP_PX[1] * k), row

    def _place(self) -> None:
        k, layout = self._look.scale, self._layout
        column_gap, row_gap = self._gaps()
        across, down = UNIT_WIDTH * k + column_gap, UNIT_HEIGHT * k + row_gap
        column_of: dict[str, float] = {}
        for column, layer in enumerate(layout.layers):
            for unit_id in layer:
                column_of[unit_id] = column * across
                self._items[unit_id].setPos(column * across, layout.rows[unit_id] * down)
        half = UNIT_WIDTH * k / 2
        lines = []
        for edge in layout.edges:
            start, end = column_of[edge.start], column_of[edge.end]
            points = [QPointF(start + half, layout.rows[edge.start] * down)]
            for step, bend in enumerate(edge.bends, 1):
                x = start + step * across
                points += [QPointF(x - half, bend * down), QPointF(x + half, bend * down)]
            points.append(QPointF(end - half, layout.rows[edge.end] * down))
            lines.append((edge_path(points), (edge.start, edge.end)))
        scene = self.scene()
        for old in self._edges:
            scene.removeItem(old)
        pens = edge_pens(self._theme)
        self._edges = []
        for band in bands(lines):
            item = EdgesItem(pens)
            item.set_lines(band)
            scene.addItem(item)
            self._edges.append(item)
        margin = _MARGIN_PX * k
        bounds = QRectF()
        for unit in self._items.values():
            bounds = bounds.united(unit.body())
        self.setSceneRect(bounds.adjusted(-margin, -margin, margin, margin))
        self._make_heads()
        if self._fits:
            self.fit()

    def _place_heads(self) -> None:
        self.heads.set_heads([(float(self.mapFromScene(QPointF(x, 0)).x()), words) for x, words in self._head_words])

    def _make_heads(self) -> None:
        """The names of the layers where they stand in the scene; a scroll only moves them."""
        units = {unit.id: unit for unit in self._model.units()}
        members = [[units[one] for one in layer if one in units] for layer in self._layout.layers]
        self._head_words = [(self._items[some[0].id].x(), self._words.head(some)) for some in members if some]
        self._place_heads()

    # Zoom

    def fit(self) -> None:
        """All of it in sight, but never so small that nothing can be read: then the left of it."""
        self._fits = True
        scene, view = self.sceneRect(), self.viewport()
        if scene.isEmpty():
            return
        scale = min(1.0, view.width() / scene.width(), view.height() / scene.height())
        self.resetTransform()
        self.scale(max(scale, _LEAST_FIT), max(scale, _LEAST_FIT))
        if scale < _LEAST_FIT:
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().minimum())
        self._place_heads()

    def zoom(self, factor: float) -> None:
        self._fits = False
        now = self.transform().m11()
        factor = min(max(now * factor, _LEAST_ZOOM), _MOST_ZOOM) / now
        self.scale(factor, factor)
        self._place_heads()

    def zoom_in(self) -> None:
        self.zoom(_ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom(1 / _ZOOM_STEP)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(_ZOOM_STEP if event.angleDelta().y() > 0 else 1 / _ZOOM_STEP)
            event.accept()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.heads.setGeometry(0, 0, self.width(), self.heads.height())
        if self._items and self._fits:
            self._place()
            self.refresh()
        self._place_heads()

    # Choosing

    def _current_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        unit = self._model.unit_at(now)
        for item in self._items.values():
            if item.chosen != (unit is not None and item.unit_id == unit.id):
                item.set_chosen(not item.chosen)
        if unit is not None and unit.id in self._items and not self._fits:
            self.ensureVisible(self._items[unit.id], 20, 20)

    def choose(self, unit_id: str) -> None:
        """Make a unit the current one, here and in the tree."""
        index = self._model.index_of(unit_id)
        flags = QItemSelectionModel.SelectionFlag
        self._selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _current(self) -> ComputeUnit | None:
        return self._model.unit_at(self._selection.currentIndex())

    def unit_under(self, place: QPoint) -> str | None:
        """The unit at a place of the viewport."""
        at = self.mapToScene(place)
        for item in self.scene().items(at):
            if isinstance(item, UnitItem) and item.body().contains(at):
                return item.unit_id
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._pressed_at = event.position().toPoint()
        self._fits = False
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseReleaseEvent(event)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        place = event.position().toPoint()
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is not None and (place - pressed).manhattanLength() < 4:
            unit_id = self.unit_under(place)
            if unit_id is not None:
                self.choose(unit_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        unit_id = self.unit_under(event.position().toPoint())
        if unit_id is not None:
            self.choose(unit_id)
            self.opened.emit(unit_id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseMoveEvent(event)
        if self._pressed_at is None:
            unit_id = self.unit_under(event.position().toPoint())
            index = self._model.index_of(unit_id) if unit_id else QModelIndex()
            unit = self._model.unit_at(index)
            self.viewport().setToolTip(tooltip(self._words.tip(unit)) if unit else "")

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        unit = self._current()
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key is Qt.Key.Key_Minus:
            self.zoom_out()
        elif key is Qt.Key.Key_0:
            self.fit()
        elif key is Qt.Key.Key_T:
            self.tree_wanted.emit()
        elif key is Qt.Key.Key_L and unit is not None:
            self.log_wanted.emit(unit.id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and unit is not None:
            self.opened.emit(unit.id)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(key, unit)
        else:
            super().keyPressEvent(event)

    def _walk(self, key: Qt.Key, unit: ComputeUnit | None) -> None:
        """Left and right along edges to the nearest unit, up and down within a layer."""
        layers, rows = self._layout.layers, self._layout.rows
        if unit is None or unit.id not in rows:
            if layers:
                self.choose(layers[0][0])
            return
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            layer = next(layer for layer in layers if unit.id in layer)
            place = layer.index(unit.id) + (1 if key is Qt.Key.Key_Down else -1)
            if 0 <= place < len(layer):
                self.choose(layer[place])
            return
        edges = self._layout.edges
        if key is Qt.Key.Key_Right:
            others = [edge.end for edge in edges if edge.start == unit.id]
        else:
            others = [edge.start for edge in edges if edge.end == unit.id]
        if others:
            self.choose(min(others, key=lambda other: abs(rows[other] - rows[unit.id])))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        if self._current() is None:
            self._walk(Qt.Key.Key_Right, None)

    # Theme and language

    def apply_theme(self) -> None:
        self._look = UnitLook(self._theme)
        self.setBackgroundBrush(self._theme.colour("window"))
        pens = edge_pens(self._theme)
        for item in self._items.values():
            item.set_look(self._look)
        for edges in self._edges:
            edges.set_pens(pens)
        self.heads.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._items:
            self.refresh()
            self._make_heads()
