"""Asks how the owner's machines are, and has the owner told when one stops earning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from .machine_facts import may_tell_of, newest_told, news_of, remembered, seen_now, told_of
from .minute_question import MinuteQuestion
from .node_link import LinkState, NodeLink
from .owned_machines import own_node, read_nodes
from .session import Session
from .settings import Settings
from .tasks import Tasks

if TYPE_CHECKING:
    from core.client.customer import AsyncClient
    from core.protocol.owner import OwnedNode


def _now() -> datetime:
    return datetime.now().astimezone()


class MachineWatch(QObject):
    """`stopped` carries a list of ToldOfMachine that the owner is to hear. It asks once a minute, only while the owner
    wants to be told and a server is connected, and no more where this access may not read machines. What is known of
    the machines is kept with the settings: what became of one while no window was open is told as well."""

    stopped = Signal(object)

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
        self._silent: set[str] = set()
        self.question = MinuteQuestion(session, tasks, read_nodes, self.take, self)
        settings.changed.connect(self._follow_settings)
        self._follow_settings()

    def take(self, client: AsyncClient, nodes: list[OwnedNode]) -> None:
        """The owner's machines, as that server told them."""
        alert = self._settings.value.stopped
        if client is not self._session.client or not alert.on:
            return
        before = alert.known if alert.server == client.base_url else {}
        here = self._node.status if self._node.state is LinkState.LIVE else None
        own = own_node(nodes, here, client.base_url)
        seen = seen_now(nodes, None if own is None else own.id, here, before)
        news, now = news_of(before, seen, self._silent), self._now()
        untold = [one for one in news if not may_tell_of(one, alert.told, self._settings.value.wanted, now)]
        at = now.astimezone(UTC).isoformat(timespec="seconds")
        told = [told_of(one, seen, at) for one in news if one not in untold]
        silent = {node.id for node in nodes if not node.online}
        known = remembered(before, seen, untold, silent - self._silent)
        self._silent = silent
        changed = msgspec.structs.replace(
            alert, server=client.base_url, known=known, told=newest_told(alert.told, told)
        )
        self._settings.change(stopped=changed)
        if told:
            self.stopped.emit(told)

    def stop(self) -> None:
        """Ask no more, for good."""
        self._settings.changed.disconnect(self._follow_settings)
        self.question.set_on(False)

    def _follow_settings(self) -> None:
        on = self._settings.value.stopped.on
        self.question.set_on(on)
        if not on:
            self._silent = set()
