"""The tables of states: every state is there, every end can be left only as the table says."""

import pytest

from core.jobs.transitions import (
    JOB_MOVES,
    OUTCOMES,
    UNIT_MOVES,
    ImpossibleMove,
    check_job_move,
    check_unit_move,
)
from core.protocol.customer import AttemptOutcome, JobStatus, UnitState

UNIT_PAIRS = [(before, after) for before in UnitState for after in UnitState]
JOB_PAIRS = [(before, after) for before in JobStatus for after in JobStatus]


def test_every_state_status_and_outcome_has_its_row() -> None:
    assert set(UNIT_MOVES) == set(UnitState)
    assert set(JOB_MOVES) == set(JobStatus)
    assert set(OUTCOMES) == set(AttemptOutcome)


@pytest.mark.parametrize(("before", "after"), UNIT_PAIRS)
def test_a_unit_moves_only_as_the_table_says(before: UnitState, after: UnitState) -> None:
    if after in UNIT_MOVES[before]:
        check_unit_move(before, after)
    else:
        with pytest.raises(ImpossibleMove):
            check_unit_move(before, after)


@pytest.mark.parametrize(("before", "after"), JOB_PAIRS)
def test_a_job_moves_only_as_the_table_says(before: JobStatus, after: JobStatus) -> None:
    if after in JOB_MOVES[before]:
        check_job_move(before, after)
    else:
        with pytest.raises(ImpossibleMove):
            check_job_move(before, after)


def test_every_unfinished_state_can_be_cancelled_and_every_unit_can_complete() -> None:
    reached, todo = {UnitState.BLOCKED}, [UnitState.BLOCKED]
    while todo:
        fresh = set(UNIT_MOVES[todo.pop()]) - reached
        reached |= fresh
        todo += fresh
    assert reached == set(UnitState)
    ended = {UnitState.COMPLETED, UnitState.FAILED, UnitState.CANCELLED}
    assert all(UnitState.CANCELLED in UNIT_MOVES[state] for state in set(UnitState) - ended)
