"""The customer's jobs as a table that loads a page at a time. Fetching is the page's matter: the model says what it
wants by `more_wanted`. How a row is worded and drawn is the delegate's."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal

from core.printable import printable
from core.protocol.customer import Page, TrainingJob

from .row_diff import diff_rows

Index = QModelIndex | QPersistentModelIndex
JOB_ROLE = Qt.ItemDataRole.UserRole


class JobColumn(IntEnum):
    """The columns, from the left."""

    NAME = 0
    STATE = 1
    PROGRESS = 2
    CREDITS = 3
    CONTENT = 4
    CREATED = 5
    ACTIONS = 6


class JobsModel(QAbstractTableModel):
    """Newest first. `JOB_ROLE` gives the TrainingJob of a row."""

    more_wanted = Signal(str)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._jobs: list[TrainingJob] = []
        self._cursor: str | None = None
        self._asked = False

    # What the page puts in

    def put_first_page(self, page: Page[TrainingJob]) -> None:
        """The newest rows; older rows that were loaded stay, as long as the list goes on behind the page."""
        known = {job.id for job in page.data}
        behind = [job for job in self._jobs if job.id not in known] if page.page.has_more else []
        if page.data and behind:
            oldest = page.data[-1].created_at
            behind = [job for job in behind if job.created_at <= oldest]
        self._put([*page.data, *behind])
        if not behind:
            self._cursor = page.page.next_cursor if page.page.has_more else None
        self._asked = False

    def put_more(self, page: Page[TrainingJob]) -> None:
        """The page that `more_wanted` asked for."""
        known = {job.id for job in self._jobs}
        self._put([*self._jobs, *(job for job in page.data if job.id not in known)])
        self._cursor = page.page.next_cursor if page.page.has_more else None
        self._asked = False

    def put_job(self, job: TrainingJob) -> bool:
        """A job that changed; whether it is one of the rows."""
        for row, known in enumerate(self._jobs):
            if known.id == job.id:
                if known != job:
                    self._change(row, job)
                return True
        return False

    def more_failed(self) -> None:
        """The page could not be had: the next scroll asks again."""
        self._asked = False

    def clear(self) -> None:
        """Other filters: what was loaded is another list."""
        self._cursor, self._asked = None, False
        self._put([])

    # What the view reads

    @property
    def jobs(self) -> Sequence[TrainingJob]:
        return self._jobs

    @property
    def all_loaded(self) -> bool:
        return self._cursor is None

    def job_at(self, index: Index) -> TrainingJob | None:
        return self._jobs[index.row()] if index.isValid() and index.row() < len(self._jobs) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(JobColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == JobColumn.CREDITS:
            return int(Qt.AlignmentFlag.AlignRight)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        translate = QCoreApplication.translate
        return {
            JobColumn.NAME: translate("jobs", "Name"),
            JobColumn.STATE: translate("jobs", "State"),
            JobColumn.PROGRESS: translate("jobs", "Progress"),
            JobColumn.CREDITS: translate("jobs", "Cost (credits)"),
            JobColumn.CONTENT: translate("jobs", "Dataset / package"),
            JobColumn.CREATED: translate("jobs", "Created") + " ↓",
        }.get(JobColumn(section), "")

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        return not parent.isValid() and self._cursor is not None and not self._asked

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit(self._cursor)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        job = self.job_at(index)
        if job is None:
            return None
        if role == JOB_ROLE:
            return job
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(job, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{printable(job.name)}, {job.status.value}, {job.progress:.0%}"
        return None

    def _text(self, job: TrainingJob, column: int) -> str:
        match column:
            case JobColumn.NAME:
                return printable(job.name)
            case JobColumn.STATE:
                return job.status.value
            case JobColumn.PROGRESS:
                return f"{job.progress:.0%}"
            case JobColumn.CREDITS:
                return job.credits.charged
            case JobColumn.CREATED:
                return job.created_at
        return ""

    # Diffing

    def _put(self, jobs: Sequence[TrainingJob]) -> None:
        diff_rows(
            self._jobs,
            jobs,
            key=lambda job: job.id,
            remove=self._remove,
            insert=self._insert,
            change=self._change,
        )

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._jobs[first : last + 1]
        self.endRemoveRows()

    def _insert(self, position: int, jobs: Sequence[TrainingJob]) -> None:
        self.beginInsertRows(QModelIndex(), position, position + len(jobs) - 1)
        self._jobs[position:position] = jobs
        self.endInsertRows()

    def _change(self, row: int, job: TrainingJob) -> None:
        self._jobs[row] = job
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(JobColumn) - 1))
