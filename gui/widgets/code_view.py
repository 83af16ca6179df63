"""Text of a program or from a wire: plain, of fixed width, coloured, with numbered lines where they are asked for."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QPointF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from ..theme.theme import Theme
from .code_colours import CodeColours, Language
from .focus import focus_in, focus_out
from .labels import plain

_LINE_PX = 19  # from one line to the next; Qt's own 14 are too close for programs
_MARGIN_PX = 9
_MOST_CHARACTERS = 64_000


class LinePlace(NamedTuple):
    """Where a line of the text stands in the view; it is higher where it goes on below."""

    top: float
    height: float
    baseline: float  # of its first row


class _Numbers(QWidget):
    """The numbers of a view's lines, at its left."""

    def __init__(self, theme: Theme, view: "CodeView") -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter, metrics = self._theme, QPainter(self), QFontMetrics(self._view.font())
        painter.fillRect(self.rect(), theme.colour("code"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.colour("border"))
        painter.setFont(self._view.font())
        painter.setPen(theme.colour("ink3"))
        for number, place in enumerate(self._view.line_places(), start=1):
            left = self.width() - theme.gap(12) - metrics.horizontalAdvance(str(number))
            painter.drawText(QPointF(left, place.baseline), str(number))


class CodeView(QTextEdit):
    """Read only, as high as its text up to `most_lines`; long lines are scrolled sideways, or go on below with `wrap`.

    The wheel moves what it stands in unless it is scrolled itself, Tab leaves it.
    """

    def __init__(
        self,
        theme: Theme,
        language: Language = "plain",
        *,
        numbered: bool = False,
        wrap: bool = False,
        most_lines: int | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._most_lines = most_lines
        self._numbers = _Numbers(theme, self) if numbered else None
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.mono("caption"))
        ways, breaks = QTextEdit.LineWrapMode, QTextOption.WrapMode
        self.setLineWrapMode(ways.WidgetWidth if wrap else ways.NoWrap)
        self.setWordWrapMode(breaks.WrapAtWordBoundaryOrAnywhere if wrap else breaks.NoWrap)
        bars = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(bars.ScrollBarAlwaysOff if most_lines is None else bars.ScrollBarAsNeeded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(theme.gap(_MARGIN_PX))
        self._colours = CodeColours(theme, self.document(), language)
        if self._numbers is not None:
            self.verticalScrollBar().valueChanged.connect(self._numbers.update)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self._space_lines()
        self._fit()

    def set_code(self, text: str) -> None:
        """Another text, from anywhere; of one that is too long the beginning."""
        text = plain(text[:_MOST_CHARACTERS])
        if text == self.toPlainText():
            return
        self.setPlainText(text)
        self._space_lines()
        self._fit()

    def select(self, start: int, length: int) -> None:
        """Mark a part, as a search found it."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def deselect(self) -> None:
        cursor = self.textCursor()
        cursor.clearSelection()
        self.setTextCursor(cursor)

    def line_places(self) -> list[LinePlace]:
        """Each line of the text, from the top of the view."""
        return list(self._each_line())

    def _each_line(self) -> Iterator[LinePlace]:
        """Qt's own rectangle of a line is only as high as its characters."""
        layout, block, line_px = self.document().documentLayout(), self.document().begin(), self._theme.gap(_LINE_PX)
        scrolled = self.verticalScrollBar().value()
        while block.isValid():
            top = layout.blockBoundingRect(block).top() - scrolled  # which lays out what isn't yet
            first = block.layout().lineAt(0)
            baseline = block.layout().position().y() + first.y() + first.ascent() - scrolled if first.isValid() else top
            yield LinePlace(top, max(1, block.layout().lineCount()) * line_px, baseline)
            block = block.next()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(20), self.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(8), self.height())

    def createMimeDataFromSelection(self) -> QMimeData:  # noqa: N802 - Qt's name
        """Text alone is copied, without the colours that it is shown in."""
        data = QMimeData()
        data.setText(self.textCursor().selection().toPlainText())
        return data

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _space_lines(self) -> None:
        form = QTextBlockFormat()
        form.setLineHeight(self._theme.gap(_LINE_PX), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(form)

    def _fit(self) -> None:
        """As high as its lines, and the scroll bar where one is longer than the view."""
        metrics, document = QFontMetrics(self.font()), self.document()
        gutter = 0
        if self._numbers is not None:
            digits = max(2, len(str(document.blockCount())))
            gutter = metrics.horizontalAdvance("0" * digits) + self._theme.gap(26)
        if self.viewportMargins().left() != gutter:
            self.setViewportMargins(gutter, 0, 0, 0)
        margins = 2 * document.documentMargin()
        most, lines = math.inf if self._most_lines is None else self._most_lines * self._theme.gap(_LINE_PX), 0.0
        for place in self._each_line():
            lines = min(most, lines + place.height)
            if lines == most:
                break
        wanted = math.ceil(lines + margins)
        if self.lineWrapMode() is QTextEdit.LineWrapMode.NoWrap:
            longest = max(metrics.horizontalAdvance(line) for line in self.toPlainText().split("\n"))
            if longest + margins + gutter > self.width():
                wanted += self.horizontalScrollBar().sizeHint().height()
        if wanted != self.height():
            self.setFixedHeight(wanted)
        if self._numbers is not None:
            self._numbers.setGeometry(0, 0, gutter, self.height())
            self._numbers.update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)

    def _apply_theme(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, self._theme.colour("code"))
        palette.setColor(QPalette.ColorRole.Text, self._theme.colour("ink"))
        self.setPalette(palette)
        self._colours.rehighlight()
