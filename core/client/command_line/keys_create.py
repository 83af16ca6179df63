"""`gpu-agent-client keys create`."""

from typing import Annotated

import typer

from ...console.passwords import PasswordStdinOption
from .options import Session
from .signing_in import EmailOption, connect_or_sign_in


def keys_create(
    session: Session,
    name: Annotated[str, typer.Option("--name", help="What lists call it, such as the machine that it is for.")],
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="What it may do, such as jobs:read; may be repeated.")
    ] = None,
    email: EmailOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Make an API key and print it, once. It may do no more than the key that makes it; without --scope, as much."""
    with connect_or_sign_in(session, email, from_stdin=password_stdin) as client:
        made = client.create_api_key(name, scopes or None)
    session.console.result(
        made,
        human=f"{made.secret}\nThis key ({made.name}) is shown only now: keep it.\nIt may: {' '.join(made.scopes)}",
        quiet=made.secret,
    )
