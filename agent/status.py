"""The node's status as its owner's programs are told: the brain's picture, and what the brain does not know.

Here are the times on the wall; the brain counts monotonically.
"""

from collections.abc import Callable

from agent.identity import Identity
from agent.picture import Picture
from agent.sandbox.base import Confinement
from core.clock import rfc3339, rfc3339_or_none
from core.protocol.node_control import ConfinementStatus, LineStatus, NodeStatus


class StatusKeeper:
    """Remembers since when the node is connected and shares. `now` is always Unix seconds."""

    def __init__(
        self,
        *,
        identity: Identity,
        server: str,
        agent_version: str,
        confinement: Confinement,
        now: float,
        line: Callable[[], LineStatus] = LineStatus,
    ) -> None:
        self._identity = identity
        self._server = server
        self._agent_version = agent_version
        self._confinement = ConfinementStatus(confinement.kind.value, confinement.detail, confinement.remedies)
        self._started_at = now
        self._line = line
        self._connected_since: float | None = None
        self._sharing_since: float | None = None

    def note(self, *, connected: bool, sharing: bool, now: float) -> None:
        """Looks whether something began or ended; called after whatever happens."""
        if connected != (self._connected_since is not None):
            self._connected_since = now if connected else None
        if sharing != (self._sharing_since is not None):
            self._sharing_since = now if sharing else None

    def status(self, picture: Picture) -> NodeStatus:
        """The whole node, of a picture that was taken just now."""
        return NodeStatus(
            state=picture.state,
            node_name=self._identity.name,
            tier=picture.tier or self._identity.tier,
            server=self._server,
            agent_version=self._agent_version,
            started_at=rfc3339(self._started_at),
            connected=picture.connected,
            connected_since=rfc3339_or_none(self._connected_since),
            trouble=picture.trouble,
            paused_until=rfc3339_or_none(picture.choice.until),
            sharing_since=rfc3339_or_none(self._sharing_since),
            confinement=self._confinement,
            units=picture.units,
            machine=picture.machine,
            gpus=picture.gpus,
            gpus_not_offered=picture.gpus_not_offered,
            line=self._line(),
            rules=picture.judged.now,
            rules_digest=picture.judged.digest,
        )
