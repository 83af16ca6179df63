"""The files that a job made, with how far each is on its way to this computer. Fetching is not the model's matter."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.customer import Artifact, ArtifactType

from ..amounts import local
from ..job_words import size
from ..widgets.tables import Role
from .rows import Index, RowsModel

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


class ArtifactsModel(RowsModel[Artifact]):
    """In the service's order. `ARTIFACT_ROLE` gives the Artifact, `FETCH_ROLE` its Fetch or None."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda artifact: artifact.id, parent=parent)
        self._fetches: dict[str, Fetch] = {}

    def put_fetch(self, artifact_id: str, fetch: Fetch | None) -> None:
        """How far a file is; None for one that nobody fetches."""
        if fetch is None:
            self._fetches.pop(artifact_id, None)
        else:
            self._fetches[artifact_id] = fetch
        place = self.row_of(artifact_id)
        if place is not None:
            self.show_row(place)

    @property
    def fetches(self) -> Mapping[str, Fetch]:
        return self._fetches

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        artifact = self.row_at(index)
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
        elif not artifact.open and _is_over(artifact):
            parts.append(translate("artifacts", "no longer kept"))
        elif not artifact.open:
            parts.append(translate("artifacts", "opens when its unit is completed"))
        if artifact.may_run_code:
            parts.append(translate("artifacts", "may run code when opened"))
        return " · ".join(parts)


def _is_over(artifact: Artifact) -> bool:
    """Whether the service keeps its bytes no more."""
    return artifact.expires_at is not None and local(artifact.expires_at) <= datetime.now(UTC)
