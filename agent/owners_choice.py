"""What the owner wants of the node: share, pause, or finish and then pause. It outlives restarts.

What follows for attempts is decided in brain.py and endings.py.
"""

from enum import StrEnum

import msgspec


class ChoiceKind(StrEnum):
    """The three parts of the owner's switch."""

    SHARE = "share"
    PAUSE = "pause"
    FINISH_THEN_PAUSE = "finish_then_pause"


class OwnersChoice(msgspec.Struct, frozen=True):
    """`until`: when a pause ends by itself, in Unix seconds; None: when the owner says so."""

    kind: ChoiceKind = ChoiceKind.SHARE
    until: float | None = None

    @property
    def refusal(self) -> str | None:
        """Why nothing is taken now, or None if something is."""
        match self.kind:
            case ChoiceKind.SHARE:
                return None
            case ChoiceKind.PAUSE:
                return PAUSED
            case ChoiceKind.FINISH_THEN_PAUSE:
                return "the owner lets the node finish what it has"


PAUSED = "the owner paused the node"
IN_WORDS = {
    ChoiceKind.SHARE: "sharing",
    ChoiceKind.PAUSE: "paused by its owner; to share again: gpu-agent-node resume",
    ChoiceKind.FINISH_THEN_PAUSE: "finishing what it has, then pausing",
}
