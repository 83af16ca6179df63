"""`gpu-agent-client packages delete`."""

from .arguments import PackagesArgument
from .content_deletion import delete_content
from .options import Session


def packages_delete(session: Session, ids: PackagesArgument) -> None:
    """Delete training packages. Asks first, unless -y or --json. What a job uses stays."""
    delete_content(session, "training-packages", ids)
