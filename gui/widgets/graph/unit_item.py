"""One unit in the graph: a rectangle (CPU) or a hexagon (GPU) with glyph, name, measure, progress, badge and ring."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.protocol.customer import ComputeUnit, UnitKind, UnitState

from ...theme.theme import Theme

UNIT_WIDTH, UNIT_HEIGHT = 106.0, 48.0
_INSET, _RADIUS, _RING = 9.0, 5.0, 4.0
_LEAST_SCALE_FOR_TEXT = 0.45
_PADDING = 20.0  # ring, badge
_TINTED = frozenset(
    {UnitState.LEASED, UnitState.RUNNING, UnitState.VERIFYING, UnitState.FAILED},
)


def unit_path(kind: UnitKind, rect: QRectF, scale: float = 1.0) -> QPainterPath:
    """The outline of a unit in `rect`."""
    path = QPainterPath()
    if kind is UnitKind.CPU:
        path.addRoundedRect(rect, _RADIUS * scale, _RADIUS * scale)
        return path
    inset, middle = _INSET * scale, rect.center().y()
    points = [
        QPointF(rect.left() + inset, rect.top()),
        QPointF(rect.right() - inset, rect.top()),
        QPointF(rect.right(), middle),
        QPointF(rect.right() - inset, rect.bottom()),
        QPointF(rect.left() + inset, rect.bottom()),
        QPointF(rect.left(), middle),
    ]
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


class UnitLook:
    """Pens, brushes, fonts and pixmaps of all units in one theme, made once and not once a unit and frame."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.scale = theme.em_px / 13
        self.rect = QRectF(0, 0, UNIT_WIDTH * self.scale, UNIT_HEIGHT * self.scale)
        self.paths = {kind: unit_path(kind, self.rect, self.scale) for kind in UnitKind}
        off = _RING * self.scale
        self.rings = {kind: unit_path(kind, self.rect.adjusted(-off, -off, off, off), self.scale) for kind in UnitKind}
        self.name_font, self.line_font = theme.font("body", "label"), theme.font("caption")
        self.struck_font = QFont(self.name_font)
        self.struck_font.setStrikeOut(True)
        self.name_metrics, self.line_metrics = QFontMetricsF(self.name_font), QFontMetricsF(self.line_font)
        self.ink, self.ink2, self.ink3 = theme.colour("ink"), theme.colour("ink2"), theme.colour("ink3")
        self.danger = theme.colour("danger")
        self.accent, self.track = theme.colour("accent"), theme.colour("surface")
        self.badge = (theme.colour("warn_tint"), theme.colour("warn_edge"), theme.colour("warn"))
        self.badge_icon = theme.pixmap("rotate-cw", "warn", 0.85)
        self._states: dict[UnitState, tuple[QColor, QPen, QPixmap]] = {}

    def state(self, state: UnitState) -> tuple[QColor, QPen, QPixmap]:
        """Filling, outline and glyph."""
        if state not in self._states:
            self._states[state] = self._make(state)
        return self._states[state]

    def _make(self, state: UnitState) -> tuple[QColor, QPen, QPixmap]:
        theme, line = self.theme, self.theme.tokens.line_px
        fill_name = f"tint_{state.value}" if state in _TINTED else "surface"
        if state in (UnitState.BLOCKED, UnitState.CANCELLED):
            fill_name = "window"
        quiet = state in (UnitState.COMPLETED, UnitState.CANCELLED)
        colour = theme.colour("border_strong") if quiet else theme.state_colour(state.value)
        if state is UnitState.BLOCKED:
            colour = theme.colour("edge")
        pen = QPen(colour, line["unit_running"] if state is UnitState.RUNNING else line["unit"])
        if state is UnitState.BLOCKED:
            pen.setDashPattern([4, 3])
        return theme.colour(fill_name), pen, theme.state_pixmap(state.value, 1.08, fill_name)


