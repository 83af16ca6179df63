"""The customer's training jobs: filters, a list that loads by page and follows events, limits along the bottom."""

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QStackedWidget, QVBoxLayout, QWidget

from core.client.customer import AsyncClient, every_async
from core.printable import printable
from core.protocol.customer import JobStatus, TrainingJob
from core.protocol.customer import Page as ListPage
from core.protocol.events import DatasetEvent, GapEvent, JobEvent, TrainingPackageEvent, UnitEvent, job_after
from core.protocol.uploads import StoredContent
from gui.models.jobs import JobColumn, JobsModel
from gui.models.uploads import version_words
from gui.pages.page import Page
from gui.ui import Ui
from gui.widgets.buttons import Button, Segmented
from gui.widgets.empty import EmptyState
from gui.widgets.fields import Combo, Field
from gui.widgets.tables import TableView

from .jobs_parts.job_delegate import JobDelegate
from .jobs_parts.limits_bar import LimitsBar

_PAGE_ROWS = 50
_TYPED_MS, _EVENTS_MS = 300, 500
_PROGRESS_EM, _NARROW_PROGRESS_EM = 15, 11.5
_STATUSES: dict[str, list[str] | None] = {
    "all": None,
    "active": [JobStatus.PLANNING.value, JobStatus.QUEUED.value, JobStatus.RUNNING.value],
    "completed": [JobStatus.COMPLETED.value],
    "failed": [JobStatus.FAILED.value],
    "cancelled": [JobStatus.CANCELLED.value],
}


