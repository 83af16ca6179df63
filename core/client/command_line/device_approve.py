"""`gpu-agent-client device approve`."""

from typing import Annotated

import typer

from ...console import Mode
from ...console.passwords import PasswordStdinOption
from .device_view import CodeArgument, in_words
from .options import Session
from .signing_in import EmailOption, connect_or_sign_in


def device_approve(
    session: Session,
    code: CodeArgument,
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help="What its key may do instead of what it asks for; may be repeated."),
    ] = None,
    email: EmailOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Give the program that shows this code a key of yours. What asks is shown first, and you are asked, unless -y or
    --json. Approve no code that you did not have shown yourself."""
    with connect_or_sign_in(session, email, from_stdin=password_stdin) as client:
        found = client.look_up_device_code(code)
        session.console.info(in_words(found))
        yes = session.yes or session.console.mode is Mode.JSON
        if not session.console.confirm(f"Give {found.name} a key of yours?", yes=yes):
            session.console.info("It has none. To refuse it for good: gpu-agent-client device deny " + found.user_code)
            return
        approved = client.approve_device_code(code, scopes)
    session.console.result(approved, human=in_words(approved), quiet=approved.status.value)
