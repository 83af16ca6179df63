"""What each unit of an ended job was held for, charged and given back, and the sums of it."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.protocol.customer import ComputeUnit
from gui.job_words import credits, translate, unit_label
from gui.theme.theme import Theme

_MOST_ROWS = 40


class SettledTable(QWidget):
    """Forty units at most; the sums are of all."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._units: list[ComputeUnit] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_units(self, units: Sequence[ComputeUnit]) -> None:
        if list(units) != self._units:
            self._units = list(units)
            charged = sum(unit.charged_micro for unit in units)
            released = sum(unit.released_micro for unit in units)
            words = translate("jobs", "Charged {0}, returned {1}").format(credits(charged), credits(released))
            self.setAccessibleName(words)
            self.updateGeometry()
            self.update()

    def _row_px(self) -> int:
        return self._theme.px(1.85)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(20), self._row_px() * (min(len(self._units), _MOST_ROWS) + 4))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setFont(theme.font("caption", "strong"))
        painter.setPen(theme.colour("ink2"))
        title = QRectF(theme.gap(16), 0, self.width(), self._row_px() * 1.3)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, translate("jobs", "What was charged and returned"))
        heads = (translate("jobs", "Held"), translate("jobs", "Charged"), translate("jobs", "Returned"))
        y = title.bottom()
        painter.setFont(theme.font("caption"))
        self._paint_cells(painter, y, heads, ("ink2",) * 3)
        for unit in self._units[:_MOST_ROWS]:
            y += self._row_px()
            glyph = theme.state_pixmap(unit.state.value, 1.0)
            painter.drawPixmap(theme.gap(16), round(y + (self._row_px() - theme.px(1.0)) / 2), glyph)
            name = QRectF(theme.gap(36), y, self.width() * 0.3, self._row_px())
            painter.setFont(theme.font())
            painter.setPen(theme.colour("ink"))
            words = painter.fontMetrics().elidedText(unit_label(unit), Qt.TextElideMode.ElideRight, round(name.width()))
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, words)
            self._paint_row(painter, y, [unit], "ink2")
        y += self._row_px()
        painter.setFont(theme.font("body", "strong"))
        painter.setPen(theme.colour("ink"))
        place = QRectF(theme.gap(16), y, self.width(), self._row_px())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, translate("jobs", "All"))
        self._paint_row(painter, y, self._units, "ink")

    def _paint_row(self, painter: QPainter, y: float, units: Sequence[ComputeUnit], colour: str) -> None:
        charged = sum(unit.charged_micro for unit in units)
        returned = sum(unit.released_micro for unit in units)
        held = sum(unit.held_micro for unit in units)
        painter.fillRect(QRectF(0, y, self.width(), 1), self._theme.colour("border"))
        figures = (credits(held), credits(charged), credits(returned))
        self._paint_cells(painter, y, figures, (colour, "ink", colour))

    def _paint_cells(self, painter: QPainter, y: float, words: Sequence[str], colours: Sequence[str]) -> None:
        theme = self._theme
        right, width = self.width() - theme.gap(16), self.width() * 0.21
        align = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for place, (text, colour) in enumerate(zip(words, colours, strict=True)):
            painter.setPen(theme.colour(colour))
            x = right - width * (3 - place)
            painter.drawText(QRectF(x, y, width, self._row_px()), align, text)
