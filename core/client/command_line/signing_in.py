"""The service by a password instead of a key, for one command: what makes or grants keys takes both."""

from contextlib import AbstractContextManager
from typing import Annotated

import typer

from ...console.passwords import ask_password
from ..customer import Client
from .options import Session

EmailOption = Annotated[
    str | None, typer.Option("--email", help="Sign in by this address and a password, instead of a key.")
]


def connect_or_sign_in(session: Session, email: str | None, *, from_stdin: bool) -> AbstractContextManager[Client]:
    """The service by the key that there is, or by a session that ends with the block."""
    if email is None:
        return session.connect()
    return session.signed_in(email, ask_password(session.console, from_stdin=from_stdin))
