"""What ran on an owner's nodes, as the owner may see it: nothing of the customer, and no words but our own."""

import heapq

import msgspec

from ..clock import credits_text, rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..nodes.blocks import BLOCKED
from ..planning.plan import UnitSpec
from ..protocol.customer import AttemptOutcome, UnitKind
from ..protocol.node import Fault
from ..protocol.owner import AttemptLimits, OwnerAttempt, Payment
from ..store.sqlite import Connection, Row, named_sql
from .transitions import OVER

SQL = named_sql(__file__, "owner_attempts")
NEWEST = 2**62
_OVER = {state.value for state in OVER}
OWN_JOB = "a job of your own: nothing is charged and nothing is earned"
TAKEN_BACK = "its result turned out wrong, and what was paid for it was taken back"

# The stored reasons may hold a customer's or another node's words; these are ours.
_REASONS: dict[tuple[AttemptOutcome, str | None], str] = {
    (AttemptOutcome.COMPLETED, None): "nothing was charged for it",
    (
        AttemptOutcome.FAILED,
        Fault.CUSTOMER,
    ): "the customer's code failed or passed a limit: that is not charged",
    (AttemptOutcome.FAILED, Fault.NODE): "this node could not bring it to an end",
    (AttemptOutcome.REFUSED, None): "this node did not take it",
    (AttemptOutcome.VERIFICATION_FAILED, None): "its result was not what it should be",
    (AttemptOutcome.LOST, None): "this node was not heard of in time, and another took it over",
    (AttemptOutcome.RELEASED, None): "it was given back before it ended, and none of its work is in the result",
    (AttemptOutcome.RELEASED, BLOCKED): "you blocked its package",
    (AttemptOutcome.RELEASED, "node_revoked"): "the node was revoked",
    (AttemptOutcome.CANCELLED, None): "its job was cancelled or failed elsewhere",
    (AttemptOutcome.CANCELLED, BLOCKED): "the operator blocked its package",
    (AttemptOutcome.SUPERSEDED, None): "another attempt of the same unit was accepted",
}


class Earned(msgspec.Struct, frozen=True):
    """What the ledger says an attempt earned, its part of the unit's seconds (0 to 1), and whether all of it was taken
    back, since the result was wrong."""

    amount_micro: int
    seconds: float
    share: float | None
    taken_back: bool


def list_owner_attempts(
    connection: Connection,
    owner_id: int,
    *,
    node_id: str | None,
    outcomes: list[str],
    device: str | None = None,
    before: int | None,
    limit: int,
) -> list[tuple[int, OwnerAttempt]]:
    """The attempts at an owner's nodes, newest first, each with the key to go on from; of one node, with these
    outcomes, or that ran on one device (a GPU's UUID, or `cpu`) alone. Raises NODE_NOT_FOUND."""
    nodes = [row["id"] for row in SQL.nodes_of_owner(connection, owner_id=owner_id, node_id=node_id)]
    if node_id is not None and not nodes:
        raise ApiError(ErrorCode.NODE_NOT_FOUND)
    before = NEWEST if before is None else before
    wanted = msgspec.json.encode(outcomes).decode() if outcomes else None
    newest: list[int] = []
    for node in nodes:  # one by one, since together SQLite would sort all that ever ran on them
        rows = SQL.newest_of_node(connection, node_id=node, outcomes=wanted, device=device, before=before, limit=limit)
        newest = heapq.nlargest(limit, [*newest, *(row["id"] for row in rows)])
    ids = msgspec.json.encode(newest).decode()
    earned = {row["attempt_id"]: _earned(row) for row in SQL.earned(connection, ids=ids)}
    return [
        (row["id"], _presented(row, earned.get(row["id"]), own=row["customer_id"] == owner_id))
        for row in SQL.attempts(connection, ids=ids)
    ]


def _earned(row: Row) -> Earned:
    whole = row["all_seconds"]
    share = min(1.0, round(row["seconds"] / whole, 4)) if whole and row["seconds"] is not None else None
    taken_back = bool(row["taken_back"]) and row["amount_micro"] == 0
    return Earned(row["amount_micro"], row["seconds"] or 0.0, share, taken_back)


def _presented(row: Row, earned: Earned | None, *, own: bool) -> OwnerAttempt:
    spec = msgspec.json.decode(row["spec"], type=UnitSpec)
    payment = _payment(row, earned, own)
    amount = 0 if earned is None else earned.amount_micro
    seconds = max(row["accepted_seconds"], row["checkpoint_seconds"] or 0.0) if earned is None else earned.seconds
    return OwnerAttempt(
        id=row["public_id"],
        node_id=row["node_public_id"],
        node_name=row["node_name"],
        compute_unit_id=row["unit_public_id"],
        role=row["role"],
        kind=UnitKind(row["kind"]),
        package_digest=row["package_digest"],
        gpu_uuid=row["gpu_uuid"],
        limits=AttemptLimits(row["planned_seconds"], spec.cpus, spec.memory_mb, spec.scratch_mb, spec.vram_mb),
        input_bytes=(row["data_bytes"] or 0)
        + (0 if spec.stage else row["package_bytes"] or 0)
        + (row["needs_bytes"] or 0),
        output_bytes=row["output_bytes"] or 0,
        checkpoint_bytes=row["checkpoint_bytes"] or 0,
        leased_at=rfc3339(row["created_at"]),
        started_at=rfc3339_or_none(row["started_at"]),
        finished_at=rfc3339_or_none(row["finished_at"]),
        outcome=None if row["outcome"] is None else AttemptOutcome(row["outcome"]),
        accepted_seconds=round(seconds, 3),
        energy_joules=row["energy_joules"],
        sensitivity=row["sensitivity"],
        share=None if earned is None else earned.share,
        earned_micro=amount,
        earned=credits_text(amount),
        payment=payment,
        reason=_reason(row, earned, own) if payment == "nothing" else None,
    )


def _payment(row: Row, earned: Earned | None, own: bool) -> Payment:
    if earned is not None:
        return "nothing" if earned.taken_back else "paid"
    if own:
        return "nothing"
    if row["outcome"] is None:
        return "waiting"
    has_left_work = row["checkpoint_through"] > 0 and row["state"] not in _OVER
    return "waiting" if has_left_work else "nothing"


def _reason(row: Row, earned: Earned | None, own: bool) -> str | None:
    if own:
        return OWN_JOB
    if earned is not None:
        return TAKEN_BACK
    outcome = AttemptOutcome(row["outcome"])
    words = _REASONS.get((outcome, row["code"])) or _REASONS.get((outcome, row["fault"]))
    return words or _REASONS[outcome, None]
