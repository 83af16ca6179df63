"""Datasets: what is stored, in versions, with a look at the first rows or pictures; drops anywhere begin an upload."""

import asyncio
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QVBoxLayout, QWidget

from core.client.customer import AsyncClient
from core.printable import printable
from core.protocol.events import DatasetEvent, GapEvent
from core.protocol.uploads import ContentStatus, StoredContent

from ...amounts import files_words, size_words
from ...content_entries import ContentEntry
from ...models.files import FileColumn
from ...models.versions import VersionColumn, VersionsModel
from ...theme.tokens import RESOURCES
from ...transfer_messages import source_name
from ...transfers import TransferState
from ...ui import Ui
from ...version_facts import facts_of, version_before
from ...widgets.buttons import Button
from ...widgets.chips import StateText, Tag
from ...widgets.frames import Area, Panel
from ...widgets.header import IdLabel
from ...widgets.labels import ElidedLabel, Label
from ...widgets.tables import TableView
from .content_parts.change_notice import ChangeNotice
from .content_parts.content_page import ContentPage
from .content_parts.preview_panel import PreviewPanel

EXAMPLE = RESOURCES / "examples" / "digits" / "digits.csv"
_MOST_VERSIONS_SEEN = 4
_MOST_ASKED_ABOUT = 20
_MOST_FILES_SEEN = 5


