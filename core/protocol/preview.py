"""Parts of a preview: why a submit would be refused now, and which ways of dividing a training are offered."""

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """A refusal that a submit would meet at this moment: its code of the contract, in words and with what to do."""

    code: str
    message: str
    hint: str


class StrategyOffer(msgspec.Struct, frozen=True):
    """One way of dividing a training. Where it is not offered, `reason` says why, and the numbers what it comes to.

    They are None where not known: the seconds of work between two exchanges of results, the bytes a node sends and
    receives for each, and how many bytes a second the median node manages.
    """

    kind: str
    offered: bool
    reason: str | None = None
    round_seconds: float | None = None
    transfer_bytes: int | None = None
    median_node_bytes_per_second: float | None = None
