"""The packages that an owner keeps off, and letting one in again."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget

from ....models.blocked_packages import BlockColumn, BlockedPackagesModel
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.empty import EmptyState
from ....widgets.frames import Area, Line
from ....widgets.labels import ElidedLabel
from ....widgets.tables import TableView


class KeptOff(Area):
    """`let_in_wanted` carries the PackageBlock whose package may come in again."""

    let_in_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self.model = BlockedPackagesModel(self)
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.let_in_button = Button(theme, "", "undo-2")
        self.empty = EmptyState(theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self._note = ElidedLabel(theme, "", style="caption", colour="ink3")
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.gap(20), theme.gap(8), theme.gap(20), theme.gap(8))
        bar.setSpacing(theme.gap(8))
        bar.addWidget(self._note, 1)
        bar.addWidget(self.let_in_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Line(theme))
        column.addWidget(self._stack, 1)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(BlockColumn.PACKAGE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(BlockColumn.SINCE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(BlockColumn.SINCE, theme.px(13))
        self.table.selectionModel().currentChanged.connect(self._show)
        self.table.installEventFilter(self)
        self.let_in_button.clicked.connect(self._let_in)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved):
            signal.connect(self._show)
        self._show()

    def _let_in(self) -> None:
        block = self.model.row_at(self.table.currentIndex())
        if block is not None:
            self.let_in_wanted.emit(block)

    def _show(self) -> None:
        none = self.model.rowCount() == 0
        self._stack.setCurrentWidget(self.empty if none else self.table)
        self.let_in_button.setVisible(not none)
        self.let_in_button.setEnabled(self.table.currentIndex().isValid())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if Qt.Key(event.key()) is not Qt.Key.Key_Delete:
            return False
        if not event.isAutoRepeat():
            self._let_in()
        return True

    def retranslate(self) -> None:
        self.empty.set_words(
            self.tr("You keep no package off"),
            self.tr("Report one from the unit that it ran in: it is stopped, and no unit of it comes back."),
        )
        self._note.setText(self.tr("No unit of these packages is leased to any of your machines."))
        self.let_in_button.setText(self.tr("Let it in again"))
        self.table.setAccessibleName(self.tr("Packages that you keep off"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(BlockColumn) - 1)
        self.table.viewport().update()