class JobsPage(Page):
    """Enter or a double click opens a job; the menu of a row has the rest."""

    key = "jobs"
    icon = "workflow"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._contents: dict[str, str] = {}
        self._wanted = 0
        self.model = JobsModel(self)
        self.status = Segmented(theme, [(key, "") for key in _STATUSES])
        self.dataset, self.package = Combo(theme), Combo(theme)
        self.search = Field(theme, icon="search")
        self._refresh = Button(theme, "", "refresh-cw")
        self._new = Button(theme, "", "plus", "primary")
        self.table = TableView(theme, two_lines=True, whole_page=True)
        self.table.setModel(self.model)
        self.table.setItemDelegate(JobDelegate(theme, self._contents, self.table))
        self.empty = EmptyState(theme, action=("", "plus", self._new_job), second=("", "database", self._go_to_data))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.limits = LimitsBar(theme)
        self._lay_out()
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._soon = QTimer(self, singleShot=True, interval=_EVENTS_MS)
        self._limits_soon = QTimer(self, singleShot=True, interval=_EVENTS_MS)
        self._connect()

    def _lay_out(self) -> None:
        gap = self.ui.theme.gap
        self.search.setMinimumWidth(self.ui.theme.px(9))
        self.search.setMaximumWidth(self.ui.theme.px(15))
        self._filters, self._more_filters = QHBoxLayout(), QHBoxLayout()
        rows = QVBoxLayout()
        rows.setContentsMargins(gap(20), gap(10), gap(20), gap(10))
        rows.setSpacing(gap(8))
        for row in (self._filters, self._more_filters):
            row.setSpacing(gap(8))
            rows.addLayout(row)
        self.body.addLayout(rows)
        self._place_filters(narrow=False)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.limits)
        header, px = self.table.horizontalHeader(), self.ui.theme.px
        header.setStretchLastSection(False)
        header.setSectionResizeMode(JobColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in (
            (JobColumn.STATE, 9.3),
            (JobColumn.PROGRESS, _PROGRESS_EM),
            (JobColumn.CREDITS, 9.5),
            (JobColumn.CONTENT, 12.2),
            (JobColumn.CREATED, 10),
            (JobColumn.ACTIONS, 4),
        ):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, px(width))

    def _place_filters(self, *, narrow: bool) -> None:
        """All in one row, or in two where there isn't room."""
        first, second = self._filters, self._more_filters
        for row in (first, second):
            while row.takeAt(0) is not None:
                pass
        contents = second if narrow else first
        first.addWidget(self.status)
        contents.addWidget(self.dataset)
        contents.addWidget(self.package)
        contents.addStretch(1)
        contents.addWidget(self.search, 2)
        if narrow:
            first.addStretch(1)
        first.addWidget(self._refresh)

    def _connect(self) -> None:
        self.status.chosen.connect(self._filter)
        for combo in (self.dataset, self.package):
            combo.activated.connect(self._filter)
        self.search.changed.connect(self._typed.start)
        self._typed.timeout.connect(self._filter)
        self._soon.timeout.connect(self._load)
        self._limits_soon.timeout.connect(self._load_limits)
        self._refresh.clicked.connect(self.reload)
        self._new.clicked.connect(self._new_job)
        self.table.opened.connect(self._open)
        self.table.clicked.connect(self._clicked)
        self.table.menu_wanted.connect(self._menu)
        self.model.more_wanted.connect(self._load_more)
        self.ui.session.event_came.connect(self._hear)

    # The window's calls

    def title(self) -> str:
        return self.tr("Training jobs")

    def shown(self) -> None:
        self._load()
        self._load_contents()

    def search_here(self) -> None:
        self.search.edit.setFocus()
        self.search.edit.selectAll()

    def set_narrow(self, narrow: bool) -> None:
        self._place_filters(narrow=narrow)
        self.limits.set_narrow(narrow)
        for column in (JobColumn.CONTENT, JobColumn.CREATED):
            self.table.setColumnHidden(column, narrow)
        width = self.ui.theme.px(_NARROW_PROGRESS_EM if narrow else _PROGRESS_EM)
        self.table.horizontalHeader().resizeSection(JobColumn.PROGRESS, width)

    # Loading

    def _query(self, client: AsyncClient, cursor: str | None) -> "ListQuery":
        return ListQuery(
            client,
            _STATUSES[self.status.current()],
            self.dataset.currentData(),
            self.package.currentData(),
            self.search.text().strip() or None,
            cursor,
        )

    def _filter(self) -> None:
        """Other filters are another list: what comes late for the last one is thrown away."""
        self.model.clear()
        self._load()

    def _load(self) -> None:
        client = self.ui.session.client
        if client is None:
            self._show_empty()
            return
        self._wanted += 1
        wanted = self._wanted
        self.start(
            self._query(client, None).ask(), on_done=lambda page: self._first_page(wanted, page), retry=self._load
        )
        self._load_limits()

    def _load_limits(self) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(client.limits(), on_done=self.limits.show_limits)

    def _first_page(self, wanted: int, page: ListPage[TrainingJob]) -> None:
        if wanted == self._wanted:
            self.model.put_first_page(page)
            self._show_empty()

    def _load_more(self, cursor: str) -> None:
        client = self.ui.session.client
        if client is None:
            self.model.more_failed()
            return
        wanted = self._wanted
        task = self.start(self._query(client, cursor).ask(), on_done=lambda page: self._more(wanted, page))
        task.add_done_callback(
            lambda done: None if not done.cancelled() and done.exception() is None else self._failed()
        )

    def _more(self, wanted: int, page: ListPage[TrainingJob]) -> None:
        if wanted == self._wanted:
            self.model.put_more(page)
            self._show_empty()
        else:
            self.model.more_failed()

    def _failed(self) -> None:
        self.model.more_failed()

    def _load_contents(self) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(_contents(client), on_done=self._put_contents)

    def _put_contents(self, contents: tuple[list[StoredContent], list[StoredContent]]) -> None:
        for combo, rows in zip((self.dataset, self.package), contents, strict=True):
            chosen = combo.currentData()
            while combo.count() > 1:
                combo.removeItem(1)
            for row in rows:
                words = f"{printable(row.name)} {version_words(row)}"
                self._contents[row.id] = words
                combo.add(words, row.id)
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
        self.table.viewport().update()

    def _hear(self, event: object) -> None:
        """A customer's event: rows change by what it tells. The list is asked anew, once for many of them, for jobs
        that are not in it and where a filter may let one in or out."""
        if not self.isVisible():
            return
        if isinstance(event, JobEvent | UnitEvent):
            before = next((one for one in self.model.rows if one.id == event.training_job_id), None)
            if before is not None:
                self.model.put_job(job_after(before, event))
            moved = isinstance(event, JobEvent) and (before is None or before.status is not event.status)
            if moved and (before is None or self.status.current() != "all"):
                self._soon.start()
            elif moved:
                self._limits_soon.start()
        elif isinstance(event, GapEvent):
            self._soon.start()
        elif isinstance(event, DatasetEvent | TrainingPackageEvent):
            self._load_contents()

    def _show_empty(self) -> None:
        filtered = self.status.current() != "all" or self.dataset.currentData() or self.package.currentData()
        none = not self.model.rows
        bare = none and not filtered and not self.search.text()
        self._stack.setCurrentWidget(self.empty if bare else self.table)
        words = self.tr("Nothing matches these filters") if none else ""
        if not none and self.model.all_loaded:
            words = self.tr("All loaded")
        self.limits.loaded.setText(words)

    # Actions

    def _new_job(self) -> None:
        self.ui.navigate("new_job")

    def _go_to_data(self) -> None:
        self.ui.navigate("datasets")

    def _open(self, index: QModelIndex) -> None:
        job = self.model.row_at(index)
        if job is not None:
            self.ui.navigate("job", job_id=job.id)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == JobColumn.ACTIONS:
            place = self.table.visualRect(index).bottomLeft()
            self._menu(index, self.table.viewport().mapToGlobal(place))

    def _menu(self, index: QModelIndex, place: QPoint) -> None:
        job = self.model.row_at(index)
        if job is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), lambda: self.ui.navigate("job", job_id=job.id))
        menu.addAction(self.tr("Start again"), lambda: self.ui.navigate("new_job", again=job.id))
        menu.addAction(self.tr("Copy id"), lambda: QGuiApplication.clipboard().setText(job.id))
        menu.popup(place)

    def retranslate(self) -> None:
        super().retranslate()
        self.status.set_choices(
            [
                ("all", self.tr("All")),
                ("active", self.tr("Active")),
                ("completed", self.tr("Completed")),
                ("failed", self.tr("Failed")),
                ("cancelled", self.tr("Cancelled")),
            ]
        )
        every = (self.tr("Dataset: all"), self.tr("Package: all"))
        for combo, words in zip((self.dataset, self.package), every, strict=True):
            if combo.count():
                combo.setItemText(0, words)
            else:
                combo.add(words, None)
            combo.setAccessibleName(words)
            combo.updateGeometry()
        self.search.set_placeholder(self.tr("Find by name or id"))
        self._refresh.describe(self.tr("Load again (F5)"))
        self._new.setText(self.tr("New job"))
        self.header.set_actions([self._new])
        self.table.setAccessibleName(self.title())
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(JobColumn) - 1)
        self.empty.set_words(
            self.tr("No training jobs yet"),
            self.tr(
                "A job takes a dataset and a training package and runs them on other people's GPUs. "
                "You see what it can cost before you launch it."
            ),
            self.tr("New job"),
            self.tr("Add a dataset first"),
        )
        self._show_empty()


class ListQuery:
    """One page of the list under the filters as they were when it was asked for."""

    def __init__(
        self,
        client: AsyncClient,
        statuses: list[str] | None,
        dataset_id: str | None,
        package_id: str | None,
        q: str | None,
        cursor: str | None,
    ) -> None:
        self._client = client
        self._filters = (statuses, dataset_id, package_id, q)
        self._cursor = cursor

    async def ask(self) -> ListPage[TrainingJob]:
        statuses, dataset_id, package_id, q = self._filters
        return await self._client.list_jobs(
            statuses=statuses,
            dataset_id=dataset_id,
            training_package_id=package_id,
            q=q,
            limit=_PAGE_ROWS,
            cursor=self._cursor,
        )


async def _contents(client: AsyncClient) -> tuple[list[StoredContent], list[StoredContent]]:
    """Datasets and packages, newest first."""
    datasets = [row async for row in every_async(lambda cursor: client.list_content("datasets", cursor=cursor))]
    packages = [
        row async for row in every_async(lambda cursor: client.list_content("training-packages", cursor=cursor))
    ]
    return datasets, packages
