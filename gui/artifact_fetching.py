"""Fetches single artifacts in threads, so that nothing blocks; who wants all of a job's files takes gui.transfers."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from core.client.customer import Client
from core.client.download import pull_artifacts
from core.client.errors import ClientError
from core.errors import ApiError
from core.protocol.customer import Artifact

from .job_words import size
from .models.artifacts import Fetch, FetchState
from .session import Session
from .transfer_pace import Pace
from .trouble import trouble_of

_SECONDS_BETWEEN_WORDS = 0.1


class _Stopped(ClientError):
    """Its reader stopped it."""


class ArtifactFetching(QObject):
    """`changed` carries an artifact's id and its Fetch, or None after it was stopped. Threads end with `stop_all`."""

    changed = Signal(str, object)
    _moved = Signal(str, int, int)

    def __init__(self, session: Session, job_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job_id = job_id
        self._stops: dict[str, threading.Event] = {}
        self._paces: dict[str, Pace] = {}
        self._moved.connect(self._show)  # queued: it comes from a thread

    async def fetch(self, artifact: Artifact, folder: Path) -> None:
        """Bring one file below `folder`. Raises ServerError, ClientError; a stopped one just ends."""
        session = self._session
        if session.server is None or session.api_key is None or artifact.id in self._stops:
            return
        stop = self._stops[artifact.id] = threading.Event()
        self._paces[artifact.id] = Pace()
        self.changed.emit(artifact.id, Fetch(FetchState.RUNNING, 0, artifact.size_bytes, size(artifact.size_bytes)))
        address, key, insecure = session.server.address, session.api_key, session.server.insecure
        progress = self._progress(artifact.id, stop)

        def pull() -> str:
            with Client(address, key, insecure=insecure) as client:
                return pull_artifacts(client, self._job_id, folder, only={artifact.id}, progress=progress)[0].path

        try:
            path = await asyncio.to_thread(pull)
        except _Stopped:
            self.changed.emit(artifact.id, None)
        except (ApiError, ClientError) as error:
            self.changed.emit(artifact.id, Fetch(FetchState.FAILED, words=trouble_of(error).title))
            raise
        else:
            self.changed.emit(artifact.id, Fetch(FetchState.DONE, path=path))
        finally:
            stop.set()
            self._stops.pop(artifact.id, None)

    def stop(self, artifact_id: str) -> None:
        """What came stays as a part and is gone on from the next time."""
        if artifact_id in self._stops:
            self._stops[artifact_id].set()

    def stop_all(self) -> None:
        for stop in self._stops.values():
            stop.set()

    def _progress(self, artifact_id: str, stop: threading.Event) -> Callable[[int, int], None]:
        told = 0.0

        def tell(done: int, total: int) -> None:
            nonlocal told
            if stop.is_set():
                raise _Stopped("Stopped.", hint="")
            now = time.monotonic()
            if now - told >= _SECONDS_BETWEEN_WORDS:
                told = now
                self._moved.emit(artifact_id, done, total)

        return tell

    def _show(self, artifact_id: str, done: int, total: int) -> None:
        if artifact_id not in self._stops:
            return
        pace = self._paces[artifact_id]
        pace.add(time.monotonic(), done)
        speed, left = pace.bytes_per_second(), pace.seconds_left(done, total)
        words = f"{done / total:.0%}" if total else size(done)
        if speed is not None and left is not None:
            words += f" · {size(speed)}/s · {QCoreApplication.translate('artifacts', '{0} s').format(round(left))}"
        self.changed.emit(artifact_id, Fetch(FetchState.RUNNING, done, total, words))
