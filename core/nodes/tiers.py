"""Which nodes may see which data: `sensitivity` of a job against the tier of a node."""

from enum import StrEnum
from typing import Any


class Tier(StrEnum):
    """How far a node is trusted. `own` is not stored: to its owner's jobs every node is `own`."""

    NEW = "new"
    CONTROLLED = "controlled"
    TRUSTED = "trusted"
    OWN = "own"


# What raises a node from `new` to `controlled`, with a self-test that passed (core/scheduling/earned_tiers.py).
EARNED_UNITS = 10

ACCEPTS: dict[Tier, tuple[str, ...]] = {
    Tier.NEW: ("public",),
    Tier.CONTROLLED: ("public", "low_sensitive"),
    Tier.TRUSTED: ("public", "low_sensitive", "sensitive"),
    Tier.OWN: ("public", "low_sensitive", "sensitive", "restricted"),
}


def may_take(tier: Tier, *, sensitivity: str, confined: bool, own: bool) -> bool:
    """Whether a node of this tier may take a unit; where nothing confines, only its owner's."""
    if own:
        return True
    return confined and sensitivity in ACCEPTS[tier]


def tier_table() -> list[dict[str, Any]]:
    """The tiers as `/meta.tiers` shows them."""
    names = {Tier.CONTROLLED: "受控级"}
    return [
        {"tier": tier.value, "name_zh": names.get(tier), "sensitivities": list(accepts)}
        for tier, accepts in ACCEPTS.items()
    ]
