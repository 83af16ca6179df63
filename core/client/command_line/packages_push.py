"""`gpu-agent-client packages push`: a folder or zip with a Python entry point becomes a training package."""

from pathlib import Path
from typing import Annotated

import typer

from ...console import Console
from ...protocol.uploads import StoredContent
from ..customer import Client
from .options import Session
from .package_reading import sound_package
from .pushing import push, read


def packages_push(
    session: Session,
    path: Annotated[Path, typer.Argument(help="A folder, which is zipped first, or a zip.")],
    name: Annotated[str | None, typer.Option("--name", help="Its name; that of training.toml if not given.")] = None,
) -> None:
    """Inspect a training package here, with file and line of every problem, then upload it."""
    with session.connect() as client:
        stored = push_package(session.console, client, path, name)
    session.console.result(
        stored,
        human=f"Package {stored.name}, version {stored.version}, is {stored.status.value}: {stored.id}\n"
        f"Next: gpu-agent-client jobs submit --dataset DATASET_ID --package {stored.id}",
    )


def push_package(console: Console, client: Client, path: Path, name: str | None = None) -> StoredContent:
    """Inspect, zip, upload and finalize. Raises PACKAGE_REJECTED before anything is sent, or from the service."""
    with sound_package(console, path) as package:
        return push(console, client, "training-packages", name or package.name, read(console, package.zip))
