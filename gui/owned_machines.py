"""An owner's machines as the connected server tells them, and which of them is this computer. No widget here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from core.protocol.node_gpus import Withheld

if TYPE_CHECKING:
    from core.client.customer import AsyncClient
    from core.protocol.node_control import NodeStatus
    from core.protocol.owner import OwnedNode

_CHOSEN = (Withheld.UNIT, Withheld.OFF, Withheld.RULE)
_PAGE_ROWS, _MOST_PAGES = 100, 5


async def read_nodes(client: AsyncClient) -> list[OwnedNode]:
    """The owner's nodes that may still work, the newest five hundred at most. Raises ServerError, ClientError."""
    nodes: list[OwnedNode] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_nodes(limit=_PAGE_ROWS, cursor=cursor)
        nodes += [node for node in page.data if not node.revoked]
        cursor = page.page.next_cursor
        if cursor is None:
            break
    return nodes


def own_node(nodes: Sequence[OwnedNode], here: NodeStatus | None, base_url: str) -> OwnedNode | None:
    """Which of them is the node of this computer, told by its GPUs and what runs, else by its name. None where it works
    for another server, and where several have its name: better twice in sight than another one taken for it."""
    if here is None or urlsplit(here.server).netloc != urlsplit(base_url).netloc:
        return None
    known = {gpu.uuid for gpu in here.gpus} | {unit.attempt_id for unit in here.units}
    same = [node for node in nodes if known & _marks(node)] or [node for node in nodes if node.name == here.node_name]
    return same[0] if len(same) == 1 else None


class ToldGpu(msgspec.Struct, frozen=True):
    """A GPU of a machine as that told its server; `works`: nothing but a unit or its owner's choice keeps it busy."""

    model: str
    driver: str
    works: bool


def known_gpus(node: OwnedNode) -> dict[str, ToldGpu]:
    """Those it offers, and those it doesn't, by UUID."""
    if node.resources is None:
        return {}
    withheld = node.resources.gpus_withheld or []
    kept_back = {gpu.uuid: ToldGpu(gpu.name, gpu.driver, gpu.why in _CHOSEN) for gpu in withheld if gpu.uuid}
    return {**kept_back, **{gpu.uuid: ToldGpu(gpu.model, gpu.driver, True) for gpu in node.resources.gpus}}


def _marks(node: OwnedNode) -> set[str]:
    """What no other machine has: the UUIDs of its GPUs, and its attempts."""
    return {*known_gpus(node), *(unit.attempt_id for unit in node.running)}
