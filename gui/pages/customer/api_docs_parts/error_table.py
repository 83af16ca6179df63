"""The table of error codes: as high as its rows, so that the page is scrolled and not the table; long words wrap."""

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from gui.api_reference import ErrorCodeRow
from gui.models.error_codes import ErrorCodesModel, ErrorColumn
from gui.models.rows import Index
from gui.theme.theme import Theme
from gui.widgets.frames import Panel
from gui.widgets.tables import Role, TableView

from .places import Place

_WRAPPED = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)


class _Delegate(QStyledItemDelegate):
    """A cell whose words wrap, with a line below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.colour("selected" if chosen else "surface"))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        painter.setFont(theme.mono("caption") if index.data(Role.MONO) else theme.font())
        painter.setPen(theme.colour("ink"))
        at_right = index.data(Qt.ItemDataRole.TextAlignmentRole) is not None
        painter.drawText(
            rect.adjusted(theme.gap(14), 0, -theme.gap(14), -1),
            _WRAPPED | int(Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft),
            str(index.data()),
        )
        painter.restore()


class ErrorTable(Panel):
    """`show_codes` with those of `/meta`. `row_chosen` by an arrow key or a click carries its number."""

    row_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.model = ErrorCodesModel(self)
        self.table = TableView(theme)
        self.table.setItemDelegate(_Delegate(theme, self.table))
        self.table.setModel(self.model)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.table)
        self.keep_corners()
        self._fit()

    def show_codes(self, codes: tuple[ErrorCodeRow, ...]) -> None:
        self.model.put_rows(codes)
        self._fit()

    def places(self) -> list[Place]:
        """A place a row, for the search."""
        return [self._place(number, row) for number, row in enumerate(self.model.rows)]

    def _moved(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid() and self.table.hasFocus():
            self.row_chosen.emit(current.row())

    def _place(self, number: int, row: ErrorCodeRow) -> Place:
        def mark(start: int, length: int) -> int:
            self.table.selectRow(number)
            return self.top_of(number)

        text = f"{row.code} {row.status} {self.model.words(row)}"
        return Place(self.table, lambda: text, mark, self.table.clearSelection)

    def top_of(self, number: int) -> int:
        """How far below the table's top a row begins."""
        return self.table.horizontalHeader().height() + self.table.rowViewportPosition(number)

    def retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Error codes"))
        self.table.viewport().update()
        self.table.horizontalHeader().viewport().update()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Codes as wide as the longest, the rest is for what they mean, which may take several lines."""
        theme, table = self._theme, self.table
        side = 2 * theme.gap(14)
        mono, body = QFontMetrics(theme.mono("caption")), QFontMetrics(theme.font())
        code = max((mono.horizontalAdvance(row.code) for row in self.model.rows), default=theme.px(8)) + side + 2
        status = body.horizontalAdvance("HTTP") + side + theme.gap(4)
        room = max(theme.px(8), self.width() - 2 - code - status)
        for column, width in ((ErrorColumn.CODE, code), (ErrorColumn.STATUS, status), (ErrorColumn.MEANING, room)):
            table.setColumnWidth(column, width)
        height = table.horizontalHeader().height()
        for number, row in enumerate(self.model.rows):
            words = body.boundingRect(QRect(0, 0, room - side, 10_000), _WRAPPED, self.model.words(row))
            high = max(theme.gap(28), words.height() + theme.gap(10))
            table.setRowHeight(number, high)
            height += high
        if table.height() != height:
            table.setFixedHeight(height)
