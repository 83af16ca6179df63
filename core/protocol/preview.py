"""Parts of a preview: why a submit would be refused now, and which ways of dividing a training are offered."""

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """A refusal that a submit would meet at this moment: its code of the contract, in words and with what to do."""

    code: str
    message: str
    hint: str


class StrategyOffer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way of dividing a training. Where it is not offered, `reason` says why, and the numbers what it would come to,
    None where that is not known: seconds of work between two exchanges of results, bytes a node sends and receives for
    each, and what the nodes that are connected now manage in the middle."""

    kind: str
    offered: bool
    reason: str | None = None
    round_seconds: float | None = None
    transfer_bytes: int | None = None
    median_node_bytes_per_second: float | None = None
