"""`gpu-agent-client packages delete`."""

from typing import Annotated

import typer

from .content_deletion import delete_content
from .options import Session


def packages_delete(session: Session, ids: Annotated[list[str], typer.Argument(help="Ids of packages.")]) -> None:
    """Delete training packages. Asks first, unless -y or --json. What a job uses stays."""
    delete_content(session, "training-packages", ids)
