"""`gpu-agent-client webhooks list`."""

from ...console import table
from ..customer import every
from .options import Session
from .webhook_view import last_of, state_of


def webhooks_list(session: Session) -> None:
    """List your webhooks: where each goes, what it is told of, what became of the last delivery."""
    with session.connect() as client:
        rows = list(every(lambda cursor: client.list_webhooks(cursor=cursor)))
    cells = ((row.url, state_of(row), " ".join(row.events), last_of(row), row.id) for row in rows)
    session.console.result(rows, human=table(["url", "is", "told of", "last delivery", "id"], cells))
