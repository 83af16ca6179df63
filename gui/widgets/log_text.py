"""Lines of a log as plain text: each in its colour of the theme shown now, no more than are kept, followed to its end
unless somebody reads further up."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from ..theme.theme import Theme

Coloured = tuple[str, str]  # a line, and the token of its colour


class LogText(QPlainTextEdit):
    """`colours` are all tokens that lines may have. `scrolled_back` when its reader leaves the end."""

    scrolled_back = Signal()

    def __init__(self, theme: Theme, colours: Sequence[str], most_lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colours = list(colours)  # a block's user state is a place in it
        self.is_following = True
        self._end = 0  # of the scroll bar
        self._is_colouring = False
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(most_lines)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.mono("caption"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(theme.gap(12))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._laid_out)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def add(self, lines: Iterable[Coloured]) -> None:
        """Behind those that are there, in as few steps as they have colours."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        first = self.document().isEmpty()
        for colour, group in groupby(lines, key=lambda line: line[1]):
            texts = [text for text, _ in group]
            cursor.insertText(("" if first else "\n") + "\n".join(texts), self._form(colour))
            first = False
            block = self.document().lastBlock()
            for _ in texts:
                block.setUserState(self._colours.index(colour))
                block = block.previous()
        self.follow(self.is_following)

    def follow(self, on: bool) -> None:
        """Whether the end stays in sight when lines come."""
        self.is_following = on
        if on:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        by_reader = bar.maximum() == self._end and not self._is_colouring
        if self.is_following and by_reader and value < bar.maximum() - bar.pageStep() // 2:
            self.is_following = False
            self.scrolled_back.emit()

    def _laid_out(self, _: int, end: int) -> None:
        """Lines came, or the window has another width: nobody has scrolled."""
        self._end = end
        self.follow(self.is_following)

    def _form(self, colour: str) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(self._theme.colour(colour))
        return form

    def _apply_theme(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, self._theme.colour("code"))
        palette.setColor(QPalette.ColorRole.Text, self._theme.colour("ink"))
        self.setPalette(palette)
        self._colour_again()

    def _colour_again(self) -> None:
        """The lines that are there, in the colours of the theme shown now."""
        self._is_colouring = True
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(self._form(self._colours[max(0, block.userState())]))
            block = block.next()
        cursor.endEditBlock()
        self._is_colouring = False
        self.follow(self.is_following)
