"""`gpu-agent-client account show`."""

from ...protocol.accounts import Access
from .options import Session


def account_show(session: Session) -> None:
    """Show whose key this is, and what it may do."""
    with session.connect() as client:
        account = client.account()
    rows = {
        "e-mail": account.email,
        "id": account.id,
        "since": account.created_at,
        "service": f"{session.server} ({account.environment})",
        "balance": f"{account.balance} credits, {account.held} held",
        "by": how(account.access),
        "may": " ".join(account.access.scopes),
    }
    human = "\n".join(f"{name + ':':9} {value}" for name, value in rows.items())
    session.console.result(account, human=human, quiet=account.email)


def how(access: Access) -> str:
    """By which key or session a request came in."""
    if access.api_key_id is None:
        return f"a session until {access.expires_at}"
    return f"the key {access.api_key_prefix}… ({access.api_key_name})"
