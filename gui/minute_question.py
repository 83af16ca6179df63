"""What the window asks its server for once a minute while its owner wants to hear of it, with no page in sight."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

from .session import Session
from .tasks import Tasks
from .trouble import Trouble

if TYPE_CHECKING:
    from core.client.customer import AsyncClient

T = TypeVar("T")
_ASK_MS = 60_000


class MinuteQuestion(QObject, Generic[T]):
    """`work` asks a client, or gives None where an answer would be of no use now; `put` takes the answer, with the
    client that gave it. Where this access is refused it asks no more. The line's state and the pages tell failures."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        work: Callable[[AsyncClient], Coroutine[Any, Any, T] | None],
        put: Callable[[AsyncClient, T], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._tasks = session, tasks
        self._work, self._put = work, put
        self.refused_by: AsyncClient | None = None
        self.timer = QTimer(self, interval=_ASK_MS)
        self.timer.timeout.connect(self._ask)

    def set_on(self, on: bool) -> None:
        """Whether it is asked at all."""
        if not on:
            self.timer.stop()
        elif not self.timer.isActive():
            self.timer.start()

    def _ask(self) -> None:
        client = self._session.client
        if client is None or client is self.refused_by or (work := self._work(client)) is None:
            return

        def failed(trouble: Trouble) -> None:
            if trouble.is_of_key or trouble.is_of_scope:
                self.refused_by = client

        self._tasks.start(work, on_done=lambda answer: self._put(client, answer), owner=self, on_trouble=failed)
