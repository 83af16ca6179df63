"""What the pages of datasets and of training packages share: the list, drops and choosing, transfers, deleting.

What stands beside the list is each page's own.
"""

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.client.customer import ContentKind
from core.printable import printable
from core.protocol.customer import Page as ListPage
from core.protocol.uploads import StoredContent

from ....content_entries import ContentEntry
from ....models.uploads import UploadsModel, version_words
from ....transfer_memory import UploadWish
from ....transfers import ENDED, Transfer, TransferState
from ....ui import Ui
from ....widgets.buttons import Button
from ....widgets.empty import EmptyState
from ....widgets.fields import Field
from ....widgets.frames import Area, Line
from ....widgets.tables import RowList
from ....widgets.tabs import Tabs
from ...page import Page
from .drop_place import DropPlace, DropWatch
from .transfer_panel import TransferPanel

_RELOAD_MS = 300
_PAGE_ROWS = 50
_ENOUGH_ROWS = 30  # a search that leaves fewer has the list go on by itself
_LONGEST_TAB = 24
_QT_WIDEST = 16_777_215  # what Qt means by no limit


class ContentPage(Page):
    """A subclass sets `kind`, makes `detail` and overrides `take` and `show_entry`."""

    kind: ClassVar[ContentKind] = "datasets"
    drop_icon: ClassVar[str] = "folder-input"
    file_icon: ClassVar[str] = "file-plus"

    def __init__(self, ui: Ui, detail: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self.model = UploadsModel(self.kind, self)
        self.model.put_transfers(list(ui.transfers))
        self._key = ""
        self._wanted = ""  # what was asked for and may stand on a page of the list that isn't loaded yet
        self._shown: ContentEntry | None = None
        self._client: object = None
        self._loaded = False
        self.choose_file_button = Button(theme, "", self.file_icon)
        self.choose_folder_button = Button(theme, "", "folder-plus")
        self.header.set_actions([self.choose_file_button, self.choose_folder_button])
        self.search = Field(theme, "", icon="search")
        self.search.edit.setAcceptDrops(False)  # a file that is dropped on it is for the page
        self.list = RowList(theme)
        self.list.setModel(self.model)
        self.drop_place = DropPlace(theme, self.drop_icon)
        self.transfer_panel = TransferPanel(theme)
        self.detail = detail
        self.empty = EmptyState(
            theme, action=("", "folder-plus", self.choose_folder), second=("", "flask-conical", self.use_example)
        )
        self._reload_soon = QTimer(self, singleShot=True, interval=_RELOAD_MS)
        self._reload_soon.timeout.connect(self._load)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        theme, gap = self.ui.theme, self.ui.theme.gap
        self._left = left = Area(theme, "surface")
        left.setFixedWidth(theme.size("list_column"))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, below in ((self.search, gap(10)), (self.drop_place, gap(12))):
            row = QHBoxLayout()
            row.setContentsMargins(gap(12), gap(10), gap(12), below)
            row.addWidget(widget)
            column.addLayout(row)
            if widget is self.search:
                column.addWidget(Line(theme))
                column.addWidget(self.list, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.detail)
        self._right = QStackedWidget()
        self._right.addWidget(scroll)
        self._right.addWidget(self.empty)
        self._beside = QWidget()
        right = QVBoxLayout(self._beside)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.transfer_panel)
        right.addWidget(self._right, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(left)
        self._line = Line(theme, upright=True)
        row.addWidget(self._line)
        row.addWidget(self._beside, 1)
        self._narrow = False
        self._tabs = Tabs(theme)
        self._tabs.hide()
        self._tabs.chosen.connect(self._show_sides)
        self.body.addWidget(self._tabs)
        self.body.addLayout(row, 1)

    def _connect(self) -> None:
        self.choose_file_button.clicked.connect(self.choose_file)
        self.choose_folder_button.clicked.connect(self.choose_folder)
        self.search.changed.connect(self._search)
        self.model.more_wanted.connect(self._load_more)
        self.model.came.connect(self._more_came)
        self.list.opened.connect(lambda index: self._tabs.choose(1))
        self.model.dataChanged.connect(self._rows_changed)
        self.model.rowsInserted.connect(self._rows_changed)
        self.model.rowsRemoved.connect(self._rows_changed)
        selection = self.list.selectionModel()
        selection.currentChanged.connect(self._select)
        drops = DropWatch(self)
        drops.dropped.connect(self.take)
        drops.over.connect(self.drop_place.set_over)
        transfers = self.ui.transfers
        for signal in (transfers.added, transfers.changed, transfers.removed):
            signal.connect(self._transfers_changed)
        transfers.finished.connect(self._transfer_finished)
        self.transfer_panel.pause.connect(transfers.pause)
        self.transfer_panel.resume.connect(transfers.resume)
        self.transfer_panel.remove.connect(transfers.remove)
        self.ui.session.state_changed.connect(self._session_changed)
        self.ui.session.event_came.connect(self._event_came)
        self._transfers_changed()

    # What a subclass says

    def take(self, paths: list[Path]) -> None:
        """Files and folders were dropped or chosen."""
        raise NotImplementedError

    def use_example(self) -> None:
        """Take the bundled example."""
        raise NotImplementedError

    def show_entry(self, entry: ContentEntry | None) -> None:
        """Show it beside the list."""
        raise NotImplementedError

    def is_about(self, event: object) -> bool:
        """Whether the event says that something of this list has changed."""
        raise NotImplementedError

    # Choosing

    def choose(self, what: str) -> None:
        """`file` or `folder`, as another page asks for it."""
        QTimer.singleShot(0, self, self.choose_file if what == "file" else self.choose_folder)

    def choose_file(self) -> None:
        """Ask for a file, without stopping the loop."""
        self._ask(QFileDialog.FileMode.ExistingFile)

    def choose_folder(self) -> None:
        """Ask for a folder."""
        self._ask(QFileDialog.FileMode.Directory)

    def file_filter(self) -> str:
        """What the dialog for files shows; empty for all."""
        return ""

    def _ask(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, self.title())
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.Directory:
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        elif self.file_filter():
            dialog.setNameFilter(self.file_filter())
        dialog.fileSelected.connect(lambda path: self.take([Path(path)]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Loading

    def shown(self) -> None:
        self._session_changed()
        if self._client is not None:
            self._load()

    def _load(self) -> None:
        client = self.ui.session.client
        if client is None:
            return
        self.start(client.list_content(self.kind, limit=_PAGE_ROWS), on_done=self._put_first_page, retry=self._load)

    def _put_first_page(self, page: ListPage[StoredContent]) -> None:
        self._loaded = True
        self.model.put_first_page(page)
        self._show_right()

    def _more_came(self) -> None:
        self._go_on()
        if self.model.all_loaded:
            self._wanted = ""  # it is nowhere
        if not self.list.currentIndex().isValid() and self.model.rowCount() and not self._wanted:
            self.select(self._key)

    def _go_on(self) -> None:
        """What is looked for may stand on a page that isn't loaded: the list goes on until it came."""
        self._go_to_wanted()
        if self._wanted or (self.search.text() and self.model.rowCount() < _ENOUGH_ROWS):
            self.model.fetchMore(QModelIndex())

    def _load_more(self, cursor: str) -> None:
        self.load_more(self.model, lambda client: client.list_content(self.kind, limit=_PAGE_ROWS, cursor=cursor))

    def _session_changed(self) -> None:
        if self.ui.session.client is not self._client:
            self._client = self.ui.session.client
            self._loaded = False
            self.model.clear()
            self._show_right()
            if self.isVisible():
                self._load()

    def _event_came(self, event: object) -> None:
        if self.is_about(event):
            self._reload_soon.start()

    # Selection

    def go_to(self, wanted: str) -> None:
        """Select what has this id or name once it is loaded; until then, what is current stays so."""
        self._wanted = wanted
        self.search.set_text("")
        self._go_on()

    def _go_to_wanted(self) -> None:
        if not self._wanted:
            return
        entry = next((entry for entry in self.model.rows if entry.is_known_as(self._wanted)), None)
        if entry is not None:
            self._wanted = ""
            self.select(entry.key)
            self.list.scrollTo(self.list.currentIndex())

    def _search(self, text: str) -> None:
        self.model.search(text)
        self._go_on()

    def select(self, key: str) -> None:
        """Select the row of this key, or the first one. Where there is room for one side, it is the detail's."""
        row = self.model.row_of(key)
        self.list.setCurrentIndex(self.model.index(row or 0, 0))
        if row is not None:
            self._tabs.choose(1)

    def selected(self) -> ContentEntry | None:
        return self.model.row_at(self.list.currentIndex())

    def _select(self, current: QModelIndex, before: QModelIndex) -> None:
        entry = self.model.row_at(current)
        self._key = entry.key if entry is not None else ""
        self._shown = entry
        self.show_entry(entry)
        self._name_tabs()
        self._show_transfer()

    def _rows_changed(self) -> None:
        self._show_right()
        entry = self.selected()
        if entry != self._shown:
            self._shown = entry
            self.show_entry(entry)

    def _show_right(self) -> None:
        nothing = self.model.is_empty() and (self._loaded or self._client is None)
        self._right.setCurrentIndex(1 if nothing else 0)
        self._show_sides()

    # Transfers

    def _transfers_changed(self) -> None:
        self.model.put_transfers(list(self.ui.transfers))
        self._show_transfer()

    def _transfer_finished(self, id: str) -> None:
        wish = self.ui.transfers[id].wish
        if isinstance(wish, UploadWish) and wish.kind == self.kind:
            self._key = wish.name
            self._load()

    def _show_transfer(self) -> None:
        mine = [one for one in self.ui.transfers if self._is_shown(one)]
        entry = self.selected()
        chosen = entry.transfer if entry is not None else None
        active = [one for one in mine if one.state not in ENDED]
        shown = [one for one in (chosen, *active, *mine) if one is not None]
        self.transfer_panel.show_transfer(shown[0] if shown else None)

    def _is_shown(self, transfer: Transfer) -> bool:
        wish = transfer.wish
        return isinstance(wish, UploadWish) and wish.kind == self.kind and transfer.state is not TransferState.DONE

    # Deleting: one question, in place

    def ask_delete(self, content: StoredContent) -> None:
        """Ask once, with the consequence in the button."""
        self.banner.keep_saying(lambda: self._say_delete(content))

    def _say_delete(self, content: StoredContent) -> None:
        what = f"{printable(content.name)} {version_words(content)}"
        self.banner.say(
            self.tr("Delete {0}?").format(what),
            self.tr("Jobs that run keep it until they end. This can't be undone."),
            "warning",
            [
                (self.tr("Delete {0}").format(what), "trash-2", lambda: self._delete(content)),
                (self.tr("Keep it"), None, self.banner.clear),
            ],
            closable=False,
        )

    def _delete(self, content: StoredContent) -> None:
        client = self.ui.session.client
        self.banner.clear()
        if client is not None:
            self.start(
                client.delete_content(self.kind, content.id),
                on_done=lambda _: self.model.remove_stored(content.id),
                retry=lambda: self._delete(content),
            )

    def side_panels(self) -> list[QWidget]:
        return [self._right]

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        width = self.ui.theme.size("list_column")
        self._left.setMinimumWidth(0 if narrow else width)
        self._left.setMaximumWidth(_QT_WIDEST if narrow else width)
        self.drop_place.setVisible(not narrow)
        self._show_sides()

    def _show_sides(self) -> None:
        """List and detail beside each other, or the one whose tab is chosen; with nothing in the list, what to do."""
        nothing = self._right.currentIndex() == 1
        self._tabs.setVisible(self._narrow and not nothing)
        self._left.setVisible(not self._narrow or (self._tabs.current == 0 and not nothing))
        self._line.setVisible(not self._narrow)
        self._beside.setVisible(not self._narrow or self._tabs.current == 1 or nothing)

    def _name_tabs(self) -> None:
        entry = self.selected()
        name = printable(entry.name) if entry is not None else "–"
        self._tabs.set_words([self.title(), name if len(name) <= _LONGEST_TAB else f"{name[:_LONGEST_TAB]}…"])

    def retranslate(self) -> None:
        super().retranslate()
        self._name_tabs()
        self.transfer_panel.retranslate()
        self.list.viewport().update()

    def search_here(self) -> None:
        self.search.edit.setFocus()
