"""Text of a program or from a wire: plain, of fixed width, as high as it is long up to a limit, to be copied."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .frames import Panel
from .labels import plain

_MOST_CHARACTERS = 64_000


class CodeBox(Panel):
    """`set_text` with text from anywhere. Lines that are too long go on below; more than `most_lines` are scrolled."""

    def __init__(self, theme: Theme, *, most_lines: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(theme, "code", "border", parent=parent)
        self._most_lines = most_lines
        self.edit = _Text(theme)
        self.edit.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self.edit.resized = self._fit
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self._fit()

    def set_text(self, text: str) -> None:
        shown = plain(text[:_MOST_CHARACTERS])
        if shown != self.edit.toPlainText():
            self.edit.setPlainText(shown)
        self._fit()

    def text(self) -> str:
        return self.edit.toPlainText()

    def set_name(self, words: str) -> None:
        """What a screen reader calls it."""
        self.edit.setAccessibleName(words)

    def _fit(self) -> None:
        line = QFontMetrics(self.edit.font()).lineSpacing()
        lines = round(self.edit.document().documentLayout().documentSize().height())
        high = max(1, min(lines, self._most_lines)) * line
        wanted = high + round(2 * self.edit.document().documentMargin()) + 4
        if wanted != self.height():
            self.setFixedHeight(wanted)

    def _apply_theme(self) -> None:
        palette = QPalette(self.edit.palette())
        palette.setColor(QPalette.ColorRole.Base, self._theme.colour("code"))
        palette.setColor(QPalette.ColorRole.Text, self._theme.colour("ink"))
        self.edit.setPalette(palette)


class _Text(QPlainTextEdit):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.resized = _nothing
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.mono("caption"))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(theme.gap(8))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.resized()


def _nothing() -> None:
    """Nobody asked to hear of it yet."""
