"""The states of a compute unit and of a job, each as one table; whatever is not in it cannot happen.

A unit is what the plan asks for; an attempt is one node's try at it. A unit moves by facts alone: what it needs was
completed, a node took it, started it, brought a result, or failed. An attempt ends once, with one outcome.
"""

from ..protocol.customer import AttemptOutcome, JobStatus, UnitState

_S = UnitState

# from → to → why this may happen
UNIT_MOVES: dict[UnitState, dict[UnitState, str]] = {
    _S.BLOCKED: {
        _S.READY: "all it needs are completed",
        _S.CANCELLED: "its job was cancelled or has failed",
    },
    _S.READY: {
        _S.LEASED: "a node took it, or one whose lease ran out reports with a token that is still good",
        _S.RUNNING: "an expired attempt whose token is still good reports that it runs",
        _S.VERIFYING: "an expired attempt whose token is still good brings a result",
        _S.FAILED: "attempts are used up, or it waited seven days",
        _S.CANCELLED: "its job was cancelled or has failed",
    },
    _S.LEASED: {
        _S.RUNNING: "the customer's code was started",
        _S.READY: "the lease ended",
        _S.FAILED: "its environment can't be built, or attempts are used up",
        _S.CANCELLED: "its job was cancelled or has failed",
    },
    _S.RUNNING: {
        _S.VERIFYING: "a whole result has arrived",
        _S.READY: "the lease ended, or the node released it",
        _S.FAILED: "the customer's code failed or passed a limit, or attempts are used up",
        _S.CANCELLED: "its job was cancelled or has failed",
    },
    _S.VERIFYING: {
        _S.COMPLETED: "the result is what it should be",
        _S.READY: "the result is not, and attempts remain",
        _S.FAILED: "the result is not, and attempts are used up",
        _S.CANCELLED: "its job was cancelled or has failed",
    },
    _S.FAILED: {
        _S.BLOCKED: "the job is retried and what it needs is not completed",
        _S.READY: "the job is retried",
    },
    _S.CANCELLED: {
        _S.BLOCKED: "the job is retried and what it needs is not completed",
        _S.READY: "the job is retried",
    },
    _S.COMPLETED: {
        _S.BLOCKED: "what it was built on was invalidated",
        _S.READY: "it was itself invalidated",
    },
}

# What a failure of one unit, or a cancel, stops
UNFINISHED = (_S.BLOCKED, _S.READY, _S.LEASED, _S.RUNNING, _S.VERIFYING)
OVER = (_S.COMPLETED, _S.FAILED, _S.CANCELLED)
# Units that a node holds
AT_A_NODE = (_S.LEASED, _S.RUNNING, _S.VERIFYING)

_J = JobStatus

JOB_MOVES: dict[JobStatus, dict[JobStatus, str]] = {
    _J.PLANNING: {
        _J.QUEUED: "its units are written",
        _J.FAILED: "it can't be planned",
        _J.CANCELLED: "its customer cancelled it",
    },
    _J.QUEUED: {
        _J.RUNNING: "its first unit was started",
        _J.COMPLETED: "its last unit, brought by an expired attempt, is completed",
        _J.FAILED: "a unit failed, none was taken for seven days, or its package was blocked",
        _J.CANCELLED: "its customer cancelled it",
    },
    _J.RUNNING: {
        _J.COMPLETED: "all its units are completed",
        _J.FAILED: "a unit failed, or its package was blocked",
        _J.CANCELLED: "its customer cancelled it",
    },
    _J.FAILED: {_J.QUEUED: "it is retried"},
    _J.CANCELLED: {_J.QUEUED: "it is retried"},
    _J.COMPLETED: {},
}

ACTIVE_JOBS = (_J.PLANNING, _J.QUEUED, _J.RUNNING)

# How an attempt may end, and why
OUTCOMES: dict[AttemptOutcome, str] = {
    AttemptOutcome.COMPLETED: "its result was accepted; exactly one attempt of a unit",
    AttemptOutcome.FAILED: "the customer's code failed, or the node could not go on",
    AttemptOutcome.REFUSED: "the node would not take it",
    AttemptOutcome.VERIFICATION_FAILED: "its result is not what it should be",
    AttemptOutcome.LOST: "its lease ran out and another attempt was leased in its place",
    AttemptOutcome.RELEASED: "its node's owner or a rule took the machine back",
    AttemptOutcome.CANCELLED: "its job was cancelled or failed",
    AttemptOutcome.SUPERSEDED: "it was alive when another attempt was accepted",
}


class ImpossibleMove(Exception):
    """A move that is not in the table: a fault of this program."""


def check_unit_move(before: UnitState, after: UnitState) -> None:
    """Raises ImpossibleMove unless the table has it."""
    if after not in UNIT_MOVES[before]:
        raise ImpossibleMove(f"a unit can't go from {before} to {after}")


def check_job_move(before: JobStatus, after: JobStatus) -> None:
    """Raises ImpossibleMove unless the table has it."""
    if after not in JOB_MOVES[before]:
        raise ImpossibleMove(f"a job can't go from {before} to {after}")
