"""Text on the screen. All of it is plain, and what could move or fake words is shown escaped."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from core.printable import printable

from ..theme.theme import Theme


def plain(text: str) -> str:
    """Text from anywhere as it may be shown: control, bidi and ANSI characters as escapes, lines kept."""
    return printable(text, keep="\n")


def tooltip(text: str) -> str:
    """Text from anywhere as a tooltip, which would guess rich text otherwise."""
    import html  # no first picture has a tooltip

    return f"<span>{html.escape(plain(text))}</span>" if text else ""


class Label(QLabel):
    """A label in one of the theme's styles and colours."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        style: str = "body",
        colour: str = "ink",
        weight: str | None = None,
        mono: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour = colour
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setFont(theme.mono(style) if mono else theme.font(style, weight))
        self.setText(text)
        self._paint_colour()
        theme.changed.connect(self._paint_colour)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        super().setText(plain(text))

    def set_colour(self, name: str) -> None:
        """Another token, such as "ink2"."""
        self._colour = name
        self._paint_colour()

    def selectable(self) -> "Label":
        """The same label, whose text can be marked and copied by mouse."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self

    def _paint_colour(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.colour(self._colour))
        self.setPalette(palette)


class ElidedLabel(Label):
    """One line that gives way: what doesn't fit is left out in the middle or at the end, the whole is its tooltip."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        style: str = "body",
        colour: str = "ink",
        weight: str | None = None,
        mono: bool = False,
        where: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        self._whole = ""
        self._where = where
        super().__init__(theme, text, style=style, colour=colour, weight=weight, mono=mono, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        self._whole = plain(text).replace("\n", " ")
        self._elide()
        self.updateGeometry()

    def whole_text(self) -> str:
        return self._whole

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = QFontMetrics(self.font())
        least = min(metrics.horizontalAdvance(self._whole) + 2, metrics.horizontalAdvance("mmmm…"))
        return QSize(least, metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._whole, self._where, max(0, self.width()))
        QLabel.setText(self, shown)
        self.setToolTip(tooltip(self._whole) if shown != self._whole else "")
        self.setAccessibleName(self._whole)
