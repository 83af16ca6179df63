"""`gpu-agent-client logout`."""

from typing import Annotated

import msgspec
import typer

from ...console import CommandError, ExitCode
from ...errors import ErrorCode
from ..errors import ServerError
from .logins import forget_login, key_from_keyring
from .options import Session

_GOOD_NO_MORE = frozenset({ErrorCode.API_KEY_REVOKED, ErrorCode.API_KEY_INVALID})


class LoggedOut(msgspec.Struct, frozen=True):
    """`revoked`: the service knows that the key is good no more."""

    profile: str
    server: str
    revoked: bool


def logout(
    session: Session,
    only_here: Annotated[
        bool, typer.Option("--only-here", help="Forget the key without telling the service, where that is gone.")
    ] = False,
) -> None:
    """Log this machine out: its key is revoked, and kept here no more. The profile goes on naming its service."""
    target = session.login()
    key = target.access.api_key or key_from_keyring(target.access)
    if key is None:
        raise CommandError(
            f"This machine is not logged in to {target.access.server} (profile {target.name}).",
            hint="gpu-agent-client login",
            exit_code=ExitCode.REFUSED,
            code="NOT_LOGGED_IN",
        )
    if not only_here:
        with session.client(target.access, key) as client:
            try:
                client.revoke_own_key()
            except ServerError as refused:
                if refused.code not in _GOOD_NO_MORE:
                    raise
    forget_login(target)
    done = LoggedOut(target.name, target.access.server, not only_here)
    left = "" if done.revoked else "\nThe key is still good there. To revoke it: gpu-agent-client keys list"
    session.console.result(
        done, human=f"Logged out of {done.server} (profile {done.profile}).{left}", quiet=done.profile
    )
