"""`gpu-agent-client device deny`."""

from ...console.passwords import PasswordStdinOption
from .device_view import CodeArgument, in_words
from .options import Session
from .signing_in import EmailOption, connect_or_sign_in


def device_deny(
    session: Session, code: CodeArgument, email: EmailOption = None, password_stdin: PasswordStdinOption = False
) -> None:
    """Refuse the program that shows this code."""
    with connect_or_sign_in(session, email, from_stdin=password_stdin) as client:
        denied = client.deny_device_code(code)
    session.console.result(denied, human=in_words(denied), quiet=denied.status.value)