class UnitItem(QGraphicsItem):
    """Its own centre is its position. `show_unit` with words made by the view, so that painting only paints."""

    def __init__(self, look: UnitLook, unit_id: str) -> None:
        super().__init__()
        self.unit_id = unit_id
        self._look = look
        self._unit: ComputeUnit | None = None
        self._words = ("", "")
        self._shown = ("", "")
        self.chosen = False
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)  # the view picks
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)  # panning moves pictures and writes no text

    def show_unit(self, unit: ComputeUnit, name: str, measure: str) -> None:
        if (unit, name, measure) != (self._unit, self._words[0], self._words[1]):
            self._unit, self._words = unit, (name, measure)
            self._elide()
            self.update()

    def set_look(self, look: UnitLook) -> None:
        self.prepareGeometryChange()
        self._look = look
        self._elide()
        self.update()

    def _elide(self) -> None:
        """Once a change, not once a frame."""
        look, (name, measure), end = self._look, self._words, Qt.TextElideMode.ElideRight
        width = look.rect.width() - 40 * look.scale
        shown = look.name_metrics.elidedText(name, end, width), look.line_metrics.elidedText(measure, end, width)
        self._shown = shown

    def set_chosen(self, chosen: bool) -> None:
        self.chosen = chosen
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        rect, pad = self._look.rect, _PADDING * self._look.scale
        return QRectF(
            -rect.width() / 2 - pad, -rect.height() / 2 - pad, rect.width() + 2 * pad, rect.height() + 2 * pad
        )

    def body(self) -> QRectF:
        """The unit without ring and badge, in the scene."""
        rect = self._look.rect
        return QRectF(self.x() - rect.width() / 2, self.y() - rect.height() / 2, rect.width(), rect.height())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        unit, look = self._unit, self._look
        if unit is None:
            return
        fill, pen, glyph = look.state(unit.state)
        painter.translate(-look.rect.width() / 2, -look.rect.height() / 2)
        if self.chosen:
            painter.setPen(QPen(look.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(look.rings[unit.kind])
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawPath(look.paths[unit.kind])
        scale = painter.worldTransform().m11()
        if scale >= _LEAST_SCALE_FOR_TEXT:
            self._paint_words(painter, unit, glyph)
        if unit.state is UnitState.RUNNING and unit.progress > 0:
            self._paint_progress(painter, unit.progress)
        if unit.attempt > 1 and scale >= _LEAST_SCALE_FOR_TEXT:
            self._paint_badge(painter, unit.attempt)

    def _paint_words(self, painter: QPainter, unit: ComputeUnit, glyph: QPixmap) -> None:
        look, k = self._look, self._look.scale
        left = 13 * k
        cancelled, running = unit.state is UnitState.CANCELLED, unit.state is UnitState.RUNNING
        lift = 3 * k if running and unit.progress > 0 else 0
        painter.drawPixmap(QPointF(left, look.rect.height() / 2 - 10 * k - lift), glyph)
        x = left + 19 * k
        middle = look.rect.height() / 2 - lift
        painter.setFont(look.struck_font if cancelled else look.name_font)
        painter.setPen(look.ink3 if cancelled else look.ink2 if unit.state is UnitState.BLOCKED else look.ink)
        painter.drawText(QPointF(x, middle - 3 * k), self._shown[0])
        painter.setFont(look.line_font)
        failed = unit.state is UnitState.FAILED
        painter.setPen(look.danger if failed else look.ink3 if cancelled else look.ink2)
        painter.drawText(QPointF(x, middle + 12 * k), self._shown[1])

    def _paint_progress(self, painter: QPainter, progress: float) -> None:
        look, k = self._look, self._look.scale
        track = QRectF(12 * k, look.rect.height() - 8 * k, look.rect.width() - 24 * k, 3 * k)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.track)
        painter.drawRoundedRect(track, 1.5 * k, 1.5 * k)
        painter.setBrush(look.accent)
        track.setWidth(track.width() * min(1.0, progress))
        painter.drawRoundedRect(track, 1.5 * k, 1.5 * k)

    def _paint_badge(self, painter: QPainter, attempt: int) -> None:
        look, k = self._look, self._look.scale
        fill, edge, ink = look.badge
        words = str(attempt)
        width = 24 * k + look.line_metrics.horizontalAdvance(words)
        rect = QRectF(look.rect.width() + 3 * k - width, -10 * k, width, 19 * k)
        painter.setPen(QPen(edge if self.chosen is False else ink, 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, 4 * k, 4 * k)
        painter.drawPixmap(QPointF(rect.x() + 6 * k, rect.center().y() - 5.5 * k), look.badge_icon)
        painter.setPen(ink)
        painter.setFont(look.line_font)
        place = rect.adjusted(19 * k, 0, 0, 0)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
