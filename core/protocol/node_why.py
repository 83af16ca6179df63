"""What the service has for a node at this moment: `GET /node/why`, asked with the node's own credential."""

import msgspec


class UnitsLacking(msgspec.Struct, frozen=True):
    """Units that wait and that the node can't take, for this requirement, in words; those that lack several things are
    told by each."""

    requirement: str
    message: str
    units: int


class NodeWhy(msgspec.Struct, frozen=True):
    """`waiting`: units of all customers, those of packages that the owner blocks left out, which `blocked` counts.
    `can_run`: those that the node could take with what it last offered, the oldest of which waits for
    `longest_wait_seconds`; `others_free`: other nodes that could take one of them now. `lacks`: for what it takes no
    more of them, most units first."""

    tier: str
    waiting: int
    blocked: int
    can_run: int
    longest_wait_seconds: float
    others_free: int
    lacks: list[UnitsLacking] = []
