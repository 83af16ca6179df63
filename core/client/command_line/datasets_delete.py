"""`gpu-agent-client datasets delete`."""

from .arguments import DatasetsArgument
from .content_deletion import delete_content
from .options import Session


def datasets_delete(session: Session, ids: DatasetsArgument) -> None:
    """Delete datasets, which gives their storage back. Asks first, unless -y or --json. What a job uses stays."""
    delete_content(session, "datasets", ids)
