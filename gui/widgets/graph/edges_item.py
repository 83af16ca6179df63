"""All edges of the graph that end in one layer, as few paths: thousands of items would cost more than their lines."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.protocol.customer import UnitState

from ...theme.theme import Theme

STYLES = ("done", "into_running", "waiting", "cancelled")
_BAND = 12  # edges of a band are painted or passed over together


def edge_style(start: UnitState, end: UnitState) -> str:
    """Which of the four looks an edge has."""
    if UnitState.CANCELLED in (start, end):
        return "cancelled"
    if end in (UnitState.RUNNING, UnitState.LEASED):
        return "into_running"
    return "done" if start is UnitState.COMPLETED else "waiting"


def edge_pens(theme: Theme) -> dict[str, QPen]:
    line = theme.tokens.line_px
    pens = {
        "done": QPen(theme.colour("edge"), line["unit"]),
        "into_running": QPen(theme.colour("st_running"), line["unit_running"]),
        "waiting": QPen(theme.colour("edge"), line["unit"]),
        "cancelled": QPen(theme.colour("border_strong"), line["unit"]),
    }
    pens["waiting"].setDashPattern([4, 3])
    pens["cancelled"].setDashPattern([2, 3])
    return pens


def edge_path(points: Sequence[QPointF]) -> QPainterPath:
    """A line through places that go right, flat at each of them."""
    path = QPainterPath(points[0])
    for last, point in pairwise(points):
        reach = (point.x() - last.x()) / 2
        path.cubicTo(last + QPointF(reach, 0), point - QPointF(reach, 0), point)
    return path


class EdgesItem(QGraphicsItem):
    """A few edges near each other, painted style by style."""

    def __init__(self, pens: dict[str, QPen]) -> None:
        super().__init__()
        self._pens = pens
        self._lines: list[tuple[QPainterPath, tuple[str, str]]] = []
        self._paths: dict[str, QPainterPath] = {}
        self._bounds = QRectF()
        self.setZValue(-1)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_lines(self, lines: Iterable[tuple[QPainterPath, tuple[str, str]]]) -> None:
        """Paths with the ids of the units at their ends."""
        self.prepareGeometryChange()
        self._lines = list(lines)
        bounds = QRectF()
        for path, _ in self._lines:
            bounds = bounds.united(path.controlPointRect())
        self._bounds = bounds.adjusted(-2, -2, 2, 2)

    def set_states(self, states: dict[str, UnitState]) -> None:
        """Sort the lines by how they look now."""
        paths: dict[str, QPainterPath] = {}
        for path, (start, end) in self._lines:
            if start in states and end in states:
                paths.setdefault(edge_style(states[start], states[end]), QPainterPath()).addPath(path)
        if paths != self._paths:
            self._paths = paths
            self.update()

    def set_pens(self, pens: dict[str, QPen]) -> None:
        self._pens = pens
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for style in STYLES:
            if style in self._paths:
                painter.setPen(self._pens[style])
                painter.drawPath(self._paths[style])


def bands(lines: Sequence[tuple[QPainterPath, tuple[str, str]]]) -> list[list[tuple[QPainterPath, tuple[str, str]]]]:
    """Lines in groups of neighbours, from the left and the top."""
    ordered = sorted(lines, key=lambda line: (line[0].elementAt(0).x, line[0].elementAt(0).y))
    return [ordered[first : first + _BAND] for first in range(0, len(ordered), _BAND)]
