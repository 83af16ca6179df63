"""`gpu-agent-client packages list`."""

from ..customer import every
from .content_table import content_table
from .options import Session


def packages_list(session: Session) -> None:
    """List your training packages, newest first."""
    with session.connect() as client:
        rows = list(every(lambda cursor: client.list_content("training-packages", cursor=cursor)))
    session.console.result(rows, human=content_table(rows))
