"""History and log: every unit that ever ran on an owner's machines and what it was allowed, what this computer's node
said, and the packages that are kept off."""

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QStackedWidget, QVBoxLayout, QWidget

from core.client.customer import AsyncClient, every_async
from core.protocol.customer import Page as ListPage
from core.protocol.node import Confinement
from core.protocol.owner import OwnerAttempt, PackageBlock

from ...amounts import size_words
from ...attempt_words import JOULES_PER_KWH, place_words
from ...clipboard import copy_text
from ...earnings_facts import energy_of, likely_micro, since
from ...models.owner_attempts import Going, HistoryColumn, HistoryModel, sent_bytes
from ...ui import Ui
from ...widgets.buttons import Segmented
from ...widgets.empty import EmptyState
from ...widgets.frames import Area, Line
from ...widgets.labels import ElidedLabel
from ...widgets.menus import style_menu
from ...widgets.sides import Sides
from ...widgets.tables import TableView
from .history_parts.attempt_panel import Around, AttemptPanel, is_confined
from .history_parts.blocking import Blocking
from .history_parts.filter_bar import FilterBar
from .history_parts.kept_off import KeptOff
from .history_parts.node_log import NodeLogPart
from .history_parts.past_here import PastHere
from .owner_page import PAGE_ROWS, OwnerPage

_SIDE_EM = 26.5
_ENOUGH_ROWS = 30  # a filter that leaves fewer has the list go on by itself
_MOST_BY_ITSELF = 2_000
_WIDTHS_EM = {
    HistoryColumn.ENDED: 8.6,
    HistoryColumn.UNIT: 14.4,
    HistoryColumn.TIME: 6.9,
    HistoryColumn.TRAFFIC: 6.4,
    HistoryColumn.EARNED: 8.4,
}
_LEFT_OUT_IF_NARROW = (HistoryColumn.TIME, HistoryColumn.TRAFFIC)
_VIEWS = ("units", "log", "blocked")
_Told = tuple[ListPage[OwnerAttempt], list[PackageBlock]]


