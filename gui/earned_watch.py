"""What this computer earned today and this week, as the connected server tells its owner: for My node and the tray.

Days are UTC days and weeks begin on Monday, as the service counts: the page Earnings adds up to the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from core.client.customer import every_async

from .node_link import NodeLink
from .owned_machines import own_node, read_nodes
from .session import Line, Session
from .tasks import Tasks
from .trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.client.customer import AsyncClient
    from core.protocol.node_control import NodeStatus
    from core.protocol.owner import EarningRow

_SOON_MS = 800
_PAGE_ROWS = 100
_DAYS = 7


class Unknown(StrEnum):
    """Why nothing is known. `elsewhere`: the node works for another server than the window is connected to;
    `not_mine`: that server names no machine of this access that is surely this computer."""

    NO_SERVER = "no_server"
    ELSEWHERE = "elsewhere"
    NO_RIGHT = "no_right"
    NOT_MINE = "not_mine"
    NOT_TOLD = "not_told"
    ASKING = "asking"


class Earned(msgspec.Struct, frozen=True):
    """As of `heard_at` (UTC). `waiting`: units that ended here and are still checked, among the newest `of_newest`
    where there were more."""

    heard_at: datetime
    today_micro: int
    week_micro: int
    waiting: int
    of_newest: int | None = None


def sums_of(rows: Iterable[EarningRow], now: datetime) -> tuple[int, int]:
    """Micro-credits of today and of the week until now. `now` is in UTC."""
    today, week = now.date(), now.date() - timedelta(days=now.weekday())
    days = [(date.fromisoformat(row.date), row.earned_micro) for row in rows]
    return sum(micro for day, micro in days if day == today), sum(micro for day, micro in days if week <= day <= today)


def _now() -> datetime:
    return datetime.now(UTC)


class EarnedWatch(QObject):
    """`changed` when something else is known. It asks when a server or a node comes, when a unit begins or ends here,
    and by `ask`, for whoever looks now; one question at a time."""

    changed = Signal()

    def __init__(self, session: Session, node: NodeLink, tasks: Tasks, *, now: Callable[[], datetime] = _now) -> None:
        super().__init__()
        self._session, self._node, self._tasks, self._now = session, node, tasks, now
        self._of: tuple[AsyncClient | None, str | None] = (None, None)
        self._units: frozenset[str] = frozenset()
        self._line = session.line
        self._earned: Earned | None = None
        self._unknown = Unknown.NO_SERVER
        self._is_asking = self._once_more = False
        self._number = 0
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.ask)
        session.state_changed.connect(self._look)
        session.balance_changed.connect(self._soon.start)
        node.changed.connect(self._look)

    @property
    def earned(self) -> Earned | None:
        """What is known of today; what was heard yesterday says nothing of it."""
        known = self._earned
        return known if known is not None and known.heard_at.date() == self._now().date() else None

    @property
    def unknown(self) -> Unknown:
        """Why `earned` is None."""
        return self._unknown

    @property
    def is_stale(self) -> bool:
        """Whether the server can't be asked now: what is known was so at `heard_at`."""
        return self._unknown is Unknown.NOT_TOLD or self._session.line is not Line.LIVE

    def ask(self) -> None:
        """Ask the server, unless it is sure that it has no answer for this access."""
        client, status = self._session.client, self._node.status
        if client is None or status is None or self._unknown in (Unknown.ELSEWHERE, Unknown.NO_RIGHT):
            return
        if self._is_asking:
            self._once_more = True
            return
        self._is_asking, number = True, self._number
        self._tasks.start(
            self._read(client, status),
            on_done=lambda told: self._hear(told, number),
            owner=self,
            on_trouble=lambda trouble: self._failed(trouble, number),
        )

    def stop(self) -> None:
        """Ask no more, for good."""
        self._session.state_changed.disconnect(self._look)
        self._session.balance_changed.disconnect(self._soon.start)
        self._node.changed.disconnect(self._look)
        self._soon.stop()

    # ---- how --------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Another server or node: nothing is known. A unit that began or ended: the server knows more soon."""
        client, status = self._session.client, self._node.status
        of = client, None if status is None else f"{status.server} {status.node_name}"
        units = frozenset() if status is None else frozenset(unit.attempt_id for unit in status.units)
        line, self._line = self._line, self._session.line
        if of != self._of:
            self._of, self._units = of, units
            self._number += 1
            self._is_asking = self._once_more = False
            self._earned, self._unknown = None, _first_word(client, status)
            self.changed.emit()
            self.ask()
        elif units != self._units:
            self._units = units
            self._soon.start()
        if line is not self._line:
            self.changed.emit()  # what is known is stale now, or no longer

    async def _read(self, client: AsyncClient, status: NodeStatus) -> Earned | None:
        node = own_node(await read_nodes(client), status, client.base_url)
        if node is None:
            return None
        now, id = self._now(), node.id
        days = every_async(
            lambda cursor: client.list_earnings(by="day", days=_DAYS, node_id=id, limit=_PAGE_ROWS, cursor=cursor)
        )
        rows = [row async for row in days]
        attempts = await client.list_attempts(node_id=id, limit=_PAGE_ROWS)
        waiting = sum(one.payment == "waiting" and one.finished_at is not None for one in attempts.data)
        of_newest = _PAGE_ROWS if attempts.page.next_cursor is not None else None
        return Earned(now, *sums_of(rows, now), waiting, of_newest)

    def _hear(self, told: Earned | None, number: int) -> None:
        if number == self._number:
            self._earned = told
            self._unknown = Unknown.NOT_MINE if told is None else Unknown.ASKING
            self._answered()

    def _failed(self, trouble: Trouble, number: int) -> None:
        """What is known stays, and is stale; the status bar says how the line is, Earnings what the server refuses."""
        if number == self._number:
            if trouble.is_refusal:
                self._earned = None
            self._unknown = Unknown.NO_RIGHT if trouble.is_refusal else Unknown.NOT_TOLD
            self._answered()

    def _answered(self) -> None:
        again, self._is_asking, self._once_more = self._once_more, False, False
        self.changed.emit()
        if again:
            self._soon.start()


def _first_word(client: AsyncClient | None, status: NodeStatus | None) -> Unknown:
    if client is None or status is None:
        return Unknown.NO_SERVER
    same = urlsplit(status.server).netloc == urlsplit(client.base_url).netloc
    return Unknown.ASKING if same else Unknown.ELSEWHERE
