"""Why a unit waits: what `GET …/:id/explain` answers, a row a waiting unit. It counts nodes and never names one."""

import msgspec

from .customer import UnitKind, UnitState


class RequirementCount(msgspec.Struct, frozen=True):
    """One thing that a unit asks of a node, and how many of the known nodes have it, whether busy or not.

    `name`: vram, memory, disk, cpus, python, tier, confinement, acceptance, block or sharing; `asked` is in MiB,
    processors, or the words of the request; None where a node just has it or has it not. `block` is there only where
    owners of known nodes block the job's training package.
    """

    name: str
    asked: int | str | None
    nodes: int
    message: str


class SuggestedChange(msgspec.Struct, frozen=True):
    """What to ask for instead, and how many of the known nodes would then do. The fields are those of the request, or
    of training.toml (`resources.memory_mb`)."""

    fields: dict[str, int | str | bool]
    nodes: int
    message: str


class UnitExplanation(msgspec.Struct, frozen=True):
    """Why a unit waits. A `blocked` one waits for `waits_for`, one of the units it needs; a `ready` one for a node.

    Of `nodes_known`, those heard of lately, `nodes_fit` meet every requirement, and `nodes_now` could take it at
    this moment. `ahead` units, `ahead_yours` of them your own, would be served before it by nodes that fit; None where
    no node fits or the unit is blocked; `ahead_is_partial`: there are so many that not all were counted. `changes` are
    there where no node fits: the smallest that would help, the best first.
    """

    compute_unit_id: str
    role: str
    index: int
    kind: UnitKind
    state: UnitState
    message: str
    waits_for: str | None
    waiting_since: str | None
    gives_up_at: str | None
    nodes_known: int
    nodes_fit: int
    nodes_now: int
    requirements: list[RequirementCount]
    ahead: int | None
    ahead_yours: int | None
    ahead_is_partial: bool
    changes: list[SuggestedChange]
