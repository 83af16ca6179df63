"""`gpu-agent-client keys list`."""

from ...console import table
from ..customer import every
from .options import Session


def keys_list(session: Session) -> None:
    """List your API keys, newest first, revoked ones too."""
    with session.connect() as client:
        rows = list(every(lambda cursor: client.list_api_keys(cursor=cursor)))
    session.console.result(
        rows,
        human=table(
            ["id", "begins with", "name", "may", "created", "last used", "revoked"],
            ((r.id, r.prefix, r.name, " ".join(r.scopes), r.created_at, r.last_used_at, r.revoked_at) for r in rows),
        ),
    )
