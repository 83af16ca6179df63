"""The server that the window is connected to: its client, what it says of itself, and how the line to it is."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from .settings import SavedServer

if TYPE_CHECKING:
    from core.client.customer import AsyncClient
    from core.protocol.customer import Meta, UsageSummary
    from core.protocol.events import StreamEvent

    from .tasks import Tasks
    from .trouble import Trouble

_BALANCE_DELAY_MS = 400


class Line(StrEnum):
    """How the line to the server is."""

    NONE = "none"  # no server chosen
    CONNECTING = "connecting"
    LIVE = "live"
    CATCHING_UP = "catching_up"
    OFFLINE = "offline"
    REFUSED = "refused"  # the server answers, and doesn't take the key


class Session(QObject):
    """One at a time. `event_came` carries the customer's events (core.protocol.events) as live_events hears them.

    A page asks by `server_asked` for the server of an address, or for a new one with an empty address.
    """

    state_changed = Signal()
    balance_changed = Signal()
    meta_changed = Signal()
    event_came = Signal(object)
    server_asked = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self.client: AsyncClient | None = None
        self.server: SavedServer | None = None
        self.api_key: str | None = None
        self.meta: Meta | None = None
        self.usage: UsageSummary | None = None
        self.line = Line.NONE
        self.offline_since: datetime | None = None
        self.last_event_at: datetime | None = None
        self.last_event_number: int | None = None
        self.next_try_at: datetime | None = None
        self._meta_is_old = True
        self._balance_soon = QTimer(self, singleShot=True, interval=_BALANCE_DELAY_MS)
        self._balance_soon.timeout.connect(self._ask_balance)

    @property
    def base_url(self) -> str | None:
        """Where the current server's API is; None without a server."""
        return None if self.client is None else self.client.base_url

    async def connect_to(self, server: SavedServer, api_key: str) -> None:
        """Ask the server who it is and whether it knows the key, then make it the current one. Its events go on behind
        the newest at this moment, before any page reads its lists.

        Raises ServerError, ClientError; the server connected before stays then.
        """
        from core.client.customer import AsyncClient
        from core.client.errors import PermissionDeniedError
        from core.client.events import newest_customer_event
        from core.client.http import Retries

        quick = Retries(attempts=2, seconds=6.0)
        async with AsyncClient(server.address, api_key, insecure=server.insecure, retries=quick) as asking:
            meta = await asking.meta()
            usage = await asking.usage_summary()
            newest: int | None = None
            with contextlib.suppress(PermissionDeniedError):  # told where the stream is opened
                newest = await newest_customer_event(asking)
        await self.disconnect_from_server()
        self.client = AsyncClient(server.address, api_key, insecure=server.insecure)
        self.server, self.api_key, self.meta, self.usage = server, api_key, meta, usage
        self.last_event_number = newest
        self._meta_is_old = False
        self.set_line(Line.LIVE)
        self.balance_changed.emit()

    def expect(self, server: SavedServer, api_key: str) -> None:
        """Make a server the current one that doesn't answer yet, so that pages can be read and the line be watched."""
        from core.client.customer import AsyncClient

        self.client = AsyncClient(server.address, api_key, insecure=server.insecure)
        self.server, self.api_key, self.meta, self.usage = server, api_key, None, None
        self._meta_is_old = True
        self.set_line(Line.OFFLINE)

    async def disconnect_from_server(self) -> None:
        """Leave the server."""
        client, self.client = self.client, None
        self._balance_soon.stop()
        self.server, self.api_key, self.meta, self.usage = None, None, None, None
        self.last_event_at, self.last_event_number = None, None
        self.set_line(Line.NONE)
        if client is not None:
            await client.close()

    def set_line(self, line: Line, *, next_try_at: datetime | None = None) -> None:
        """Whoever listens to the server says how the line is. After it was lost, what is known is asked again."""
        was = self.line
        if (line, next_try_at) == (was, self.next_try_at):
            return
        self.line, self.next_try_at = line, next_try_at
        if line is not Line.OFFLINE:
            self.offline_since = None
        elif self.offline_since is None:
            self.offline_since = datetime.now(UTC)
        if line in (Line.OFFLINE, Line.CATCHING_UP):
            self._meta_is_old = True  # what answers again may be another build of it
        if line is Line.LIVE and was in (Line.OFFLINE, Line.CATCHING_UP):
            self.ask_balance_soon()
        self.state_changed.emit()

    def tell_event(self, event: StreamEvent) -> None:
        """An event of the customer's stream has come."""
        self.last_event_at = datetime.now(UTC)
        self.last_event_number = event.number
        self.event_came.emit(event)
        self.ask_balance_soon()
        self.state_changed.emit()

    def ask_balance_soon(self) -> None:
        """Ask for credits and holds once, shortly after the last of several reasons."""
        if self.client is not None:
            self._balance_soon.start()

    async def refresh_meta(self) -> None:
        """Ask again what the server says of itself. Raises ServerError, ClientError; what was known stays then."""
        client = self.client
        if client is None:
            return
        meta = await client.meta()
        if client is not self.client:
            return
        self._meta_is_old = False
        if meta != self.meta:
            self.meta = meta
            self.meta_changed.emit()
            self.state_changed.emit()

    def _ask_balance(self) -> None:
        if self.client is not None:
            self._tasks.start(self._fetch_balance(self.client), owner=self, on_trouble=self._no_balance)

    async def _fetch_balance(self, client: AsyncClient) -> None:
        if self._meta_is_old:
            await self.refresh_meta()
        usage = await client.usage_summary()
        if client is self.client and usage != self.usage:
            self.usage = usage
            self.balance_changed.emit()

    def _no_balance(self, trouble: Trouble) -> None:
        """The old figures stay; the line's own state says that it is down. A stranger's answer is not hidden."""
        if not trouble.passing:
            self._tasks.tell(trouble, self.ask_balance_soon)
