"""`gpu-agent-client nodes list`."""

from ...console import table
from ...protocol.owner import OwnedNode
from ..customer import every
from .options import Session


def nodes_list(session: Session) -> None:
    """List your nodes: whether each is there, and what it runs."""
    with session.connect() as client:
        nodes = list(every(lambda cursor: client.list_nodes(cursor=cursor)))
    cells = ((node.name, _state(node), node.tier, _runs(node), node.agent_version, node.id) for node in nodes)
    session.console.result(nodes, human=table(["name", "is", "tier", "runs", "version", "id"], cells))


def _state(node: OwnedNode) -> str:
    if node.revoked:
        return "revoked"
    return "online" if node.online else f"not heard of since {node.last_seen_at or 'it was enrolled'}"


def _runs(node: OwnedNode) -> str | None:
    return ", ".join(unit.role for unit in node.running) or None
