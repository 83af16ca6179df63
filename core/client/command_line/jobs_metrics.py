"""`gpu-agent-client jobs metrics`: what a job's code logged in numbers."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
import typer

from ...console import printable, table
from ...protocol.customer import MetricRow
from ..customer import every
from ..http import Retries
from ..job_follow import metric_rows, unit_name
from .arguments import JobArgument
from .options import Session

# A job of many points takes more pages than the service gives in a minute; it says how long to wait.
_PATIENT = Retries(attempts=100, seconds=1800.0, longest_wait_seconds=61.0)


class Value(msgspec.Struct, frozen=True):
    """What one unit logged under one name at one step; `number` counts the job's points from 1."""

    name: str
    unit: str
    value: float
    step: int | None
    attempt: int
    time: str
    number: int
    compute_unit_id: str


def jobs_metrics(
    session: Session,
    job: JobArgument,
    every_value: Annotated[bool, typer.Option("--all", help="Every value, in the order they came.")] = False,
) -> None:
    """Show the last value of each metric that a job's units logged, or with --all every value."""
    with session.connect(_PATIENT) as client:
        units = {unit.id: unit_name(unit) for unit in every(lambda cursor: client.list_units(job, cursor=cursor))}
        values: list[Value] = []
        with session.console.progress("Reading metrics", unit="values") as line:
            for row in metric_rows(client, job):
                values += _values(row, units)
                line.update(len(values))
    shown = values if every_value else last_values(values, list(units.values()))
    cells = ((one.unit, one.name, f"{one.value:.6g}", one.step, one.time) for one in shown)
    session.console.result(
        shown,
        human=table(["unit", "name", "value", "step", "time"], cells),
        quiet=(f"{printable(one.unit)}\t{printable(one.name)}\t{one.value!r}" for one in shown),
    )


def last_values(values: Iterable[Value], units: list[str]) -> list[Value]:
    """The newest of each unit and name: units in the order of the plan, names as they first came."""
    newest: dict[tuple[str, str], Value] = {}
    for value in values:
        newest[value.unit, value.name] = value
    return sorted(newest.values(), key=lambda one: units.index(one.unit) if one.unit in units else len(units))


def _values(row: MetricRow, units: dict[str, str]) -> list[Value]:
    unit = units.get(row.compute_unit_id, row.compute_unit_id)
    return [
        Value(name, unit, value, row.step, row.attempt, row.time, row.number, row.compute_unit_id)
        for name, value in row.values.items()
    ]
