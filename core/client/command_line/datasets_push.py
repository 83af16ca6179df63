"""`gpu-agent-client datasets push`: a file or folder becomes a dataset."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Session
from .pushing import push, read


def datasets_push(
    session: Session,
    path: Annotated[Path, typer.Argument(help="A file, or a folder with all that is in it.")],
    name: Annotated[str | None, typer.Option("--name", help="Its name; the path's last part if not given.")] = None,
) -> None:
    """Upload a file or folder as a dataset. Cut in the middle, the same command goes on where it stopped; pushed
    again under the same name it is the next version, and only what changed is sent."""
    found = read(session.console, path)
    with session.connect() as client:
        stored = push(session.console, client, "datasets", name or path.resolve().name, found)
    session.console.result(
        stored,
        human=f"Dataset {stored.name}, version {stored.version}, is {stored.status.value}: {stored.id}\n"
        f"Next: gpu-agent-client jobs submit --dataset {stored.id} --package PACKAGE_ID",
    )
