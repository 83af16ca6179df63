"""How nodes come to be trusted further by a rule: `new` becomes `controlled` by a passed self-test and verified work.

A self-test is a node's own word, so it never raises a node alone: ten units for others, each verified, go with it.
Units of its owner's own jobs don't count, or an owner could raise a node alone. When the newest self-test of a node
that was raised so doesn't pass, it is `new` again until one does. The operator's word stands above the rule.
"""

from collections.abc import Callable
from functools import partial

from ..accounts.audit import record_change
from ..nodes.tiers import EARNED_UNITS, Tier
from ..store.database import Transaction
from ..store.sqlite import Row, named_sql
from .fairness import ReadyIndex

SQL = named_sql(__file__, "earned_tiers")
ACTOR = "rule"
NODES_AT_ONCE = 200


def apply_tier_rule(tx: Transaction, index: ReadyIndex, now: float, new_id: Callable[[], str]) -> int:
    """Raises and lowers who is due, a few at a time, each with a row in the audit log. Gives how many: as long as that
    is not 0, there may be more. What a node holds it may finish."""
    connection = tx.connection
    changes: list[tuple[Row, Tier, str]] = [
        *((row, Tier.CONTROLLED, "passed its self-test, and completed units for others")
          for row in SQL.to_raise(connection, units=EARNED_UNITS, limit=NODES_AT_ONCE)),
        *((row, Tier.NEW, "its newest self-test did not pass")
          for row in SQL.to_lower(connection, limit=NODES_AT_ONCE)),
    ]  # fmt: skip
    for row, tier, why in changes:
        SQL.set_tier(connection, id=row["id"], tier=tier.value)
        details = {"name": row["name"], "tier": tier.value, "why": why}
        record_change(
            tx,
            actor=ACTOR,
            action="nodes.set-tier",
            subject=row["public_id"],
            details=details,
            now=now,
            new_id=new_id,
        )
        tx.after_commit(partial(index.tell_node, row["id"]))
    return len(changes)
