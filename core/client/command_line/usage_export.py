"""`gpu-agent-client usage export`."""

from pathlib import Path
from typing import Annotated

import typer

from ..usage_export import export_usage
from .options import Session


def usage_export(
    session: Session,
    file: Annotated[Path, typer.Argument(help="Where to write the CSV; what is there is replaced.")],
    date_from: Annotated[str, typer.Option("--from", metavar="DAY", help="The first UTC day, such as 2026-04-01.")],
    date_to: Annotated[str, typer.Option("--to", metavar="DAY", help="The last, inclusive; 90 days at most.")],
) -> None:
    """Write the units that you were charged for as CSV, one a line."""
    with session.connect() as client:
        done = export_usage(client, date_from, date_to, file)
    session.console.result(done, human=f"{done.path}: {done.size_bytes:,} bytes", quiet=done.path)
