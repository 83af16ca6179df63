"""What the owner wants of the node: share, pause, or finish and then pause, and which rules not to mind for a while. It
outlives restarts.

What follows for attempts is decided in brain.py and endings.py.
"""

from enum import StrEnum

import msgspec

from core.protocol.node_rules import RuleKind


class ChoiceKind(StrEnum):
    """The three parts of the owner's switch."""

    SHARE = "share"
    PAUSE = "pause"
    FINISH_THEN_PAUSE = "finish_then_pause"


class Anyway(msgspec.Struct, frozen=True):
    """*Share anyway*: a rule that is not minded from one moment to another (Unix seconds), of this GPU, or all it is
    of. Before `said_at`, where a clock that was put back may be, it is minded: nothing lasts longer than was said."""

    rule: RuleKind
    said_at: float
    until: float
    gpu_uuid: str | None = None

    def holds(self, rule: RuleKind, gpu_uuid: str | None, now: float) -> bool:
        """Whether this reason to pause is set aside now."""
        is_it = self.rule == rule and self.gpu_uuid in (None, gpu_uuid)
        return is_it and self.said_at <= now < self.until


class OwnersChoice(msgspec.Struct, frozen=True):
    """`until`: when a pause ends by itself, or finishing and the pause after it, in Unix seconds; None: when the owner
    says so. A pause ends `anyway`."""

    kind: ChoiceKind = ChoiceKind.SHARE
    until: float | None = None
    anyway: tuple[Anyway, ...] = ()

    def with_anyway(self, said: Anyway) -> "OwnersChoice":
        """The same, with one word more on what is set aside; one that is over as it is said takes back an earlier."""
        key = (said.rule, said.gpu_uuid)
        others = [one for one in self.anyway if (one.rule, one.gpu_uuid) != key and one.until > said.said_at]
        return msgspec.structs.replace(self, anyway=(*others, said) if said.until > said.said_at else tuple(others))

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
