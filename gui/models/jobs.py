"""The customer's jobs as a table that loads a page at a time. How a row is worded and drawn is the delegate's."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.customer import TrainingJob

from .pages import PagesModel
from .rows import Index

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


class JobsModel(PagesModel[TrainingJob, TrainingJob]):
    """Newest first. `JOB_ROLE` gives the TrainingJob of a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_job_id, _job_id, len(JobColumn), parent)

    def put_job(self, job: TrainingJob) -> bool:
        """A job that changed; whether it is one of the rows."""
        place = self.row_of(job.id)
        if place is None:
            return False
        self._loaded[place] = job
        self._show()
        return True

    def _wanted_rows(self) -> Sequence[TrainingJob]:
        return self._loaded

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

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        job = self.row_at(index)
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


def _job_id(job: TrainingJob) -> str:
    return job.id
