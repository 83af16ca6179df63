"""Tables and lists of rows with one or two lines, painted by one delegate from roles that any model can give."""

from enum import IntEnum

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ..theme.theme import Theme
from .chips import state_words
from .labels import plain
from .progress import paint_progress

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What a model may give beside DisplayRole, the first line. None or nothing leaves a part out."""

    SECOND = Qt.ItemDataRole.UserRole + 1  # the second line
    STATE = Qt.ItemDataRole.UserRole + 2  # a state's key: glyph, colour, word
    STATE_TEXT = Qt.ItemDataRole.UserRole + 3  # other words beside the glyph
    RIGHT = Qt.ItemDataRole.UserRole + 4  # at the right of the second line
    PROGRESS = Qt.ItemDataRole.UserRole + 5  # 0 to 1: a bar along the bottom
    PROGRESS_KIND = Qt.ItemDataRole.UserRole + 6  # running, retrying, kept, failed
    ID = Qt.ItemDataRole.UserRole + 7
    ICON = Qt.ItemDataRole.UserRole + 8  # a Lucide name in front
    SECOND_COLOUR = Qt.ItemDataRole.UserRole + 9  # a token for the second line
    STRONG = Qt.ItemDataRole.UserRole + 10  # the first line in weight 500
    MONO = Qt.ItemDataRole.UserRole + 11
    COLOUR = Qt.ItemDataRole.UserRole + 12  # a token for the first line and its icon
    CAPTION = Qt.ItemDataRole.UserRole + 13  # the first line in the size of captions
    SECOND_MONO = Qt.ItemDataRole.UserRole + 15
    CHIP = Qt.ItemDataRole.UserRole + 14  # words in an amber box, in place of the first line
    GLYPH = Qt.ItemDataRole.UserRole + 16  # a state's key: its glyph alone, in front; its word stands elsewhere


class TwoLineDelegate(QStyledItemDelegate):
    """Paints a cell from the roles above. `two_lines` False makes rows of one line's height."""

    def __init__(self, theme: Theme, *, two_lines: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._two_lines = two_lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        height = self._theme.size("row_two_lines" if self._two_lines else "row")
        if index.data(Role.PROGRESS) is not None and self._two_lines:
            height += self._theme.gap(12)
        return QSize(self._theme.px(8), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        behind = "selected" if chosen else "hover" if under else "surface"
        painter.fillRect(rect, theme.colour(behind))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        left = theme.gap(16 if self._two_lines else 14)
        if isinstance(option.widget, TableView):
            left = option.widget.left_of(index.column(), left)
        inner = rect.adjusted(left, 0, -theme.gap(16), -1)
        progress = index.data(Role.PROGRESS)
        if progress is not None:
            height = theme.gap(4)
            y = inner.bottom() - height - theme.gap(8)
            kind = str(index.data(Role.PROGRESS_KIND) or "running")
            paint_progress(theme, painter, QRectF(inner.x(), y, inner.width(), height), float(progress), kind)
            if self._two_lines:
                inner.setBottom(round(y))
        self._paint_lines(painter, inner, index, behind)
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(theme.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_lines(self, painter: QPainter, rect: QRect, index: Index, behind: str) -> None:
        theme = self._theme
        if (icon := index.data(Role.ICON)) is not None:
            size = theme.size("icon")
            colour = str(index.data(Role.COLOUR) or "ink2")
            painter.drawPixmap(rect.x(), rect.center().y() - size // 2, theme.pixmap(str(icon), colour))
            rect = rect.adjusted(size + theme.gap(8), 0, 0, 0)
        if (glyph := index.data(Role.GLYPH)) is not None:
            size = theme.size("state_glyph")
            pixmap = theme.state_pixmap(str(glyph), theme.tokens.size_em["state_glyph"], behind)
            painter.drawPixmap(rect.x(), rect.center().y() - size // 2, pixmap)
            rect = rect.adjusted(size + theme.gap(11), 0, 0, 0)
        second, right = index.data(Role.SECOND), index.data(Role.RIGHT)
        top, bottom = QRect(rect), QRect(rect)
        if second is not None or right is not None:
            pair = theme.px(2.8)
            top.setTop(rect.center().y() - pair // 2)
            top.setHeight(pair // 2)
            bottom.setTop(top.bottom() + 1)
            bottom.setHeight(pair // 2)
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
        at_right = alignment is not None and bool(int(alignment) & int(Qt.AlignmentFlag.AlignRight))
        first = index.data(Qt.ItemDataRole.DisplayRole)
        used = self._paint_state(painter, top, index, behind, alone=not first)
        weight, style = "label" if index.data(Role.STRONG) else None, "caption" if index.data(Role.CAPTION) else "body"
        painter.setFont(theme.mono() if index.data(Role.MONO) else theme.font(style, weight))
        painter.setPen(theme.colour(str(index.data(Role.COLOUR) or "ink")))
        if (chip := index.data(Role.CHIP)) is not None:
            self._paint_chip(painter, top, str(chip), at_right=at_right)
        _draw(painter, top.adjusted(0, 0, -used - self._kept_px(index), 0), str(first or ""), at_right=at_right)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("ink3"))
        room = _draw(painter, bottom, str(right), at_right=True) + theme.gap(8) if right is not None else 0
        if index.data(Role.SECOND_MONO):
            painter.setFont(theme.mono("caption"))
        painter.setPen(theme.colour(str(index.data(Role.SECOND_COLOUR) or "ink3")))
        _draw(painter, bottom.adjusted(0, 0, -room, 0), str(second or ""), at_right=at_right)

    def _kept_px(self, index: Index) -> int:
        """How much of the first line a subclass keeps at its end for what it paints there."""
        return 0

    def _paint_chip(self, painter: QPainter, rect: QRect, words: str, *, at_right: bool) -> None:
        theme = self._theme
        painter.setFont(theme.font("tick"))
        width = QFontMetrics(painter.font()).horizontalAdvance(words) + theme.gap(10)
        height = theme.gap(17)
        x = rect.right() - width + 1 if at_right else rect.x()
        box = QRectF(x + 0.5, rect.center().y() - height // 2 + 0.5, width - 1, height - 1)
        painter.setPen(theme.colour("warn_edge"))
        painter.setBrush(theme.colour("warn_tint"))
        painter.drawRoundedRect(box, theme.radius("chip"), theme.radius("chip"))
        painter.setPen(theme.colour("warn"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_state(self, painter: QPainter, rect: QRect, index: Index, behind: str, *, alone: bool) -> int:
        """Glyph and word: at the right of the first line, or at the left of a cell that has nothing else."""
        state = index.data(Role.STATE)
        if state is None:
            return 0
        theme, given = self._theme, index.data(Role.STATE_TEXT)
        words = plain(str(given)) if given is not None else state_words(str(state))
        painter.setFont(theme.font("body", "label"))
        glyph = theme.size("state_glyph")
        text_px = min(QFontMetrics(painter.font()).horizontalAdvance(words) + 2, round(rect.width() * 0.75))
        width = glyph + theme.gap(6) + text_px
        x = rect.x() if alone else rect.right() - width + 1
        pixmap = theme.state_pixmap(str(state), theme.tokens.size_em["state_glyph"], behind)
        painter.drawPixmap(x, rect.center().y() - glyph // 2, pixmap)
        painter.setPen(theme.state_colour(str(state)))
        _draw(painter, QRect(x + glyph + theme.gap(6), rect.y(), text_px, rect.height()), words, at_right=False)
        return 0 if alone else width + theme.gap(8)


def _draw(painter: QPainter, rect: QRect, text: str, *, at_right: bool) -> int:
    """One line of plain text, left out in the middle where it doesn't fit; the width it took."""
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(plain(text).replace("\n", " "), Qt.TextElideMode.ElideMiddle, rect.width())
    side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
    return metrics.horizontalAdvance(shown)


class _Header(QHeaderView):
    """Captions on the colour of code, a line below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setFixedHeight(theme.size("table_header"))
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:  # noqa: N802 - Qt's name
        theme, model = self._theme, self.model()
        painter.fillRect(rect, theme.colour("code"))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        words = model.headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        alignment = model.headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        painter.setFont(theme.font("caption", "label"))
        painter.setPen(theme.colour("ink2"))
        table = self.parent()
        left = theme.gap(14)
        if isinstance(table, TableView):
            left = table.left_of(logical, theme.gap(16 if table.two_lines else 14))
        at_right = alignment is not None and bool(int(alignment) & int(Qt.AlignmentFlag.AlignRight))
        _draw(painter, rect.adjusted(left, 0, -theme.gap(16), 0), str(words or ""), at_right=at_right)


def _set_up(view: QAbstractItemView, theme: Theme, *, two_lines: bool) -> None:
    view.setItemDelegate(TwoLineDelegate(theme, two_lines=two_lines, parent=view))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setFrameShape(QAbstractItemView.Shape.NoFrame)
    view.setMouseTracking(True)
    theme.changed.connect(view.viewport().update)


class TableView(QTableView):
    """Rows by page: `opened` on Enter or a double click, `menu_wanted` by the menu key or the right button."""

    opened = Signal(QModelIndex)
    menu_wanted = Signal(QModelIndex, QPoint)

    def __init__(
        self, theme: Theme, *, two_lines: bool = False, whole_page: bool = False, parent: QWidget | None = None
    ) -> None:
        """`whole_page`: it goes from edge to edge, so its first column begins where the page's title does."""
        super().__init__(parent)
        self._first_left = theme.gap(20) if whole_page else None
        self.two_lines = two_lines
        _set_up(self, theme, two_lines=two_lines)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalHeader(_Header(theme, self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.size("row_two_lines" if two_lines else "row"))
        self.doubleClicked.connect(self.opened)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)

    def left_of(self, column: int, otherwise: int) -> int:
        """How far from a column's left edge its words begin."""
        first = self._first_left is not None and self.horizontalHeader().visualIndex(column) == 0
        return self._first_left if first and self._first_left is not None else otherwise

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Menu and self.currentIndex().isValid():
            place = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu_wanted.emit(self.currentIndex(), self.viewport().mapToGlobal(place))
        else:
            super().keyPressEvent(event)

    def _menu_at(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.isValid():
            self.menu_wanted.emit(index, self.viewport().mapToGlobal(place))


class RowList(QListView):
    """A list of two-line rows beside a detail; `opened` on Enter or a click."""

    opened = Signal(QModelIndex)

    def __init__(self, theme: Theme, *, two_lines: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _set_up(self, theme, two_lines=two_lines)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.clicked.connect(self.opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.viewport().update()
