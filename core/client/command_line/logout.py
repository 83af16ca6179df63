"""`gpu-agent-client logout`."""

from typing import Annotated

import msgspec
import typer

from ...console import CommandError, ExitCode
from .logins import find_key, forget_login, give_up_key
from .options import Session


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
    found = find_key(target.access)
    if found.problem:
        raise CommandError(
            f"The key of profile {target.name} can't be read: {found.problem}.",
            hint="Unlock or mend the keyring and say it again; or revoke the key elsewhere: gpu-agent-client keys list",
            exit_code=ExitCode.ENVIRONMENT,
        )
    if found.key is None:
        raise CommandError(
            f"This machine is not logged in to {target.access.server} (profile {target.name}).",
            hint="gpu-agent-client login",
            exit_code=ExitCode.REFUSED,
            code="NOT_LOGGED_IN",
        )
    if not only_here:
        with session.client(target.access, found.key) as client:
            give_up_key(client)
    forget_login(target)
    done = LoggedOut(target.name, target.access.server, not only_here)
    left = "" if done.revoked else "\nThe key is still good there. To revoke it: gpu-agent-client keys list"
    session.console.result(
        done, human=f"Logged out of {done.server} (profile {done.profile}).{left}", quiet=done.profile
    )
