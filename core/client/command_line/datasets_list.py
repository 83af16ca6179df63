"""`gpu-agent-client datasets list`."""

from ..customer import every
from .content_table import content_table
from .options import Session


def datasets_list(session: Session) -> None:
    """List your datasets, newest first."""
    with session.connect() as client:
        rows = list(every(lambda cursor: client.list_content("datasets", cursor=cursor)))
    session.console.result(rows, human=content_table(rows))
