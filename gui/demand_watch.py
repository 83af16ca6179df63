"""Asks what the network waits for, and has the owner told when it waits for a GPU of theirs that doesn't share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
from PySide6.QtCore import QObject, Signal

from .demand_facts import Here, may_tell, told_once_more, wanted_now
from .demand_words import because_words
from .minute_question import MinuteQuestion
from .node_link import LinkState, NodeLink
from .session import Session
from .settings import Settings, Told
from .tasks import Tasks

if TYPE_CHECKING:
    from core.client.customer import AsyncClient
    from core.protocol.owner import DemandRow

_PAGE_ROWS, _MOST_PAGES = 100, 5
_MIB = 1 << 20


def _now() -> datetime:
    return datetime.now().astimezone()


class DemandWatch(QObject):
    """`wanted` carries the Told that its owner is to hear. It asks by itself only while the owner wants to be told; a
    page that shows the demand hands over what it heard.
    `has_tray` says whether a message can be shown now; whoever makes the tray sets it."""

    wanted = Signal(object)

    def __init__(
        self,
        session: Session,
        node: NodeLink,
        tasks: Tasks,
        settings: Settings,
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__()
        self._session, self._node, self._settings = session, node, settings
        self._now = now
        self.has_tray: Callable[[], bool] = lambda: False
        self.question = MinuteQuestion(session, tasks, self._ask, lambda _, rows: self.take(rows), self)
        settings.changed.connect(self._follow_settings)
        self._follow_settings()

    def here(self) -> Here | None:
        """This computer, if a node of it answers, its rules are known, and it works for the server of the window."""
        node, client = self._node, self._session.client
        status, rules = node.status, node.rules.in_force
        if node.state is not LinkState.LIVE or status is None or rules is None or client is None:
            return None
        if urlsplit(status.server).netloc != urlsplit(client.base_url).netloc:
            return None
        free = shutil.disk_usage(node.data_dir if node.data_dir.is_dir() else node.data_dir.anchor).free // _MIB
        return Here(status, rules, psutil.cpu_count() or 1, free)

    def own_node_id(self, rows: list[DemandRow]) -> str | None:
        """The id of this computer's node among those that the server gives verdicts of: the one of its name."""
        status = self._node.status
        nodes = rows[0].nodes if rows else []
        named = [verdict.node_id for verdict in nodes if status is not None and verdict.node_name == status.node_name]
        return named[0] if named else None

    def take(self, rows: list[DemandRow]) -> None:
        """What waits now, by whoever asked."""
        alert, here, now = self._settings.value.wanted, self.here(), self._now()
        if here is None or not may_tell(alert, now):
            return
        found = wanted_now(rows, self.own_node_id(rows), here, alert)
        if found is not None:
            at = now.astimezone(UTC).isoformat(timespec="seconds")
            told = Told(at, found.units, found.gpu, because_words(here.status, found.gpu))
            self._settings.change(wanted=told_once_more(alert, told))
            self.wanted.emit(told)

    def stop(self) -> None:
        """Ask no more, for good."""
        self._settings.changed.disconnect(self._follow_settings)
        self.question.set_on(False)

    def _follow_settings(self) -> None:
        self.question.set_on(self._settings.value.wanted.on)

    def _ask(self, client: AsyncClient) -> Coroutine[Any, Any, list[DemandRow]] | None:
        """Nobody can be told of work for a node that doesn't answer."""
        return read_demand(client) if self._node.state is LinkState.LIVE else None


async def read_demand(client: AsyncClient) -> list[DemandRow]:
    """The classes of which units wait, five hundred at most. Raises ServerError, ClientError."""
    rows: list[DemandRow] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_demand(limit=_PAGE_ROWS, cursor=cursor)
        rows += page.data
        cursor = page.page.next_cursor
        if cursor is None:
            break
    return rows
