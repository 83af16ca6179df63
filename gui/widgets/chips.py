"""A state as glyph and word: on its tint (StateChip) or plain (StateText). Colour never stands alone."""

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.theme import Theme
from .labels import plain, tooltip

translate = QCoreApplication.translate


def state_words(state: str) -> str:
    """The word of a state in the language shown now; the API's word for one that this program doesn't know."""
    words = {
        "blocked": translate("states", "Blocked"),
        "ready": translate("states", "Waiting"),
        "leased": translate("states", "Starting"),
        "running": translate("states", "Running"),
        "verifying": translate("states", "Verifying"),
        "completed": translate("states", "Completed"),
        "failed": translate("states", "Failed"),
        "rejected": translate("states", "Rejected"),
        "cancelled": translate("states", "Cancelled"),
        "paused": translate("states", "Paused"),
        "queued": translate("states", "Queued"),
        "planning": translate("states", "Planning"),
        "sharing": translate("states", "Sharing"),
        "busy": translate("states", "Busy"),
        "problem": translate("states", "Problem"),
        "uploading": translate("states", "Uploading"),
    }
    return words.get(state) or plain(state)


class StateText(QWidget):
    """Glyph and word in the state's colour. `text` in place of the word, such as "Retrying, 41 % kept"."""

    def __init__(
        self,
        theme: Theme,
        state: str = "blocked",
        text: str | None = None,
        *,
        behind: str = "surface",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self._text = text
        self._behind = behind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.set_state(state, text)

    @property
    def state(self) -> str:
        return self._state

    def set_state(self, state: str, text: str | None = None, *, tip: str = "") -> None:
        """Another state; `tip` is shown under the pointer, by default the API's word."""
        self._state, self._text = state, text
        self.setAccessibleName(self.words())
        self.setToolTip(tooltip(tip or state))
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        return plain(self._text) if self._text is not None else state_words(self._state)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.LanguageChange:
            self.set_state(self._state, self._text)
        super().changeEvent(event)

    def _inset(self) -> int:
        return 0

    def _weight(self) -> str:
        return "label"

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        font = self._theme.font("body", self._weight())
        width = QFontMetrics(font).horizontalAdvance(self.words()) + 2
        glyph = self._theme.size("state_glyph") + self._theme.gap(6)
        return QSize(width + glyph + 2 * self._inset(), self._theme.px(1.54))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self._paint(QPainter(self), self._behind)

    def _paint(self, painter: QPainter, behind: str) -> None:
        theme, glyph_px = self._theme, self._theme.size("state_glyph")
        pixmap = theme.state_pixmap(self._state, theme.tokens.size_em["state_glyph"], behind)
        painter.drawPixmap(self._inset(), (self.height() - glyph_px) // 2, pixmap)
        painter.setFont(theme.font("body", self._weight()))
        painter.setPen(theme.state_colour(self._state))
        x = self._inset() + glyph_px + theme.gap(6)
        words = QFontMetrics(painter.font()).elidedText(self.words(), Qt.TextElideMode.ElideRight, self.width() - x)
        painter.drawText(QRectF(x, 0, self.width() - x, self.height()), Qt.AlignmentFlag.AlignVCenter, words)


class StateChip(StateText):
    """The same on the state's tint, for a header."""

    def _inset(self) -> int:
        return self._theme.gap(6)

    def _weight(self) -> str:
        return "strong"

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.state_tint(self._state))
        radius = self._theme.radius("chip")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        self._paint(painter, "surface")


class Tag(QWidget):
    """A small outlined word, such as "v2" or "GPU"."""

    def __init__(self, theme: Theme, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = plain(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_text(self, text: str) -> None:
        self._text = plain(text)
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        font = self._theme.font("caption")
        return QSize(QFontMetrics(font).horizontalAdvance(self._text) + self._theme.gap(12), self._theme.px(1.54))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.colour("border_strong"))
        radius = self._theme.radius("chip")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("ink2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
