"""`gpu-agent-client jobs logs`."""

import time
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import typer

from ...console import CommandError, ExitCode, Mode
from ..job_follow import Look, UnitLine, follow, unit_name
from .job_view import line_text
from .job_waiting import goes_on
from .options import Session

_SECONDS_BETWEEN_LOOKS = 1.0


def jobs_logs(
    session: Session,
    job: Annotated[str, typer.Argument(help="The job's id.")],
    go_on: Annotated[bool, typer.Option("-f", "--follow", help="Go on until the job has ended.")] = False,
    unit: Annotated[str | None, typer.Option("--unit", help="Only this unit: its name, such as train, or id.")] = None,
) -> None:
    """Print what a job's code wrote, each line behind its unit's name; lines with * are the platform's own words."""
    rows: list[dict[str, Any]] = []
    with session.connect() as client:
        looks = follow(client, job, pause=lambda: time.sleep(_SECONDS_BETWEEN_LOOKS), metrics=False)
        try:
            for look in looks:
                _check_unit(look, unit)
                for line in _wanted(look, unit):
                    rows.append(_row(line))
                    if session.console.mode is not Mode.JSON or go_on:
                        session.console.output(line_text(line))
                if not go_on:
                    break
        except KeyboardInterrupt:
            raise goes_on(job) from None
    if session.console.mode is Mode.JSON:
        session.console.result(rows)


def _check_unit(look: Look, unit: str | None) -> None:
    names = [unit_name(one) for one in look.units]
    if unit is not None and unit not in names and unit not in [one.id for one in look.units]:
        raise CommandError(
            f"The job has no unit {unit}.", hint=f"Its units are: {', '.join(names)}", exit_code=ExitCode.ARGUMENTS
        )


def _wanted(look: Look, unit: str | None) -> Iterator[UnitLine]:
    return (line for line in look.lines if unit is None or unit in (line.unit.id, unit_name(line.unit)))


def _row(line: UnitLine) -> dict[str, Any]:
    return {"compute_unit_id": line.unit.id, "unit": unit_name(line.unit), **msgspec.to_builtins(line.row)}
