"""Text to be copied: an example with numbered lines and a button, or several of them behind tabs."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .buttons import Button, Kind
from .code_colours import CodeColours, Language
from .focus import focus_in, focus_out
from .frames import Area, Line, Panel
from .labels import plain
from .tabs import Tabs

_COPIED_MS = 2000


class CopyButton(Button):
    """Copies what `set_text` gave it, and says so for two seconds. With `icon_only` it is a glyph."""

    def __init__(self, theme: Theme, *, icon_only: bool = False, parent: QWidget | None = None) -> None:
        kind: Kind = "quiet" if icon_only else "normal"
        super().__init__(theme, "", "copy", kind, small=True, icon_em=1.0, parent=parent)
        self._icon_only = icon_only
        self._what = ""
        self._text = ""
        self._back = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._back.timeout.connect(self._show_words)
        self.clicked.connect(self._copy)
        self._show_words()

    def set_text(self, text: str) -> None:
        """What it copies."""
        self._text = text

    def set_what(self, what: str) -> None:
        """The name of what it copies, for who can't see what it stands beside."""
        self._what = what
        self._show_words()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.set_icon("check")
        if not self._icon_only:
            self.setText(self.tr("Copied"))
        self._back.start()

    def _show_words(self) -> None:
        self.set_icon("copy")
        words = self.tr("Copy {0}").format(self._what) if self._what else self.tr("Copy")
        self.describe(words)
        if not self._icon_only:
            self.setText(self.tr("Copy"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show_words()


class _Numbers(QWidget):
    """The numbers of a view's lines, at its left."""

    def __init__(self, theme: Theme, view: "CodeView") -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(self.rect(), theme.colour("code"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.colour("border"))
        painter.setFont(self._view.font())
        painter.setPen(theme.colour("ink3"))
        for number, (top, height) in enumerate(self._view.line_places(), start=1):
            place = QRectF(0, top, self.width() - theme.gap(12), height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), str(number))


class CodeView(QPlainTextEdit):
    """Read only, plain, as high as its text; long lines are scrolled sideways, or wrapped with `wrap`.

    The wheel moves what it stands in, Tab leaves it.
    """

    def __init__(
        self, theme: Theme, language: Language = "plain", *, numbered: bool = False, wrap: bool = False
    ) -> None:
        super().__init__()
        self._theme = theme
        self._numbers = _Numbers(theme, self) if numbered else None
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.mono("caption"))
        ways = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(ways.WidgetWidth if wrap else ways.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere if wrap else QTextOption.WrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(theme.gap(10))
        self._colours = CodeColours(theme, self.document(), language)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_code(self, text: str) -> None:
        """Another text."""
        text = plain(text)
        if text == self.toPlainText():
            return
        self.setPlainText(text)
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

    def line_places(self) -> list[tuple[float, float]]:
        """Top and height of each line in the view."""
        places, block = [], self.document().begin()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            places.append((box.top(), box.height()))
            block = block.next()
        return places

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(20), self.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(8), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as its lines, and the scroll bar where one is longer than the view."""
        metrics = QFontMetrics(self.font())
        margin = self.document().documentMargin()
        gutter = 0
        if self._numbers is not None:
            digits = max(2, len(str(self.blockCount())))
            gutter = metrics.horizontalAdvance("0" * digits) + self._theme.gap(26)
        if self.viewportMargins().left() != gutter:
            self.setViewportMargins(gutter, 0, 0, 0)
        lines = sum(height for _, height in self.line_places())  # the margin below is a part of the last one
        wanted = math.ceil(lines + margin) + 1
        if self.lineWrapMode() is QPlainTextEdit.LineWrapMode.NoWrap:
            longest = max(metrics.horizontalAdvance(line) for line in self.toPlainText().split("\n"))
            if longest + 2 * margin + gutter > self.width():
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


class CodeBlock(Panel):
    """One text in a panel, with its copy button in the corner beside it."""

    def __init__(self, theme: Theme, language: Language = "plain", *, wrap: bool = False) -> None:
        super().__init__(theme, "code")
        self.view = CodeView(theme, language, wrap=wrap)
        self.copy = CopyButton(theme, icon_only=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.gap(2), 1, theme.gap(6), 1)
        row.setSpacing(theme.gap(4))
        row.addWidget(self.view, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        self.copy.setContentsMargins(0, theme.gap(6), 0, 0)

    def set_code(self, text: str, name: str) -> None:
        """`name` is what a screen reader calls it."""
        self.view.set_code(text)
        self.view.setAccessibleName(name)
        self.copy.set_text(self.view.toPlainText())
        self.copy.set_what(name)


class CodeTabs(Panel):
    """Several texts, one of which is shown with numbered lines; the button copies that one."""

    def __init__(self, theme: Theme, languages: Sequence[Language]) -> None:
        super().__init__(theme, "code")
        self.views = [CodeView(theme, language, numbered=True) for language in languages]
        self._names = [""] * len(self.views)
        self.tabs = Tabs(theme, line=False)
        self.tabs.chosen.connect(self.choose)
        self.copy = CopyButton(theme)
        head = Area(theme, "surface")
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.gap(2), 0, theme.gap(6), 0)
        row.setSpacing(theme.gap(6))
        row.addWidget(self.tabs, 1)
        row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(Line(theme))
        for view in self.views:
            view.setVisible(view is self.views[0])
            column.addWidget(view)
        self.keep_corners()

    def set_names(self, names: Sequence[str]) -> None:
        """What the tabs say."""
        self._names = list(names)
        self.tabs.set_words(self._names)
        for view, name in zip(self.views, names, strict=True):
            view.setAccessibleName(name)
        self._show()

    def set_codes(self, texts: Sequence[str]) -> None:
        for view, text in zip(self.views, texts, strict=True):
            view.set_code(text)
        self._show()

    def choose(self, place: int) -> None:
        """Show one of them."""
        self.tabs.choose(place)
        self._show()

    def _show(self) -> None:
        for place, view in enumerate(self.views):
            view.setVisible(place == self.tabs.current)
        self.copy.set_text(self.views[self.tabs.current].toPlainText())
        self.copy.set_what(self._names[self.tabs.current])
