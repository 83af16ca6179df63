"""What a shell offers after TAB that only the service knows: ids of jobs, datasets, packages, keys, with their names.

It is asked once, for a moment: whoever pressed TAB waits. What doesn't come in time, or at all, is not offered. What it
sends goes into a command line that is being typed: only ids are offered, and names as printable text.
"""

import contextlib
import os
from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

import typer

from ...console import CommandError
from ...errors import ApiError
from ...ids import is_public_id
from ...printable import printable
from ..customer import PAGE_LIMIT, Client
from ..errors import ClientError
from ..http import Retries
from ..profiles import find_access, read_config
from .logins import file_of_profiles, find_key
from .options import Settings

SECONDS = 1.5
_NAME_CHARACTERS = 60
Choice = tuple[str, str]
Find = Callable[[Client], Iterable[Choice]]


def complete_job(context: typer.Context, incomplete: str) -> list[Choice]:
    """Ids of jobs, newest first."""
    return _offered(context, incomplete, _jobs)


def complete_dataset(context: typer.Context, incomplete: str) -> list[Choice]:
    """Ids of datasets, newest first."""
    return _offered(context, incomplete, _datasets)


def complete_dataset_or_path(context: typer.Context, incomplete: str) -> list[Choice]:
    """The same where a path will do: nothing is offered once it looks like one, and the shell offers files."""
    return [] if incomplete.startswith((".", "~", "/")) else _offered(context, incomplete, _datasets)


def complete_package(context: typer.Context, incomplete: str) -> list[Choice]:
    """Ids of training packages, newest first."""
    return _offered(context, incomplete, _packages)


def complete_key(context: typer.Context, incomplete: str) -> list[Choice]:
    """Ids of API keys that are not revoked."""
    return _offered(context, incomplete, _keys)


def _jobs(client: Client) -> Iterable[Choice]:
    return [(row.id, f"{row.status.value} {row.name}") for row in client.list_jobs(limit=PAGE_LIMIT).data]


def _datasets(client: Client) -> Iterable[Choice]:
    return [(row.id, f"{row.name} {row.version}") for row in client.list_content("datasets", limit=PAGE_LIMIT).data]


def _packages(client: Client) -> Iterable[Choice]:
    rows = client.list_content("training-packages", limit=PAGE_LIMIT).data
    return [(row.id, f"{row.name} {row.version}") for row in rows]


def _keys(client: Client) -> Iterable[Choice]:
    return [(row.id, row.name) for row in client.list_api_keys(limit=PAGE_LIMIT).data if row.revoked_at is None]


def _offered(context: typer.Context, incomplete: str, find: Find) -> list[Choice]:
    """The choices that begin with what was typed, if they come in time."""
    found: list[Choice] = []
    settings = _settings(context)

    def ask() -> None:
        with contextlib.suppress(ApiError, ClientError, CommandError, OSError):
            access = find_access(
                read_config(file_of_profiles()),
                file_of_profiles(),
                os.environ,
                server=settings.server,
                api_key=settings.api_key,
                ca_file=settings.ca_file,
                insecure=True if settings.insecure else None,
                profile=settings.profile,
            )
            key = find_key(access).key
            once = Retries(attempts=1)
            with Client(access.server, key, retries=once, insecure=access.insecure, ca_file=access.ca_file) as client:
                found.extend(find(client))

    asking = Thread(target=ask, daemon=True)  # a daemon: the program ends without it
    asking.start()
    asking.join(SECONDS)
    return [
        (id, printable(text)[:_NAME_CHARACTERS])
        for id, text in list(found)
        if is_public_id(id) and id.startswith(incomplete)
    ]


def _settings(context: typer.Context) -> Settings:
    """Common options that stand in the line already, before the command's name or after it."""
    settings = Settings()
    level: Any = context
    while level is not None:
        given = {name: level.params.get(name) for name in Settings.__struct_fields__}
        here = Settings(**{name: value for name, value in given.items() if value})
        settings = settings.over(here)
        level = level.parent
    return settings
