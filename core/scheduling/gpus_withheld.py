"""The GPUs that a node does not offer, in words for its owner. What the node says is made
harmless to show, and decides nothing."""

from collections.abc import Sequence

from ..printable import printable
from ..protocol.node_gpus import Withheld, WithheldGpu

MOST_NAMED = 3
_WORDS: dict[str, str] = {
    Withheld.UNIT: "a unit works on it",
    Withheld.OFF: "its owner does not share it",
    Withheld.RULE: "a rule of its owner pauses it",
    Withheld.MIG: "it is cut into parts (MIG)",
    Withheld.DRIVER: "no driver works for it",
    Withheld.MAKER: "units run on NVIDIA's only",
    Withheld.LOST: "it is lost",
}


def withheld_words(gpus: Sequence[WithheldGpu]) -> str:
    """`Tesla T4: it is cut into parts (MIG); …`, or nothing."""
    named = [f"{printable(gpu.name)}: {_words(gpu)}" for gpu in gpus[:MOST_NAMED]]
    more = len(gpus) - len(named)
    return "; ".join([*named, *([f"and {more} more"] if more else [])])


def _words(gpu: WithheldGpu) -> str:
    return _WORDS.get(gpu.why) or printable(gpu.reason) or "it is in trouble"
