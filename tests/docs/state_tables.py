"""The tables of docs/architecture.md that are made from core/jobs/transitions.py."""

from collections.abc import Mapping

from core.jobs.transitions import JOB_MOVES, OUTCOMES, UNIT_MOVES
from core.protocol.customer import JobStatus, UnitState


def unit_table() -> str:
    """The moves of a compute unit."""
    return _moves("unit", UNIT_MOVES)


def job_table() -> str:
    """The moves of a job."""
    return _moves("job", JOB_MOVES)


def outcome_table() -> str:
    """How an attempt ends."""
    rows = [f"| `{outcome.value}` | {why} |" for outcome, why in OUTCOMES.items()]
    return "\n".join(["| outcome of an attempt | when |", "| --- | --- |", *rows]) + "\n"


def _moves(
    what: str, moves: Mapping[UnitState, Mapping[UnitState, str]] | Mapping[JobStatus, Mapping[JobStatus, str]]
) -> str:
    lines = [f"| a {what} that is | becomes | when |", "| --- | --- | --- |"]
    for before, afters in moves.items():
        if not afters:
            lines.append(f"| `{before.value}` | – | nothing more happens to it |")
        for number, (after, why) in enumerate(afters.items()):
            lines.append(f"| {f'`{before.value}`' if number == 0 else ''} | `{after.value}` | {why} |")
    return "\n".join(lines) + "\n"
