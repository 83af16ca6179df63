"""What a customer used, as it goes over the wire: sums of the ledger by day, package and kind of unit.

Every amount is what the ledger's own rows add up to: `charged` its charges, `returned` its reversals of the customer's
own units (those that were charged, then invalidated, and cost less or nothing in the end).
"""

import msgspec


class UsageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over units. `units_completed` were completed, each once however often it ran; `units_uncharged` ended and
    cost nothing: failed, cancelled, or done on the customer's own nodes. `seconds` are those charged for."""

    units_completed: int = 0
    units_uncharged: int = 0
    seconds: float = 0.0
    charged_micro: int = 0
    charged: str = "0.000000"
    returned_micro: int = 0
    returned: str = "0.000000"


class PackageUsage(UsageFigures, frozen=True, kw_only=True):
    """The same for one training package."""

    training_package_id: str | None
    name: str | None
    version: int | None


class KindUsage(UsageFigures, frozen=True, kw_only=True):
    """The same for one kind of unit, `cpu` or `gpu`."""

    kind: str


class DayUsage(UsageFigures, frozen=True, kw_only=True):
    """A UTC day, `2026-04-01`. A day without anything is all zeros."""

    date: str
    by_package: list[PackageUsage] = []
    by_kind: list[KindUsage] = []
