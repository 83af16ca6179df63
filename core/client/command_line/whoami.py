"""`gpu-agent-client whoami`."""

from .account_show import how
from .options import Session


def whoami(session: Session) -> None:
    """Say who you are to which service, and by which key: the key that options, environment or a login give."""
    with session.connect() as client:
        account = client.account()
    access = session.access()
    profile = f", profile {access.profile}" if access.profile is not None else ""
    human = f"{account.email} at {access.server}{profile}, by {how(account.access)}"
    row = {
        "email": account.email,
        "server": access.server,
        "profile": access.profile,
        "access": account.access,
    }
    session.console.result(row, human=human, quiet=account.email)
