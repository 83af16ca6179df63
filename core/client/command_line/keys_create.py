"""`gpu-agent-client keys create`."""

from contextlib import AbstractContextManager
from typing import Annotated

import typer

from ...console.passwords import PasswordStdinOption, ask_password
from ..customer import Client
from .options import Session


def keys_create(
    session: Session,
    name: Annotated[str, typer.Option("--name", help="What lists call it, such as the machine that it is for.")],
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="What it may do, such as jobs:read; may be repeated.")
    ] = None,
    email: Annotated[
        str | None, typer.Option("--email", help="Sign in by this address and a password, instead of a key.")
    ] = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Make an API key and print it, once. It may do no more than the key that makes it; without --scope, as much."""
    with _client(session, email, password_stdin) as client:
        made = client.create_api_key(name, scopes or None)
    session.console.result(
        made,
        human=f"{made.secret}\nThis key ({made.name}) is shown only now: keep it.\nIt may: {' '.join(made.scopes)}",
        quiet=made.secret,
    )


def _client(session: Session, email: str | None, password_stdin: bool) -> AbstractContextManager[Client]:
    if email is None:
        return session.connect()
    return session.signed_in(email, ask_password(session.console, from_stdin=password_stdin))
