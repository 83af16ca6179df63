"""History: every unit that ever ran on an owner's machines, what it was allowed, and the packages that are kept off."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QStackedWidget, QVBoxLayout, QWidget

from core.client.customer import AsyncClient, every_async
from core.protocol.customer import Page as ListPage
from core.protocol.node import Confinement
from core.protocol.owner import OwnerAttempt, PackageBlock

from ...amounts import size_words
from ...clipboard import copy_text
from ...models.blocked_packages import BlockColumn, BlockedPackagesModel
from ...models.owner_attempts import HistoryColumn, HistoryModel, Which, sent_bytes
from ...ui import Ui
from ...widgets.buttons import Button, Segmented
from ...widgets.empty import EmptyState
from ...widgets.fields import Field
from ...widgets.frames import Area, Line
from ...widgets.labels import ElidedLabel
from ...widgets.menus import style_menu
from ...widgets.sides import Sides
from ...widgets.tables import TableView
from .history_parts.attempt_panel import AttemptPanel, is_confined
from .history_parts.blocking import Blocking
from .owner_page import PAGE_ROWS, OwnerPage

_SIDE_EM, _SEARCH_EM = 26.5, 14.0
_ENOUGH_ROWS = 30  # a filter that leaves fewer has the list go on by itself
_MOST_BY_ITSELF = 2_000
_WIDTHS_EM = {
    HistoryColumn.ENDED: 8.6,
    HistoryColumn.UNIT: 14.8,
    HistoryColumn.TIME: 7.2,
    HistoryColumn.TRAFFIC: 7.9,
    HistoryColumn.EARNED: 6.0,
}
_LEFT_OUT_IF_NARROW = (HistoryColumn.TIME, HistoryColumn.TRAFFIC)
_WHICH: tuple[Which, ...] = ("all", "paid", "waiting", "nothing")
_Told = tuple[ListPage[OwnerAttempt], list[PackageBlock]]


class History(OwnerPage[_Told]):
    """The row that is current stands beside the list. `open` with `attempt_id` makes that one current."""

    key = "history"
    icon = "scroll-text"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._wanted = ""
        self.view = Segmented(theme, [("units", ""), ("blocked", "")])
        self.header.trailing.insertWidget(0, self.view)
        self.model = HistoryModel(self)
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.which = Segmented(theme, [(which, "") for which in _WHICH])
        self.search = Field(theme, "", icon="search")
        self.search.setMaximumWidth(theme.px(_SEARCH_EM))
        self._foot = ElidedLabel(theme, "", style="caption", colour="ink2")
        self.empty = EmptyState(theme, action=("", "cpu", lambda: ui.navigate("my_node")))
        self.panel = AttemptPanel(theme)
        self.sides = Sides(theme, self._list_part(), self.panel, theme.px(_SIDE_EM))
        self.blocks = BlockedPackagesModel(self)
        self.blocked_table = TableView(theme, two_lines=True, whole_page=True)
        self.blocked_table.setModel(self.blocks)
        self.let_in_button = Button(theme, "", "undo-2")
        self.no_blocks = EmptyState(theme)
        self.blocking = Blocking(self)
        self._views = QStackedWidget()
        self._views.addWidget(self.sides)
        self._views.addWidget(self._blocked_part())
        self.place_content(self._views)
        self._size_columns()
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.view.chosen.connect(lambda _: self._show_view())
        self.which.chosen.connect(lambda _: self._filter())
        self.search.changed.connect(lambda _: self._filter())
        self.model.more_wanted.connect(lambda cursor: self.load_older(self.model, cursor))
        self.model.came.connect(self._more_came)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.dataChanged):
            signal.connect(self._show_rows)
        self.table.selectionModel().currentChanged.connect(self._show_side)
        self.table.opened.connect(lambda _: self.sides.show_side())
        self.table.menu_wanted.connect(self._menu)
        self.panel.report_asked.connect(self.blocking.ask)
        self.panel.undo_asked.connect(self.blocking.undo)
        self.blocked_table.selectionModel().currentChanged.connect(self._show_blocked)
        self.blocked_table.installEventFilter(self)
        self.let_in_button.clicked.connect(self._let_in)
        for signal in (self.blocks.rowsInserted, self.blocks.rowsRemoved):
            signal.connect(self._show_blocked)
        self.blocking.blocked.connect(self._blocked)
        self.blocking.let_in.connect(self._was_let_in)
        self.blocking.uncertain.connect(lambda: self.question.ask(loud=False))

    # The window's calls

    def title(self) -> str:
        return self.tr("History")

    def open(self, **what: str) -> None:
        if "attempt_id" in what:
            self._wanted = what["attempt_id"]
            self._choose_view("units")
            self.which.choose("all")
            self.search.set_text("")
            self._filter()
            self._go_to_wanted()

    def search_here(self) -> None:
        self._choose_view("units")
        self.search.edit.setFocus()

    def escape(self) -> bool:
        return self.sides.show_main()

    def side_panels(self) -> list[QWidget]:
        return [self.sides.side] if self.view.current() == "units" else []

    def set_narrow(self, narrow: bool) -> None:
        self.sides.set_narrow(narrow)
        self.search.setVisible(not narrow)
        for column in _LEFT_OUT_IF_NARROW:
            self.table.setColumnHidden(column, narrow)

    # Asking

    async def _read_own(self, client: AsyncClient) -> _Told:
        attempts = await client.list_attempts(node_id=self.node_id, limit=PAGE_ROWS)
        blocks = every_async(lambda cursor: client.list_blocks(limit=PAGE_ROWS, cursor=cursor))
        return attempts, [block async for block in blocks]

    def put_answer(self, answer: _Told) -> None:
        self.blocks.put_all(answer[1])
        self.model.put_first_page(answer[0])

    def _more_came(self) -> None:
        """A filter may have left nothing of what came: the list goes on then, and so where one unit is looked for."""
        self._go_to_wanted()
        few = self.model.rowCount() < _ENOUGH_ROWS or bool(self._wanted)
        if few and self.model.loaded_count < _MOST_BY_ITSELF:
            self.model.fetchMore(QModelIndex())
        if self.model.loaded_count and (self.model.all_loaded or self.model.loaded_count >= _MOST_BY_ITSELF):
            self._wanted = ""
        if not self.table.currentIndex().isValid() and self.model.rowCount() and not self._wanted:
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_rows()

    def _go_to_wanted(self) -> None:
        place = self.model.row_of(self._wanted) if self._wanted else None
        if place is not None:
            self._wanted = ""
            self.table.setCurrentIndex(self.model.index(place, 0))
            self.table.scrollTo(self.table.currentIndex())
            self.sides.show_side()

    def _forget(self) -> None:
        self.model.clear()
        if self.ui.session.client is None or not self.nodes:
            self.blocks.put_all([])
        self._show_rows()

    def _filter(self) -> None:
        which = next(one for one in _WHICH if one == self.which.current())
        self.model.show_only(which, self.search.text())
        self._more_came()

    # Showing

    def current(self) -> OwnerAttempt | None:
        """The attempt whose row is current."""
        return self.model.row_at(self.table.currentIndex())

    def _names_changed(self) -> None:
        self.model.set_names(self.names)
        self._show_side()

    def _show_rows(self) -> None:
        nothing_ran = self._loaded and self.model.loaded_count == 0
        self._list_stack.setCurrentWidget(self.empty if nothing_ran else self.table)
        self._show_foot()
        self._show_side()

    def _show_foot(self) -> None:
        rows = self.model.rows
        if not rows:
            words = self.tr("Nothing here fits the filter.") if self.model.loaded_count else ""
            self._foot.setText(words)
            return
        count = self.tr("All {0} units") if self.model.is_whole else self.tr("The newest {0} units")
        if len(rows) != self.model.loaded_count:
            count = self.tr("{0} units of those loaded")
        moved = self.tr("in {0}, out {1}").format(
            size_words(sum(row.input_bytes for row in rows)), size_words(sum(map(sent_bytes, rows)))
        )
        self._foot.setText(f"{count.format(f'{len(rows):,}')} · {moved}")

    def _show_side(self) -> None:
        attempt = self.current()
        self.sides.set_has_side(attempt is not None)
        self.sides.set_words(self.tr("Units"), self.tr("Unit"))
        if attempt is None:
            self.panel.show_attempt(None, place="", block=None, confined=True)
            return
        self.panel.show_attempt(
            attempt,
            place=self.model.place(attempt),
            block=self.blocks.block_of(attempt.package_digest),
            confined=is_confined(attempt, box_works=self._box_works(attempt.node_id)),
        )

    def _box_works(self, node_id: str) -> bool:
        node = next((one for one in self.nodes if one.id == node_id), None)
        resources = None if node is None else node.resources
        return resources is None or resources.confinement is not Confinement.NONE

    def _choose_view(self, key: str) -> None:
        self.view.choose(key)
        self._show_view()

    def _show_view(self) -> None:
        self._views.setCurrentIndex(0 if self.view.current() == "units" else 1)
        self.order_focus()

    # Keeping packages off

    def _blocked(self, block: PackageBlock) -> None:
        self.blocks.put_block(block)
        self.question.changed_here()
        self._show_side()
        self._ask_soon()

    def _was_let_in(self, id: str) -> None:
        self.blocks.remove(id)
        self.question.changed_here()
        self._show_side()

    def _let_in(self) -> None:
        block = self.blocks.row_at(self.blocked_table.currentIndex())
        if block is not None:
            self.blocking.undo(block)

    def _show_blocked(self) -> None:
        none = self.blocks.rowCount() == 0
        self._blocked_stack.setCurrentWidget(self.no_blocks if none else self.blocked_table)
        self.let_in_button.setVisible(not none)
        self.let_in_button.setEnabled(self.blocked_table.currentIndex().isValid())
        self._show_side()

    # By mouse and keyboard

    def _menu(self, index: QModelIndex, place: QPoint) -> None:
        attempt = self.model.row_at(index)
        if attempt is None:
            return
        menu = QMenu(self)
        style_menu(self.ui.theme, menu)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy the unit's id"), lambda: copy_text(attempt.compute_unit_id))
        if attempt.package_digest:
            menu.addAction(self.tr("Copy the package's digest"), lambda: copy_text(attempt.package_digest))
            if self.blocks.block_of(attempt.package_digest) is None:
                menu.addSeparator()
                menu.addAction(self.tr("Report and stop this"), lambda: self.blocking.ask(attempt))
        menu.popup(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.blocked_table and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if Qt.Key(event.key()) is Qt.Key.Key_Delete:
                if not event.isAutoRepeat():
                    self._let_in()
                return True
            return False
        return super().eventFilter(watched, event)

    # Laying out

    def _list_part(self) -> QWidget:
        theme, gap = self.ui.theme, self.ui.theme.gap
        part = Area(theme, "surface")
        bar, foot = QHBoxLayout(), QHBoxLayout()
        for row in (bar, foot):
            row.setContentsMargins(gap(20), gap(8), gap(20), gap(8))
            row.setSpacing(gap(8))
        bar.addWidget(self.which)
        bar.addStretch(1)
        bar.addWidget(self.search)
        foot.addWidget(self._foot, 1)
        self._list_stack = QStackedWidget()
        self._list_stack.addWidget(self.table)
        self._list_stack.addWidget(self.empty)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Line(theme))
        column.addWidget(self._list_stack, 1)
        column.addWidget(Line(theme))
        column.addLayout(foot)
        return part

    def _blocked_part(self) -> QWidget:
        theme, gap = self.ui.theme, self.ui.theme.gap
        part = Area(theme, "surface")
        self._blocked_stack = QStackedWidget()
        self._blocked_stack.addWidget(self.blocked_table)
        self._blocked_stack.addWidget(self.no_blocks)
        self._blocked_note = ElidedLabel(theme, "", style="caption", colour="ink3")
        bar = QHBoxLayout()
        bar.setContentsMargins(gap(20), gap(8), gap(20), gap(8))
        bar.setSpacing(gap(8))
        bar.addWidget(self._blocked_note, 1)
        bar.addWidget(self.let_in_button)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Line(theme))
        column.addWidget(self._blocked_stack, 1)
        return part

    def _size_columns(self) -> None:
        header, px = self.table.horizontalHeader(), self.ui.theme.px
        header.setStretchLastSection(False)
        header.setSectionResizeMode(HistoryColumn.RESULT, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS_EM.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, px(width))
        header = self.blocked_table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(BlockColumn.PACKAGE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(BlockColumn.SINCE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(BlockColumn.SINCE, px(13))

    def retranslate(self) -> None:
        super().retranslate()
        self.view.set_choices([("units", self.tr("Units")), ("blocked", self.tr("Kept off"))])
        self.which.set_choices(
            [
                ("all", self.tr("All")),
                ("paid", self.tr("Paid")),
                ("waiting", self.tr("Waiting")),
                ("nothing", self.tr("Earned nothing")),
            ]
        )
        self.search.set_placeholder(self.tr("Unit or package"))
        self.search.edit.setAccessibleName(self.tr("Find a unit or package by its id"))
        self.empty.set_words(
            self.tr("Nothing has run here yet"),
            self.tr("Each unit that runs on your machines stands here for good, with what it was allowed."),
            self.tr("My node"),
        )
        self.no_blocks.set_words(
            self.tr("You keep no package off"),
            self.tr("Report one from the unit that it ran in: it is stopped, and no unit of it comes back."),
        )
        self._blocked_note.setText(self.tr("No unit of these packages is leased to any of your machines."))
        self.let_in_button.setText(self.tr("Let it in again"))
        self.table.setAccessibleName(self.tr("Units"))
        self.blocked_table.setAccessibleName(self.tr("Packages that you keep off"))
        across = Qt.Orientation.Horizontal
        self.model.headerDataChanged.emit(across, 0, len(HistoryColumn) - 1)
        self.blocks.headerDataChanged.emit(across, 0, len(BlockColumn) - 1)
        for table in (self.table, self.blocked_table):
            table.viewport().update()
        self.panel.retranslate()
        self._show_rows()
        self._show_blocked()
