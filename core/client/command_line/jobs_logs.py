"""`gpu-agent-client jobs logs`."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import typer

from ...console import CommandError, ExitCode, Mode
from ...protocol.customer import ComputeUnit
from ..customer import Client
from ..job_follow import UnitLine, follow, unit_lines, unit_name, units_of
from .job_view import line_text
from .job_waiting import goes_on, line_teller
from .options import Session


def jobs_logs(
    session: Session,
    job: Annotated[str, typer.Argument(help="The job's id.")],
    go_on: Annotated[bool, typer.Option("-f", "--follow", help="Go on until the job has ended.")] = False,
    unit: Annotated[str | None, typer.Option("--unit", help="Only this unit: its name, such as train, or id.")] = None,
) -> None:
    """Print what a job's code wrote, each line behind its unit's name; lines with * are the platform's own words."""
    rows: list[dict[str, Any]] = []
    with session.connect() as client:
        units = units_of(client, job)
        wanted = _wanted(units, unit)
        try:
            for line in _lines(session, client, job, units, go_on=go_on):
                if line.unit.id in wanted:
                    rows.append(_row(line))
                    if session.console.mode is not Mode.JSON or go_on:
                        session.console.output(line_text(line))
        except KeyboardInterrupt:
            raise goes_on(job) from None
    if session.console.mode is Mode.JSON:
        session.console.result(rows)


def _lines(session: Session, client: Client, job: str, units: list[ComputeUnit], *, go_on: bool) -> Iterator[UnitLine]:
    """All lines: those there are, unit by unit, or as they are written until the job has ended."""
    if go_on:
        for look in follow(client, job, on_state=line_teller(session.console)):
            yield from look.lines
    else:
        for unit in units:
            yield from unit_lines(client, unit, job)


def _wanted(units: list[ComputeUnit], unit: str | None) -> set[str]:
    """The ids of the units whose lines are asked for."""
    found = {one.id for one in units if unit is None or unit in (one.id, unit_name(one))}
    if not found:
        names = ", ".join(unit_name(one) for one in units)
        raise CommandError(f"The job has no unit {unit}.", hint=f"Its units are: {names}", exit_code=ExitCode.ARGUMENTS)
    return found


def _row(line: UnitLine) -> dict[str, Any]:
    return {"compute_unit_id": line.unit.id, "unit": unit_name(line.unit), **msgspec.to_builtins(line.row)}
