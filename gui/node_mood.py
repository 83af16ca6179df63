"""A node in one word and a few: what the tray, the page and the status bar all say of it. No Qt, nothing computed."""

from enum import StrEnum

import msgspec

from core.protocol.node_rules import PauseReason


class Mood(StrEnum):
    """The few named states of a machine. ABSENT: no node program runs here."""

    SHARING = "sharing"
    BUSY = "busy"
    PAUSED = "paused"
    PROBLEM = "problem"
    ABSENT = "absent"


class ReasonKind(StrEnum):
    """Why a machine earns nothing now."""

    NOT_CONNECTED = "not_connected"
    PAUSED = "paused"
    RULE = "rule"
    UNCONFINED = "unconfined"
    NO_WORK = "no_work"


class Reason(msgspec.Struct, frozen=True):
    """A kind, and the sentence for its owner; `rule` is the rule that pauses, where one does."""

    kind: ReasonKind
    text: str
    rule: PauseReason | None = None


class NodeWords(msgspec.Struct, frozen=True):
    """`title` says the state, `note` what follows from it, `reasons` why it doesn't earn now and what runs.

    `is_paused`: the way back is offered first. `can_act`: a node is there and hears us. `is_earning` is False where one
    of the reasons says why it isn't; `idle_gpu` is the number of the one GPU that doesn't, where the others may.
    """

    mood: Mood
    title: str
    note: str = ""
    reasons: list[str] = []
    is_paused: bool = False
    is_finishing: bool = False
    can_act: bool = False
    is_earning: bool = True
    idle_gpu: int | None = None
