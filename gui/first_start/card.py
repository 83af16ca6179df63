"""A card of the first start: a picture, a title with its key, three lines, and the button that says it."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ..theme.theme import Theme
from ..widgets.buttons import Button
from ..widgets.frames import Panel, fill
from ..widgets.labels import Label

_ILLUSTRATION = (346, 164)


class KeyCap(QWidget):
    """The name of a key in a box."""

    def __init__(self, theme: Theme, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        width = QFontMetrics(self._theme.mono("tick")).horizontalAdvance(self._words) + self._theme.gap(10)
        return QSize(width, self._theme.gap(17))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("border_strong"), 1))
        painter.setBrush(self._theme.colour("code"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(self._theme.mono("tick"))
        painter.setPen(self._theme.colour("ink2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)


class _Picture(QWidget):
    """A card's illustration on the window's colour, its upper corners those of the card."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self.setMinimumHeight(theme.gap(_ILLUSTRATION[1]))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("window"))
        radius, area = theme.radius("panel") - 1, QRectF(self.rect())
        painter.setClipRect(area)
        painter.drawRoundedRect(area.adjusted(0, 0, 0, 2 * radius), radius, radius)
        fill(painter, QRect(0, self.height() - 1, self.width(), 1), theme.colour("border"))
        width, height = theme.gap(_ILLUSTRATION[0]), theme.gap(_ILLUSTRATION[1])
        theme.illustration(self._name).render(painter, QRectF((area.width() - width) / 2, 0, width, height))


class Card(Panel):
    """One answer. Pressed as a whole, by its button or by its key."""

    chosen = Signal()

    def __init__(self, theme: Theme, picture: str, key: str, icons: tuple[str, str, str], *, first: bool) -> None:
        super().__init__(theme, "surface", "accent" if first else "border")
        gap = theme.gap
        self.title = Label(theme, style="title")
        self.line = Label(theme, colour="ink2", wrap=True)
        self.rows = [Label(theme, colour="ink2", wrap=True) for _ in icons]
        self.button = Button(theme, "", None, "primary" if first else "normal")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.setMinimumHeight(gap(36))
        self.button.clicked.connect(self.chosen)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(KeyCap(theme, key))
        inside = QVBoxLayout()
        inside.setContentsMargins(gap(20), gap(18), gap(20), gap(20))
        inside.setSpacing(gap(8))
        inside.addLayout(head)
        inside.addWidget(self.line)
        inside.addSpacing(gap(10))
        self._icons: list[tuple[Label, str]] = []
        for name, words in zip(icons, self.rows, strict=True):
            mark = Label(theme)
            mark.setFixedHeight(QFontMetrics(theme.font()).height())
            self._icons.append((mark, name))
            row = QHBoxLayout()
            row.setSpacing(gap(9))
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(words, 1)
            inside.addLayout(row)
        inside.addStretch(1)
        inside.addSpacing(gap(12))
        inside.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.picture = _Picture(theme, picture)
        column.addWidget(self.picture)
        column.addLayout(inside, 1)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_words(self, title: str, line: str, rows: tuple[str, str, str], action: str) -> None:
        self.title.setText(title)
        self.line.setText(line)
        for label, words in zip(self.rows, rows, strict=True):
            label.setText(words)
        self.button.setText(action)
        self.setAccessibleName(title)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() is Qt.MouseButton.LeftButton and self.isEnabled():
            self.chosen.emit()

    def _apply_theme(self) -> None:
        for mark, name in self._icons:
            mark.setPixmap(self._theme.pixmap(name, "ink3"))
