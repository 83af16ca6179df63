"""Blocking a package, whole: the block itself, and an end to what runs of it.

An owner's block gives the units at their nodes back (released: no try is used up, the unit goes elsewhere). The
operator's fails every job of the package. Nodes are told at their next exchange.
"""

from collections.abc import Callable

import msgspec

from ..jobs.attempts import Ending, load_attempt
from ..jobs.endings import fail_job, try_again
from ..jobs.units import load_unit
from ..nodes.blocks import BLOCKED, add_block, remove_block, remove_owners_block
from ..protocol.customer import AttemptOutcome, JobFailure
from ..protocol.node import Fault
from ..protocol.owner import PackageBlock
from ..store.database import Transaction
from .fairness import ReadyIndex
from .owner_blocks import SQL

NewId = Callable[[], str]
OFF_THIS_NODE = "its package is blocked on this owner's nodes"


class Blocked(msgspec.Struct, frozen=True):
    """A block and what it ended: attempts that were given back, jobs that failed."""

    block: PackageBlock
    attempts_released: int
    jobs_failed: int


def block_package(
    tx: Transaction,
    index: ReadyIndex,
    *,
    owner_id: int | None,
    package_digest: str,
    reason: str,
    now: float,
    new_id: NewId,
) -> Blocked:
    """Blocks a package on an owner's nodes, or without an owner everywhere, and ends what runs of it there.

    Raises VALIDATION_FAILED, STATE_CONFLICT when it is blocked already.
    """
    block = add_block(tx, owner_id=owner_id, package_digest=package_digest, reason=reason, now=now, new_id=new_id)
    if owner_id is None:
        return Blocked(block, 0, _fail_jobs(tx, index, block, now, new_id))
    index.blocks.add(owner_id, block.package_digest)  # at once: the next request of this group leases by it
    tx.after_rollback(lambda: index.blocks.remove(owner_id, block.package_digest))
    return Blocked(block, _release_attempts(tx, index, owner_id, block.package_digest, now, new_id), 0)


def unblock_package(tx: Transaction, index: ReadyIndex, *, owner_id: int | None, package_digest: str) -> PackageBlock:
    """Takes a block back; what it ended stays so. Raises VALIDATION_FAILED, NOT_FOUND."""
    return _unblocked(tx, index, owner_id, remove_block(tx, owner_id=owner_id, package_digest=package_digest))


def unblock_owners(tx: Transaction, index: ReadyIndex, *, owner_id: int, block_id: str) -> PackageBlock:
    """The same by the id of an owner's block. Raises NOT_FOUND."""
    return _unblocked(tx, index, owner_id, remove_owners_block(tx, owner_id, block_id))


def _unblocked(tx: Transaction, index: ReadyIndex, owner_id: int | None, block: PackageBlock) -> PackageBlock:
    if owner_id is not None:
        tx.after_commit(lambda: index.blocks.remove(owner_id, block.package_digest))
    return block


def _fail_jobs(tx: Transaction, index: ReadyIndex, block: PackageBlock, now: float, new_id: NewId) -> int:
    failure = JobFailure(
        None,
        BLOCKED,
        f"the operator blocked its training package: {block.reason}",
        suggestion="Start a job with another training package, or ask the operator of the service.",
    )
    jobs = [row["id"] for row in SQL.active_jobs_of_package(tx.connection, package_digest=block.package_digest)]
    for job_id in jobs:
        fail_job(tx, index, job_id, failure, now, new_id)
    return len(jobs)


def _release_attempts(
    tx: Transaction, index: ReadyIndex, owner_id: int, package_digest: str, now: float, new_id: NewId
) -> int:
    rows = SQL.live_at_owner(tx.connection, owner_id=owner_id, package_digest=package_digest)
    ending = Ending(AttemptOutcome.RELEASED, OFF_THIS_NODE, Fault.NODE, BLOCKED)
    for row in rows:
        attempt = load_attempt(tx.connection, row["id"])
        try_again(tx, index, load_unit(tx.connection, attempt.unit_id), attempt, ending, now, new_id)
    return len(rows)