class History(OwnerPage[_Told]):
    """The row that is current stands beside the list. `open` with `attempt_id` makes that one current, with `view`
    (`units`, `log`, `blocked`) shows that part."""

    key = "history"
    icon = "scroll-text"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._wanted = ""
        self.view = Segmented(theme, [(view, "") for view in _VIEWS])
        self.header.trailing.insertWidget(0, self.view)
        self.model = HistoryModel(self)
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.filter = FilterBar(theme)
        self._foot = ElidedLabel(theme, "", style="caption", colour="ink2")
        self._foot_note = ElidedLabel(theme, "", style="caption", colour="ink3")
        self._foot_note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.empty = EmptyState(theme, action=("", "cpu", lambda: ui.navigate("my_node")))
        self.panel = AttemptPanel(theme)
        self.sides = Sides(theme, self._list_part(), self.panel, theme.px(_SIDE_EM))
        self.node_log = NodeLogPart(ui)
        self.kept_off = KeptOff(theme)
        self.blocks = self.kept_off.model
        self.blocking = Blocking(self)
        self.past_here = PastHere(ui, self)
        self._views = QStackedWidget()
        for part in (self.sides, self.node_log, self.kept_off):
            self._views.addWidget(part)
        self.place_content(self._views)
        self._size_columns()
        self._connect()
        self.retranslate()
        self._filter()

    def _connect(self) -> None:
        self.view.chosen.connect(lambda _: self._show_view())
        self.filter.changed.connect(self._filter)
        self.filter.device_chosen.connect(self._ask_anew)
        self.model.more_wanted.connect(lambda cursor: self.load_older(self.model, cursor))
        self.model.came.connect(self._more_came)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.dataChanged):
            signal.connect(self._show_rows)
        self.table.selectionModel().currentChanged.connect(self._show_side)
        self.table.opened.connect(lambda _: self.sides.show_side())
        self.table.menu_wanted.connect(self._menu)
        self.panel.report_asked.connect(self.blocking.ask)
        self.panel.undo_asked.connect(self.blocking.undo)
        self.kept_off.let_in_wanted.connect(self.blocking.undo)
        for signal in (self.blocks.rowsInserted, self.blocks.rowsRemoved):
            signal.connect(self._show_side)
        self.past_here.changed.connect(self._show_side)
        self.blocking.blocked.connect(self._blocked)
        self.blocking.let_in.connect(self._was_let_in)
        self.blocking.uncertain.connect(lambda: self.question.ask(loud=False))

    # The window's calls

    def title(self) -> str:
        return self.tr("History and log")

    def open(self, **what: str) -> None:
        if what.get("view") in _VIEWS:
            self._choose_view(what["view"])
        if "attempt_id" in what:
            self._wanted = what["attempt_id"]
            self._choose_view("units")
            if self.filter.clear():
                self._ask_anew()
            self._filter()
            self._go_to_wanted()

    def search_here(self) -> None:
        if self.view.current() == "log":
            self.node_log.search.edit.setFocus()
            return
        self._choose_view("units")
        self.filter.search.edit.setFocus()

    def escape(self) -> bool:
        return self.sides.show_main()

    def side_panels(self) -> list[QWidget]:
        return [self.sides.side] if self.view.current() == "units" else []

    def set_narrow(self, narrow: bool) -> None:
        self.sides.set_narrow(narrow)
        for column in _LEFT_OUT_IF_NARROW:
            self.table.setColumnHidden(column, narrow)

    # Asking

    @property
    def device(self) -> str | None:
        return self.filter.device_id

    def _needs_server(self) -> bool:
        return self.view.current() != "log"

    def _export_since(self) -> datetime | None:
        return datetime.fromisoformat(self._since()) if self._since() else None

    def _since(self) -> str:
        days = self.filter.days
        return "" if days is None else since(days, datetime.now(UTC))

    async def _read_own(self, client: AsyncClient) -> _Told:
        attempts = await client.list_attempts(node_id=self.node_id, device=self.device, limit=PAGE_ROWS)
        blocks = every_async(lambda cursor: client.list_blocks(limit=PAGE_ROWS, cursor=cursor))
        return attempts, [block async for block in blocks]

    def put_answer(self, answer: _Told) -> None:
        self.past_here.ask()
        self.blocks.put_all(answer[1])
        self.model.show_since(self._since())
        self.model.put_first_page(answer[0])

    def _more_came(self) -> None:
        """A filter may have left nothing of what came: the list goes on then, and so where one unit is looked for, or
        where the foot is to tell all of a period."""
        self._go_to_wanted()
        few = self.model.rowCount() < _ENOUGH_ROWS or bool(self._wanted) or self.filter.days is not None
        if few and self.model.loaded_count < _MOST_BY_ITSELF:
            self.model.fetchMore(QModelIndex())
        if self.model.loaded_count and (self.model.all_loaded or self.model.loaded_count >= _MOST_BY_ITSELF):
            self._wanted = ""
        if not self.table.currentIndex().isValid() and self.model.rowCount() and not self._wanted:
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._name_devices()
        self._show_going()
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

    def _ask_anew(self) -> None:
        """Other units than those that are loaded."""
        self._choose_machine()

    def _filter(self) -> None:
        self.model.show_since(self._since())
        self.model.show_only(self.filter.which, self.filter.search.text())
        self._more_came()

    # Showing

    def current(self) -> OwnerAttempt | None:
        """The attempt whose row is current."""
        return self.model.row_at(self.table.currentIndex())

    def _names_changed(self) -> None:
        self.model.set_names(self.names)
        self._name_devices()
        self._show_side()

    def _rules_changed(self) -> None:
        self._show_side()

    def _node_changed(self) -> None:
        super()._node_changed()
        self._show_going()

    def _show_going(self) -> None:
        """What the node of this computer tells of what runs there."""
        status = self.ui.node.status
        units = {} if status is None else {unit.attempt_id: unit for unit in status.units}
        going = {}
        for row in self.model.rows:
            if row.outcome is None and row.id in units:
                unit = units[row.id]
                percent = None if unit.progress is None else int(unit.progress * 100)
                going[row.id] = Going(percent, likely_micro(row, unit, self.model.in_range))
        self.model.set_going(going)

    def _name_devices(self) -> None:
        """The GPUs of the machines that are chosen, and those that units ran on."""
        mine = [node for node in self.nodes if self.node_id in (None, node.id) and node.resources is not None]
        uuids = {gpu.uuid for node in mine if node.resources is not None for gpu in node.resources.gpus}
        uuids |= {row.gpu_uuid for row in self.model.in_range if row.gpu_uuid is not None}
        names = {uuid: place_words(uuid, self.names) for uuid in uuids}
        self.filter.set_devices(dict(sorted(names.items(), key=lambda one: one[1])))

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
        count = self.tr("{0} units") if self.model.is_whole else self.tr("the newest {0} units")
        parts = [self.filter.period_words(), count.format(f"{len(rows):,}")]
        moved = size_words(sum(row.input_bytes for row in rows)), size_words(sum(map(sent_bytes, rows)))
        parts.append(self.tr("in {0}, out {1}").format(*moved))
        energy = energy_of(rows, None)
        if energy.told:
            told = f"{energy.joules / JOULES_PER_KWH:,.2f} kWh"
            parts.append(told if energy.is_whole else self.tr("at least {0}").format(told))
        self._foot.setText(" · ".join(parts))

    def _show_side(self) -> None:
        attempt = self.current()
        self.sides.set_has_side(attempt is not None)
        self.sides.set_words(self.tr("Units"), self.tr("Unit"))
        if attempt is None:
            self.panel.show_attempt(None, Around(), None)
            return
        node = next((one for one in self.nodes if one.id == attempt.node_id), None)
        resources = None if node is None else node.resources
        box_works = resources is None or resources.confinement is not Confinement.NONE
        around = Around(
            place=self.model.place(attempt),
            tier="" if node is None else node.tier,
            is_confined=is_confined(attempt, box_works=box_works),
            electricity=self.electricity,
            past=self.past_here.of(attempt.id),
        )
        self.panel.show_attempt(attempt, around, self.blocks.block_of(attempt.package_digest))

    def _choose_view(self, key: str) -> None:
        self.view.choose(key)
        self._show_view()

    def _show_view(self) -> None:
        self._views.setCurrentIndex(_VIEWS.index(self.view.current()))
        self.export_button.setProperty("hidden_by_page", self.view.current() != "units")
        self.export_button.hide()  # until the header finds room for it
        self._fill_machines()
        self._show_state()
        self.order_focus()

    def _has_machines(self) -> bool:
        """The log is that of this computer alone."""
        return self.view.current() == "units" and super()._has_machines()

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

    # Laying out

    def _list_part(self) -> QWidget:
        theme, gap = self.ui.theme, self.ui.theme.gap
        part = Area(theme, "surface")
        foot = QHBoxLayout()
        foot.setContentsMargins(gap(20), gap(8), gap(20), gap(8))
        foot.setSpacing(gap(16))
        foot.addWidget(self._foot, 3)
        foot.addWidget(self._foot_note, 1)
        self._list_stack = QStackedWidget()
        self._list_stack.addWidget(self.table)
        self._list_stack.addWidget(self.empty)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter)
        column.addWidget(Line(theme))
        column.addWidget(self._list_stack, 1)
        column.addWidget(Line(theme))
        column.addLayout(foot)
        return part

    def _size_columns(self) -> None:
        header, px = self.table.horizontalHeader(), self.ui.theme.px
        header.setStretchLastSection(False)
        header.setSectionResizeMode(HistoryColumn.RESULT, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS_EM.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, px(width))

    def retranslate(self) -> None:
        super().retranslate()
        words = (self.tr("Units"), self.tr("Node log"), self.tr("Kept off"))
        self.view.set_choices(list(zip(_VIEWS, words, strict=True)))
        self.filter.retranslate()
        self._foot_note.setText(self.tr("Nothing of it is ever deleted"))
        self.empty.set_words(
            self.tr("Nothing has run here yet"),
            self.tr("Each unit that runs on your machines stands here for good, with what it was allowed."),
            self.tr("My node"),
        )
        self.table.setAccessibleName(self.tr("Units"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(HistoryColumn) - 1)
        self.table.viewport().update()
        self.panel.retranslate()
        self.node_log.retranslate()
        self.kept_off.retranslate()
        self._show_rows()
