"""`gpu-agent-node logs`: what the node said, from its data folder, whether it runs or not."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agent.command_line.options import DataDirOption, default_data_dir
from core.console import Console, JsonOption, Mode, QuietOption

if TYPE_CHECKING:  # slow to load: help needs none of it
    from core.node_log import LogLine


def logs(
    go_on: Annotated[bool, typer.Option("-f", "--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    last: Annotated[int | None, typer.Option("-n", "--last", min=0, help="Only the last so many lines.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only from then on: 10m or 2h ago, or a time.")
    ] = None,
    warnings: Annotated[bool, typer.Option("-w", "--warnings", help="Only warnings and errors.")] = False,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print what the node said: connections, units by role and id, warnings. It is kept in the data folder's log/."""
    from agent.node_log import Level
    from core.client.command_line.log_filter import since_when
    from core.node_log import LogReader, lines_since

    shown = _Shown(Console.choose(json, quiet))
    when = None if since is None else since_when(since, datetime.now(UTC))
    reader = LogReader(data_dir.absolute())

    def wanted(lines: "Iterable[LogLine]") -> "Iterator[LogLine]":
        return (line for line in lines if not warnings or line.level != Level.INFO)

    kept = deque(wanted(lines_since(reader.lines(), when)), maxlen=last)
    shown.take(kept, live=go_on)
    if go_on:
        shown.take(wanted(reader.follow()), live=True)
    shown.end("Nothing was said here yet." if when is None else "Nothing was said since then.")


class _Shown:
    """Prints lines; in JSON mode they are gathered for the one object at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._has_any = False
        self._rows: list[LogLine] = []

    def take(self, lines: "Iterable[LogLine]", *, live: bool) -> None:
        for line in lines:
            self._has_any = True
            if self._console.mode is Mode.JSON and not live:
                self._rows.append(line)
            else:
                self._console.output(f"{line.at} {line.level:<7} {line.text}")

    def end(self, nothing: str) -> None:
        """`nothing` is said where there was no line."""
        if not self._has_any:
            self._console.info(nothing)
        if self._console.mode is Mode.JSON:
            self._console.result(self._rows)
