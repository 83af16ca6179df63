"""`gpu-agent-node history`: every unit that ever ran on this node, from the node or, where it rests, its journal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.command_line.options import DataDirOption, default_data_dir
from core.console import Console, JsonOption, QuietOption, table
from core.console.words import seconds_in_words, size_in_words
from core.protocol.node_history import HISTORY_PAGE, MOST_HISTORY_PAGE, History, PastUnit

if TYPE_CHECKING:
    from rich.table import Table

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=MOST_HISTORY_PAGE, help="So many, the newest first.")]
BeforeOption = Annotated[
    int | None, typer.Option("--before", min=1, help="Only those before the one with this number.")
]


def history(
    limit: LimitOption = HISTORY_PAGE,
    before: BeforeOption = None,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List what ran here: which package, when, how it ended, what it moved and used. --json also tells what each could
    touch, and when nothing of it was left."""
    found = _history(data_dir.absolute(), before, limit)
    human: str | Table = _table(found) if found.data else "Nothing ran here yet."
    Console.choose(json, quiet).result(found, human=human, quiet=[unit.attempt_id for unit in found.data])


def _history(data_dir: Path, before: int | None, limit: int) -> History:
    from agent.journal import history_of_stopped
    from core.client.errors import ConnectionFailed
    from core.client.node_control import NodeControl, NodeNotRunning, control_of

    try:
        with NodeControl(control_of(data_dir)) as node:
            return node.history(before=before, limit=limit)
    except (NodeNotRunning, ConnectionFailed):
        return history_of_stopped(data_dir / "journal.sqlite", before=before, limit=limit)


def _table(found: History) -> "Table":
    headers = ("number", "leased", "unit", "package", "GPU", "end", "ran", "in", "out", "energy")
    return table(headers, [_row(unit) for unit in found.data])


def _row(unit: PastUnit) -> tuple[object, ...]:
    return (
        unit.id,
        unit.leased_at[:19] + "Z",
        f"{unit.role} {unit.unit_id[-8:]}",
        unit.package_digest[:12] or "of the platform",
        unit.gpu or unit.gpu_uuid,
        unit.words or "goes on",
        seconds_in_words(unit.run_seconds),
        size_in_words(unit.bytes_in),
        size_in_words(unit.bytes_out),
        None if unit.energy_joules is None else f"{unit.energy_joules / 3_600_000:.3f} kWh",
    )
