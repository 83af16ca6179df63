"""`gpu-agent-client login`: a key for this machine, by a code that is approved elsewhere or by a password."""

import platform
import sys
import time
from typing import Annotated

import msgspec
import typer

from ...console import CommandError, ExitCode, Mode
from ...console.passwords import PasswordStdinOption, ask_password
from ...console.words import seconds_in_words
from ...errors import ErrorCode
from ...printable import printable
from ...protocol.accounts import CreatedApiKey
from ...protocol.device_codes import NAME_CHARACTERS, DeviceKey, DeviceLogin, DeviceLoginState
from ..customer import Client
from ..errors import ClientError, ConnectionFailed, ServerError
from .logins import KEYRING, Kept, Login, find_key, give_up_key, keep_login, refuse_another_service
from .options import Session
from .signing_in import EmailOption

_ROOM = "gpu-agent-client keys list, gpu-agent-client keys revoke ID"
_WAITING = frozenset({DeviceLoginState.AUTHORIZATION_PENDING, DeviceLoginState.SLOW_DOWN})


class LoggedIn(msgspec.Struct, frozen=True):
    """What a login came to. `kept_in` is "keyring" or a file's path; the key itself is shown nowhere."""

    profile: str
    server: str
    email: str
    api_key_id: str
    api_key_name: str
    scopes: list[str]
    kept_in: str


def login(
    session: Session,
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", "--scopes", help="What this machine may do, such as jobs:read; may be repeated."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="What lists call this machine's key; its host name if not given.")
    ] = None,
    by_password: Annotated[bool, typer.Option("--password", help="Log in by e-mail address and password.")] = False,
    email: EmailOption = None,
    password_stdin: PasswordStdinOption = False,
) -> None:
    """Log this machine in: it shows a code, you approve that where you are signed in, and it gets a key of its own. The
    key is kept in the system's keyring, or in a file of yours alone; --profile keeps several. A key that this profile
    had before is revoked."""
    target = session.login()
    refuse_another_service(target)
    replaced = find_key(target.access).key
    key_name = (name or f"gpu-agent-client on {printable(platform.node()) or 'a machine'}")[:NAME_CHARACTERS]
    wanted = _split(scopes)
    if by_password or email is not None or password_stdin:
        address = email or _ask_email(session)
        password = ask_password(session.console, from_stdin=password_stdin)
        with session.signed_in(address, password, target.access) as client:
            made = client.create_api_key(key_name, wanted)
    else:
        with session.client(target.access, None) as client:
            address, made = _by_code(session, client, target, key_name, wanted)
    _keep(session, target, address, made, replaced)


def _split(scopes: list[str] | None) -> list[str] | None:
    """Several in one word may be parted by commas or spaces."""
    return [one for text in scopes or [] for one in text.replace(",", " ").split()] or None


def _ask_email(session: Session) -> str:
    if session.console.mode is not Mode.HUMAN or not sys.stdin.isatty():
        raise CommandError(
            "Nobody is here to type an e-mail address.",
            hint="Say it again with --email, and the password on stdin: --password-stdin",
            exit_code=ExitCode.ARGUMENTS,
        )
    session.console.ask_to_act("E-mail address:")
    return sys.stdin.readline().strip()


def _by_code(
    session: Session, client: Client, target: Login, name: str, scopes: list[str] | None
) -> tuple[str, CreatedApiKey]:
    """Whose key it is, and the key, once the code is approved."""
    begun = client.begin_device_login(name, scopes)
    session.console.ask_to_act(f"Your code: {begun.user_code}")
    session.console.ask_to_act(
        f"Approve it where you are signed in to {target.access.server}: in the window, API keys, Let a program in, "
        f"or gpu-agent-client device approve {begun.user_code}"
    )
    session.console.info(f"Waiting for that, {seconds_in_words(begun.expires_in)} at most. Ctrl-C stops it.")
    told = _wait(session, client, begun)
    if told.status is DeviceLoginState.ACCESS_DENIED:
        raise CommandError(
            "The code was denied.", hint="To begin anew: gpu-agent-client login", exit_code=ExitCode.CONNECTION
        )
    if told.status is not DeviceLoginState.APPROVED or told.api_key is None or told.customer is None:
        raise CommandError(
            "The code's time is over, or its key was fetched already.",
            hint="To begin anew: gpu-agent-client login; keys that nobody has: gpu-agent-client keys list",
            exit_code=ExitCode.CONNECTION,
        )
    return told.customer.email, told.api_key


def _wait(session: Session, client: Client, begun: DeviceLogin) -> DeviceKey:
    """Asks as often as the service says, to the end of the code's time, whatever happens to the line meanwhile."""
    interval = float(max(1, begun.interval))
    deadline = time.monotonic() + begun.expires_in
    said = ""
    while True:
        time.sleep(interval)
        try:
            told = client.fetch_device_key(begun.device_code)
        except ConnectionFailed as failed:
            session.console.info(f"{str(failed).rstrip('.')}. Asking again in {interval:.0f} s.")
        except ServerError as refused:
            if refused.code is ErrorCode.STATE_CONFLICT:  # no room for a key: the code stays good meanwhile
                if refused.message != said:
                    said = refused.message
                    session.console.warn(f"{said.rstrip('.')}. Revoke one and this goes on: {_ROOM}")
            elif refused.status not in (429, 503):
                raise
            interval = max(interval, refused.retry_after_seconds or 0.0)
        else:
            if told.status not in _WAITING:
                return told
            interval = float(max(1, told.interval))
        if time.monotonic() > deadline:
            return DeviceKey(DeviceLoginState.EXPIRED_TOKEN, begun.interval)


def _keep(session: Session, target: Login, email: str, made: CreatedApiKey, replaced: str | None) -> None:
    if made.secret is None:
        raise CommandError(
            "The service gave no key.", hint="To begin anew: gpu-agent-client login", exit_code=ExitCode.REFUSED
        )
    try:
        kept = keep_login(target, made.secret, replaced)
    except (CommandError, KeyboardInterrupt):
        _revoke(session, target, made.secret, f"The new key ({made.name}), which is kept nowhere,")
        raise
    if kept.problem:
        session.console.warn(f"{kept.problem}: the key lies in {kept.place}, which only you can read.")
    if replaced is not None:
        _revoke(session, target, replaced, "The key that this machine had before")
    done = LoggedIn(target.name, target.access.server, email, made.id, made.name, made.scopes, kept.place)
    session.console.result(done, human=_in_words(done, kept), quiet=done.profile)


def _revoke(session: Session, target: Login, key: str, what: str) -> None:
    try:
        with session.client(target.access, key) as client:
            give_up_key(client)
    except (ServerError, ClientError) as failed:
        reason = str(failed).rstrip(".")
        session.console.warn(f"{what} is still good there: {reason}. To revoke it: {_ROOM}")


def _in_words(done: LoggedIn, kept: Kept) -> str:
    place = "the system's keyring" if kept.place == KEYRING else kept.place
    return (
        f"Logged in to {done.server} as {done.email}, profile {done.profile}.\n"
        f"The key ({done.api_key_name}) lies in {place}. It may: {' '.join(done.scopes)}\n"
        "Next: gpu-agent-client whoami"
    )
