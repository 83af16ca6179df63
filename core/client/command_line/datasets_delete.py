"""`gpu-agent-client datasets delete`."""

from typing import Annotated

import typer

from .content_deletion import delete_content
from .options import Session


def datasets_delete(session: Session, ids: Annotated[list[str], typer.Argument(help="Ids of datasets.")]) -> None:
    """Delete datasets, which gives their storage back. Asks first, unless -y or --json. What a job uses stays."""
    delete_content(session, "datasets", ids)
