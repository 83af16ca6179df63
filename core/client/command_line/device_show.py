"""`gpu-agent-client device show`."""

from ...console.passwords import PasswordStdinOption
from .device_view import CodeArgument, in_words
from .options import Session
from .signing_in import EmailOption, connect_or_sign_in


def device_show(
    session: Session, code: CodeArgument, email: EmailOption = None, password_stdin: PasswordStdinOption = False
) -> None:
    """Show what waits with a code: what it calls itself, from where, and what it wants to do. Changes nothing."""
    with connect_or_sign_in(session, email, from_stdin=password_stdin) as client:
        found = client.look_up_device_code(code)
    session.console.result(found, human=in_words(found), quiet=found.status.value)
