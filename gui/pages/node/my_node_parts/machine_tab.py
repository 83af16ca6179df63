"""The machine that the page shows, as a tab in the header: its state's glyph and its name."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ....theme.theme import Theme
from ....widgets.labels import plain, tooltip


class MachineTab(QWidget):
    """One tab for now: a node of this computer. The track around it waits for more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name, self._glyph = "", "sharing"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_machine(self, name: str, glyph: str, state: str) -> None:
        """Its name, the glyph of its state, and the state in words for the tooltip."""
        self._name, self._glyph = plain(name), glyph
        self.setAccessibleName(f"{self._name}: {state}")
        self.setToolTip(tooltip(state))
        self.updateGeometry()
        self.update()

    def name(self) -> str:
        return self._name

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        theme = self._theme
        width = QFontMetricsF(theme.font("body", "strong")).horizontalAdvance(self._name)
        return QSize(round(width) + theme.size("state_glyph") + theme.gap(36), theme.gap(28))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.radius("control")
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("sunken"))
        outer = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(outer, radius, radius)
        painter.setBrush(theme.colour("hover" if theme.scheme == "dark" else "surface"))
        painter.drawRoundedRect(outer.adjusted(2, 2, -2, -2), radius - 2, radius - 2)
        glyph_px = theme.size("state_glyph")
        x = theme.gap(12)
        pixmap = theme.state_pixmap(self._glyph, theme.tokens.size_em["state_glyph"])
        painter.drawPixmap(x, (self.height() - glyph_px) // 2, pixmap)
        painter.setFont(theme.font("body", "strong"))
        painter.setPen(theme.colour("ink"))
        metrics = QFontMetricsF(painter.font())
        base = self.height() / 2 + (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(x + glyph_px + theme.gap(8), base), self._name)
        painter.end()
