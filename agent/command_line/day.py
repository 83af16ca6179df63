"""`gpu-agent-node day`: what each GPU did on a day, from the node or, where it rests, its journal."""

import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.command_line.options import DataDirOption, default_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption, table
from core.console.words import seconds_in_words
from core.protocol.node_day import DayLane, Doing, NodeDay

if TYPE_CHECKING:
    from rich.table import Table

DayOption = Annotated[
    str | None, typer.Option("--day", help="Another day of the last week, such as 2026-04-01.", metavar="DAY")
]
_WORDS = {
    Doing.WORKING: "working",
    Doing.WAITING: "waiting for work",
    Doing.PAUSED_BY_YOU: "paused by you",
    Doing.PAUSED_BY_RULE: "paused by a rule",
    Doing.OUTSIDE_HOURS: "outside your hours",
    Doing.NOT_CONNECTED: "not connected",
}


def day(
    day: DayOption = None,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say for how long each GPU worked, waited or was paused, today or on another day. --json tells from when to when.
    What is left of the day's hours it was off."""
    found = _day(data_dir.absolute(), None if day is None else _checked(day))
    human: str | Table = _table(found) if found.lanes else f"Nothing is known of {found.day}."
    Console.choose(json, quiet).result(found, human=human, quiet=[_name(lane) for lane in found.lanes])


def _checked(text: str) -> date:
    from agent.day import day_named

    try:
        return day_named(text)
    except ValueError as error:
        raise CommandError(
            f"{text!r} is no day.", hint="Write it like 2026-04-01.", exit_code=ExitCode.ARGUMENTS
        ) from error


def _day(data_dir: Path, wanted: date | None) -> NodeDay:
    from agent.day import today
    from agent.journal import day_of_stopped
    from core.client.errors import ConnectionFailed
    from core.client.node_control import NodeControl, NodeNotRunning, control_of

    try:
        with NodeControl(control_of(data_dir)) as node:
            return node.day(day=None if wanted is None else wanted.isoformat())
    except (NodeNotRunning, ConnectionFailed):
        now = time.time()
        return day_of_stopped(data_dir / "journal.sqlite", wanted or today(now, None), now)


def _table(found: NodeDay) -> "Table":
    told = [_seconds(lane) for lane in found.lanes]
    headers = [doing for doing in _WORDS if any(doing in lane for lane in told)]
    rows = [
        (_name(lane), *(seconds_in_words(seconds[doing]) if doing in seconds else None for doing in headers))
        for lane, seconds in zip(found.lanes, told, strict=True)
    ]
    return table((found.day, *(_WORDS[doing] for doing in headers)), rows)


def _seconds(lane: DayLane) -> Counter[Doing]:
    seconds: Counter[Doing] = Counter()
    for span in lane.spans:
        length = datetime.fromisoformat(span.ends_at) - datetime.fromisoformat(span.begins_at)
        seconds[span.doing] += round(length.total_seconds())
    return seconds


def _name(lane: DayLane) -> str:
    return "processors" if lane.gpu_uuid is None else f"{lane.gpu}, {lane.gpu_uuid}"
