"""The files that a job made, with how far each is on its way to this computer. Fetching is not the model's matter."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.printable import printable
from core.protocol.customer import Artifact, ArtifactType

from ..job_words import size
from ..widgets.tables import Role
from .row_diff import diff_rows

Index = QModelIndex | QPersistentModelIndex
ARTIFACT_ROLE = Qt.ItemDataRole.UserRole
FETCH_ROLE = Qt.ItemDataRole.UserRole + 100
translate = QCoreApplication.translate
_ICONS = {
    ArtifactType.CHECKPOINT: "box",
    ArtifactType.METRICS: "activity",
    ArtifactType.LOGS: "scroll-text",
    ArtifactType.OUTPUT: "package",
}


class FetchState(StrEnum):
    """Where a file is on its way."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Fetch(msgspec.Struct, frozen=True):
    """A file on its way, there, or not to be had. `path` is where it is once it is there."""

    state: FetchState
    done_bytes: int = 0
    total_bytes: int = 0
    words: str = ""
    path: str | None = None


class ArtifactsModel(QAbstractListModel):
    """In the service's order. `ARTIFACT_ROLE` gives the Artifact, `FETCH_ROLE` its Fetch or None."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Artifact] = []
        self._fetches: dict[str, Fetch] = {}

    def put_artifacts(self, artifacts: Sequence[Artifact]) -> None:
        """The job's artifacts now."""
        diff_rows(
            self._rows,
            artifacts,
            key=lambda artifact: artifact.id,
            remove=self._remove,
            insert=self._insert,
            change=self._change,
        )

    def put_fetch(self, artifact_id: str, fetch: Fetch | None) -> None:
        """How far a file is; None for one that nobody fetches."""
        if fetch is None:
            self._fetches.pop(artifact_id, None)
        else:
            self._fetches[artifact_id] = fetch
        for row, artifact in enumerate(self._rows):
            if artifact.id == artifact_id:
                index = self.index(row)
                self.dataChanged.emit(index, index)

    @property
    def fetches(self) -> Mapping[str, Fetch]:
        return self._fetches

    def artifact_at(self, index: Index) -> Artifact | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        artifact = self.artifact_at(index)
        if artifact is None:
            return None
        fetch = self._fetches.get(artifact.id)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return printable(artifact.name)
            case Role.SECOND:
                return self._second(artifact, fetch)
            case Role.ICON:
                return _ICONS[artifact.type]
            case Role.ID:
                return artifact.id
            case _ if role == ARTIFACT_ROLE:
                return artifact
            case _ if role == FETCH_ROLE:
                return fetch
        return None

    def _second(self, artifact: Artifact, fetch: Fetch | None) -> str:
        if fetch is not None and fetch.state is FetchState.RUNNING:
            return fetch.words
        if fetch is not None and fetch.state is FetchState.FAILED:
            return fetch.words
        kinds = {
            ArtifactType.CHECKPOINT: translate("artifacts", "checkpoint"),
            ArtifactType.METRICS: translate("artifacts", "metrics"),
            ArtifactType.LOGS: translate("artifacts", "logs"),
            ArtifactType.OUTPUT: translate("artifacts", "output"),
        }
        parts = [kinds[artifact.type], size(artifact.size_bytes)]
        if fetch is not None and fetch.state is FetchState.DONE:
            parts = [size(artifact.size_bytes), translate("artifacts", "checksum matches")]
        elif not artifact.open:
            parts.append(translate("artifacts", "opens when its unit is completed"))
        if artifact.may_run_code:
            parts.append(translate("artifacts", "may run code when opened"))
        return " · ".join(parts)

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._rows[first : last + 1]
        self.endRemoveRows()

    def _insert(self, position: int, artifacts: Sequence[Artifact]) -> None:
        self.beginInsertRows(QModelIndex(), position, position + len(artifacts) - 1)
        self._rows[position:position] = artifacts
        self.endInsertRows()

    def _change(self, row: int, artifact: Artifact) -> None:
        self._rows[row] = artifact
        index = self.index(row)
        self.dataChanged.emit(index, index)
