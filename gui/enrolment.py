"""Codes by which machines become an owner's nodes, as the owner's own access makes them. No widget here.

A code is a secret for its 15 minutes: it is shown and copied, and neither logged nor kept in a file.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from core.client.address import BASE_PATH, is_loopback
from core.client.errors import AnswerUnreadable, PermissionDeniedError

if TYPE_CHECKING:
    from core.client.customer import AsyncClient
    from core.protocol.owner import OwnedNode

PROGRAM = ("python3", "build_scripts/run.py")
"""How the project's commands are started in its folder; the first time that sets their environment up."""
_LONGEST_SECONDS = 15 * 60.0
_NEWEST_ROWS = 100


class MadeCode(msgspec.Struct, frozen=True):
    """A code for one machine. `ends_at` is a moment of `time.monotonic()`."""

    code: str
    ends_at: float

    def seconds_left(self) -> float:
        """How long it is good for; 0 once it isn't."""
        return max(0.0, self.ends_at - time.monotonic())


async def make_code(client: AsyncClient) -> MadeCode:
    """A code for one machine of whoever the client speaks for. Raises ServerError, ClientError."""
    made = await client.create_enrollment_code()
    if made.code is None:
        raise AnswerUnreadable("The server made a code and didn't tell it.", hint="Ask for another one.")
    return MadeCode(made.code, time.monotonic() + lifetime_seconds(made.expires_at, datetime.now(UTC)))


def lifetime_seconds(expires_at: str, now: datetime) -> float:
    """How long a code that was made just now lives: by this computer's clock where that can be right, else the
    15 minutes that every code has."""
    left = (datetime.fromisoformat(expires_at) - now).total_seconds()
    return left if 0 < left <= _LONGEST_SECONDS else _LONGEST_SECONDS


async def newest_nodes(client: AsyncClient) -> list[OwnedNode] | None:
    """The owner's newest hundred nodes, the newest first; None where this access may not read them.

    Raises ServerError, ClientError.
    """
    try:
        return (await client.list_nodes(limit=_NEWEST_ROWS)).data
    except PermissionDeniedError:
        return None


def newcomers(nodes: Sequence[OwnedNode], known: frozenset[str]) -> list[OwnedNode]:
    """Those that weren't there before, in the order in which they came."""
    return [node for node in reversed(nodes) if node.id not in known]


def is_code(text: str) -> bool:
    """Whether it may be a code; which one is good, the server says."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def same_server(one: str, other: str) -> bool:
    """Whether both are addresses of one server, with the API's path or without. What is no address is none's."""
    try:
        first, second = urlsplit(one.strip().lower()), urlsplit(other.strip().lower())
    except ValueError:
        return False
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def join_command(server: str, code: str, *, ca_file: str | None = None) -> str:
    """What is typed on the other machine, in the folder of the program; the node begins paused. `ca_file` is this
    computer's file of an own authority, which lies beside the program there."""
    address = server.removesuffix(BASE_PATH)
    words = [*PROGRAM, "gpu-agent-node", "run", "--server", address, "--enroll", code, "--paused"]
    if address.startswith("http://") and not is_here_alone(address):
        words.append("--insecure")
    if ca_file is not None:
        words += ["--ca-file", Path(ca_file).name]
    return shlex.join(words)


def is_here_alone(server: str) -> bool:
    """Whether no other machine reaches a server by this address."""
    return is_loopback(urlsplit(server).hostname or "")