class _Detail(Area):
    """One dataset: name, version, facts, preview, versions."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme, "surface")
        theme = ui.theme
        self.name = ElidedLabel(theme, "", style="subtitle", weight="strong")
        self.version = Tag(theme)
        self.state = StateText(theme, "completed", "")
        self.facts = Label(theme, "", colour="ink2")
        self.digest = IdLabel(theme)
        self.train_button = Button(theme, "", "play")
        self.more_button = Button(theme, "", "ellipsis")
        self.notice = ChangeNotice(ui)
        self.preview = PreviewPanel(ui)
        self.versions_title = Label(theme, "", weight="strong")
        self.versions_note = Label(theme, "", style="caption", colour="ink3")
        self.versions = VersionsModel(self)
        self.table = TableView(theme)
        self.table.setModel(self.versions)
        self.files_title = Label(theme, "", weight="strong")
        self.files_table = TableView(theme)
        self.files_table.setModel(self.preview.files_model)
        self.files_panel = Panel(theme)
        for signal in (self.preview.files_model.rowsInserted, self.preview.files_model.rowsRemoved):
            signal.connect(self._show_files)
        self._lay_out()
        self._show_files()

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.gap
        head, titles = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(gap(8))
        for widget in (self.name, self.version, self.state, self.facts, self.digest):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.train_button)
        head.addWidget(self.more_button)
        titles.setSpacing(gap(8))
        titles.addWidget(self.versions_title)
        titles.addWidget(self.versions_note)
        titles.addStretch(1)
        self.panel = Panel(theme)
        inner = QVBoxLayout(self.panel)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        for panel in (self.panel, self.files_panel):
            panel.keep_corners()
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(20), gap(14), gap(20), gap(20))
        column.setSpacing(gap(10))
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(self.preview)
        column.addSpacing(gap(4))
        column.addLayout(titles)
        column.addWidget(self.panel)
        column.addSpacing(gap(4))
        column.addWidget(self.files_title)
        column.addWidget(self.files_panel)
        column.addStretch(1)
        beneath = QVBoxLayout(self.files_panel)
        beneath.setContentsMargins(1, 1, 1, 1)
        beneath.addWidget(self.files_table)
        self.files_table.setColumnWidth(FileColumn.NAME, gap(420))
        self.files_table.setColumnWidth(FileColumn.SIZE, gap(120))
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        for index, width in enumerate((80, 130, 90, 180, 120, 44)):
            self.table.setColumnWidth(index, gap(width))
        header.setSectionResizeMode(VersionColumn.USED_BY, QHeaderView.ResizeMode.Stretch)

    def _show_files(self) -> None:
        count = self.preview.files_model.rowCount()
        for widget in (self.files_title, self.files_panel):
            widget.setVisible(count > 0)
        _fit(self.files_table, min(_MOST_FILES_SEEN, count))

    def show_versions(self, versions: tuple[StoredContent, ...]) -> None:
        self.versions.put_rows(versions)
        _fit(self.table, min(_MOST_VERSIONS_SEEN, len(versions)))
        for widget in (self.versions_title, self.versions_note, self.panel):
            widget.setVisible(bool(versions))


def _fit(table: TableView, rows: int) -> None:
    """As high as its header and so many rows."""
    each = table.verticalHeader().defaultSectionSize()
    table.setFixedHeight(table.horizontalHeader().height() + each * max(1, rows))


class Datasets(ContentPage):
    """`open(dataset_id=…)` selects one."""

    key = "datasets"
    icon = "database"
    kind = "datasets"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        self.content = _Detail(ui)
        self._asking: asyncio.Task[None] | None = None
        self._asked_about: tuple[str, ...] = ()
        super().__init__(ui, self.content, parent)
        self.content.notice.send.connect(self._send_again)
        self.content.train_button.clicked.connect(self._train)
        self.content.more_button.clicked.connect(self._open_more)
        self.content.table.menu_wanted.connect(self._version_menu)
        self.content.table.opened.connect(self._look_at_version)
        self.content.table.clicked.connect(self._version_clicked)
        self.retranslate()
        self.show_entry(None)

    def title(self) -> str:
        return self.tr("Datasets")

    def take(self, paths: list[Path]) -> None:
        for path in paths:
            name = source_name(path)
            self.ui.transfers.upload("datasets", path, name)
            self.select(name)

    def _send_again(self, path: Path, name: str) -> None:
        self.ui.transfers.upload("datasets", path, name)

    def use_example(self) -> None:
        self.ui.transfers.upload("datasets", EXAMPLE, "digits")
        self.select("digits")

    def is_about(self, event: object) -> bool:
        return isinstance(event, DatasetEvent | GapEvent)

    def open(self, **what: str) -> None:
        if "choose" in what:
            self.choose(what["choose"])
            return
        self.go_to(what.get("dataset_id") or what.get("name", ""))

    def show_entry(self, entry: ContentEntry | None) -> None:
        content, detail = entry.newest if entry is not None else None, self.content
        detail.setVisible(entry is not None)
        if entry is None:
            detail.preview.show_content("datasets", None)
            detail.notice.watch(None)
            return
        detail.name.setText(printable(entry.name))
        detail.version.setVisible(content is not None)
        detail.version.set_text(f"v{content.version}" if content is not None else "")
        detail.state.setVisible(content is not None)
        detail.facts.setText(self._facts(content))
        detail.digest.set_id(content.digest or "" if content is not None else "")
        if entry.transfer is not None and entry.transfer.state is TransferState.RETRYING:
            kept = entry.transfer.fraction or 0.0
            detail.state.show()
            detail.state.set_state("retrying", self.tr("Retrying, {0}% kept").format(f"{kept * 100:.0f}"))
        elif content is not None:
            state, words = self._state(content.status)
            detail.state.set_state(state, words)
        usable = entry.usable
        newest_is_usable = usable is not None and usable is content
        train = self.tr("Train with it") if newest_is_usable or usable is None else self.tr("Train with v{0}")
        detail.train_button.setText(train.format(usable.version if usable is not None else ""))
        detail.train_button.setEnabled(usable is not None)
        detail.more_button.setEnabled(content is not None)
        detail.show_versions(entry.versions)
        self._ask_about(entry.versions)
        detail.preview.show_content("datasets", usable.id if usable is not None else None)
        detail.notice.watch(usable if entry.transfer is None else None)

    def _ask_about(self, versions: tuple[StoredContent, ...]) -> None:
        """What the versions don't say of themselves, once; another dataset that is shown meanwhile wins."""
        client = self.ui.session.client
        ids = tuple(one.id for one in versions if one.status is ContentStatus.READY)
        if client is None or ids == self._asked_about:
            return
        if self._asking is not None:
            self._asking.cancel()
        self._asked_about = ids
        self._asking = self.ui.tasks.start(
            self._learn(client, versions), owner=self, on_trouble=lambda trouble: self._ask_again()
        )

    def _ask_again(self) -> None:
        self._asked_about = ()

    async def _learn(self, client: AsyncClient, versions: tuple[StoredContent, ...]) -> None:
        for content in [one for one in versions if one.status is ContentStatus.READY][:_MOST_ASKED_ABOUT]:
            facts = await facts_of(client, content, version_before(versions, content))
            self.content.versions.put_facts(content.id, facts)

    def shown(self) -> None:
        super().shown()
        self._ask_again()
        entry = self.selected()
        if entry is not None:
            self._ask_about(entry.versions)

    def _state(self, status: ContentStatus) -> tuple[str, str]:
        """The glyph, and the word beside it where the glyph alone wouldn't do."""
        match status:
            case ContentStatus.READY:
                return "completed", ""
            case ContentStatus.REJECTED:
                return "rejected", self.tr("Rejected")
            case ContentStatus.UPLOADING:
                return "paused", self.tr("Not finished")

    def _facts(self, content: StoredContent | None) -> str:
        if content is None or content.size_bytes is None or content.file_count is None:
            return ""
        parts = [size_words(content.size_bytes), files_words(content.file_count)]
        return " · ".join(parts)

    def _train(self) -> None:
        entry = self.selected()
        if entry is not None and entry.usable is not None:
            self.ui.navigate("new_job", dataset_id=entry.usable.id)

    def _open_more(self) -> None:
        entry = self.selected()
        if entry is not None and entry.newest is not None:
            button = self.content.more_button
            self._menu(entry.newest, button.mapToGlobal(button.rect().bottomLeft()))

    def _version_menu(self, index: QModelIndex, place: QPoint) -> None:
        content = self.content.versions.row_at(index)
        if content is not None:
            self._menu(content, place)

    def _menu(self, content: StoredContent, place: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        copy = menu.addAction(self.tr("Copy id"))
        copy.triggered.connect(partial(QGuiApplication.clipboard().setText, content.id))
        delete = menu.addAction(self.tr("Delete v{0}").format(content.version))
        delete.triggered.connect(partial(self.ask_delete, content))
        menu.popup(place)

    def _version_clicked(self, index: QModelIndex) -> None:
        if index.column() == VersionColumn.ACTIONS:
            table = self.content.table
            self._version_menu(index, table.viewport().mapToGlobal(table.visualRect(index).bottomLeft()))

    def _look_at_version(self, index: QModelIndex) -> None:
        content = self.content.versions.row_at(index)
        if content is not None and content.status is ContentStatus.READY:
            self.content.preview.show_content("datasets", content.id)

    def retranslate(self) -> None:
        super().retranslate()
        self.choose_file_button.setText(self.tr("Choose file"))
        self.choose_folder_button.setText(self.tr("Choose folder"))
        self.search.set_placeholder(self.tr("Find a dataset"))
        self.drop_place.set_words(
            self.tr("Drop a file or folder anywhere"), self.tr("Unfinished uploads go on where they stopped.")
        )
        self.empty.set_words(
            self.tr("Add your first dataset"),
            self.tr("A file or folder: CSV, images, anything your code reads. Only you and your jobs can see it."),
            self.tr("Choose folder"),
            self.tr("Use the bundled example"),
        )
        self.content.preview.retranslate()
        self.content.notice.retranslate()
        self.content.versions_title.setText(self.tr("Versions"))
        self.content.files_title.setText(self.tr("Files"))
        self.content.versions_note.setText(self.tr("unchanged chunks are kept once"))
        self.content.more_button.describe(self.tr("More"))
        self.content.table.horizontalHeader().viewport().update()
        self.show_entry(self.selected())
