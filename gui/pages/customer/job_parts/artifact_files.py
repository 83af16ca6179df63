"""A job's files on their way to this computer, one by one or all: what the artifacts' panel asks for."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from core.protocol.customer import Artifact
from gui.artifact_fetching import ArtifactFetching
from gui.models.artifacts import ArtifactsModel, Fetch
from gui.ui import Ui
from gui.widgets.banner import Banner

from .artifacts_panel import ArtifactsPanel
from .download_all import DownloadAll


class Start(Protocol):
    """`Page.start`: runs work whose failure is shown in the page's banner."""

    def __call__(self, work: Coroutine[Any, Any, None], *, retry: Callable[[], object]) -> object: ...


class ArtifactFiles(QObject):
    """`changed` after each that moved. Files go to `folder()`."""

    changed = Signal()

    def __init__(
        self, ui: Ui, model: ArtifactsModel, panel: ArtifactsPanel, banner: Banner, start: Start, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._ui = ui
        self._model = model
        self._start = start
        self._job_id = self._job_name = ""
        self._fetching: ArtifactFetching | None = None
        self.download_all = DownloadAll(ui.transfers, banner, panel.say, self)
        panel.fetch_wanted.connect(self.fetch)
        panel.stop_wanted.connect(self._stop)
        panel.show_wanted.connect(self._show_folder)
        panel.all_wanted.connect(self._fetch_all)

    def show_job(self, job_id: str) -> None:
        """Another job: files of the last that are on their way are stopped and forgotten."""
        if self._fetching is not None:
            self._fetching.stop_all()
            self._fetching.deleteLater()
        self._job_id = self._job_name = job_id
        self._fetching = ArtifactFetching(self._ui.session, job_id, self)
        self._fetching.changed.connect(self._put_fetch)
        for artifact_id in list(self._model.fetches):
            self._model.put_fetch(artifact_id, None)
        self.download_all.show_job(job_id)

    def name_job(self, name: str) -> None:
        """How a transfer of all its files is called."""
        self._job_name = name

    def folder(self) -> Path:
        downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        return Path(downloads or Path.home()) / "gpu-agent" / self._job_id

    def fetch(self, artifact: Artifact) -> None:
        if self._fetching is not None:
            self._start(self._fetching.fetch(artifact, self.folder()), retry=lambda: self.fetch(artifact))

    def _put_fetch(self, artifact_id: str, fetch: Fetch | None) -> None:
        self._model.put_fetch(artifact_id, fetch)
        self.changed.emit()

    def _stop(self, artifact: Artifact) -> None:
        if self._fetching is not None:
            self._fetching.stop(artifact.id)

    def _fetch_all(self) -> None:
        self.download_all.begin(self._job_name, self.folder())

    def _show_folder(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))  # never the file itself
