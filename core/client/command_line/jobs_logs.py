"""`gpu-agent-client jobs logs`."""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from ...console import CommandError, ExitCode, Mode
from ...protocol.customer import ComputeUnit
from ..customer import Client
from ..http import Retries
from ..job_follow import UnitLine, follow, unit_lines, unit_name, units_of
from .arguments import JobArgument
from .job_view import line_text
from .job_waiting import goes_on, line_teller
from .log_filter import LogFilter, log_filter
from .options import Session

# A long log takes more pages than the service gives in a minute; it says how long to wait.
_PATIENT = Retries(attempts=100, seconds=1800.0, longest_wait_seconds=61.0)


def jobs_logs(
    session: Session,
    job: JobArgument,
    go_on: Annotated[bool, typer.Option("-f", "--follow", help="Go on until the job has ended.")] = False,
    last: Annotated[
        int | None, typer.Option("-n", "--last", min=0, help="Only the last so many lines, of those that are wanted.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only from then on: 10m or 2h ago, or a time.")
    ] = None,
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="TEXT", help="Only lines with this in them, or /a regular expression/."),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Only this unit: its name, such as train, or id.")] = None,
    attempt: Annotated[
        int | None, typer.Option("--attempt", min=1, help="Only this attempt of each unit: 1 is the first.")
    ] = None,
) -> None:
    """Print what a job's code wrote, each line behind its unit's name; lines with * are the platform's own words. Exits
    0, or 1 if --search found no line."""
    wants = log_filter(since=since, attempt=attempt, search=search, now=datetime.now(UTC))
    shown = _Shown(session)
    with session.connect(_PATIENT) as client:
        units = units_of(client, job)
        wanted = _wanted(units, unit)
        some = [one for one in units if one.id in wanted]
        try:
            if go_on:
                _follow(session, client, job, some, wants, last, shown)
            elif last is None:
                for one in some:
                    shown.take(line for line in unit_lines(client, one, job) if wants.wants(line))
            else:
                shown.take(_last(client, job, some, wants, last).lines)
        except KeyboardInterrupt:
            raise goes_on(job) from None
    shown.end()
    if search and not shown.count:
        raise CommandError(
            "No line has that in it.",
            hint=f"gpu-agent-client jobs logs {job}",
            exit_code=ExitCode.REFUSED,
            code="NOTHING_FOUND",
        )


class _Shown:
    """Prints lines; in JSON mode they are gathered for the one object at the end."""

    def __init__(self, session: Session) -> None:
        self._console = session.console
        self._rows: list[dict[str, Any]] = []
        self.count = 0

    def take(self, lines: Iterable[UnitLine], *, live: bool = False) -> None:
        for line in lines:
            self.count += 1
            if self._console.mode is Mode.JSON:
                self._rows.append(_row(line))
            if self._console.mode is not Mode.JSON or live:
                self._console.output(line_text(line))

    def end(self) -> None:
        if self._console.mode is Mode.JSON:
            self._console.result(self._rows)


class _Tail(msgspec.Struct, frozen=True):
    """The last wanted lines there are, by time, and up to which line each unit was looked at."""

    lines: list[UnitLine]
    seen: dict[str, int]


def _follow(
    session: Session,
    client: Client,
    job: str,
    units: list[ComputeUnit],
    wants: LogFilter,
    last: int | None,
    shown: _Shown,
) -> None:
    """By the job's stream to its end, which tells every line; with `last`, behind the last ones of now."""
    before = _Tail([], {}) if last is None else _last(client, job, units, wants, last)
    shown.take(before.lines, live=True)
    ids = {unit.id for unit in units}
    for look in follow(client, job, on_state=line_teller(session.console)):
        fresh = (line for line in look.lines if line.unit.id in ids)
        new = (line for line in fresh if line.row.number > before.seen.get(line.unit.id, 0))
        shown.take((line for line in new if wants.wants(line)), live=True)


def _last(client: Client, job: str, units: list[ComputeUnit], wants: LogFilter, count: int) -> _Tail:
    """The last `count` lines that are wanted. Where all are, no more is read than these."""
    kept: list[UnitLine] = []
    seen: dict[str, int] = {}
    for unit in units:
        after = 0 if wants.asks else max(0, _newest_number(client, job, unit) - count)
        seen[unit.id] = after
        lines: deque[UnitLine] = deque(maxlen=count)
        for line in unit_lines(client, unit, job, after=after):
            seen[unit.id] = line.row.number
            if wants.wants(line):
                lines.append(line)
        kept.extend(lines)
    kept.sort(key=lambda line: line.row.time)  # stable: lines of a moment stay in the order of the plan
    return _Tail(kept[len(kept) - min(count, len(kept)) :], seen)


def _newest_number(client: Client, job: str, unit: ComputeUnit) -> int:
    """The number of a unit's newest line, 0 without any: lines are numbered from 1 without a gap, so it is found in a
    few looks, by doubling and halving."""

    def is_there(number: int) -> bool:
        return bool(client.list_logs(job, unit.id, after=number - 1, limit=1).data)

    if not is_there(1):
        return 0
    low, high = 1, 2
    while is_there(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_there(middle) else (low, middle)
    return low


def _wanted(units: list[ComputeUnit], unit: str | None) -> set[str]:
    """The ids of the units whose lines are asked for."""
    found = {one.id for one in units if unit is None or unit in (one.id, unit_name(one))}
    if not found:
        names = ", ".join(unit_name(one) for one in units)
        raise CommandError(f"The job has no unit {unit}.", hint=f"Its units are: {names}", exit_code=ExitCode.ARGUMENTS)
    return found


def _row(line: UnitLine) -> dict[str, Any]:
    return {"compute_unit_id": line.unit.id, "unit": unit_name(line.unit), **msgspec.to_builtins(line.row)}
