"""What the API page asks a server for, all at once: its OpenAPI file and what examples are filled in with. No
widgets."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import msgspec

from core.client.customer import AsyncClient, ContentKind
from core.client.errors import AuthenticationError, ClientError, ServerError
from core.errors import ErrorCode
from core.printable import printable
from core.protocol.accounts import ApiKeyRow
from core.protocol.customer import JobStatus, Page, TrainingJob
from core.protocol.uploads import ContentStatus

from .api_reference import is_safe_id
from .models.uploads import version_words

T = TypeVar("T")
_JOBS = 20


class Choice(msgspec.Struct, frozen=True):
    """One of one's own things: what examples say, and what the chooser does."""

    value: str
    words: str


class ApiFacts(msgspec.Struct, frozen=True):
    """What a key may not read is empty, or None: the page is for reading, and such a key may read that. What the server
    didn't tell is so, too; `failure` is the first reason for it."""

    document: dict[str, Any]
    limits: dict[str, Any] | None
    datasets: tuple[Choice, ...]
    packages: tuple[Choice, ...]
    keys: tuple[Choice, ...]
    job_id: str | None
    failure: ServerError | ClientError | None = None


async def gather_api_facts(client: AsyncClient) -> ApiFacts:
    """Only the OpenAPI file is what there is no page without. Raises for it ServerError, ConnectionFailed,
    AnswerUnreadable; and AuthenticationError for a key that the server doesn't take."""
    failures: list[ServerError | ClientError] = []

    async def told(call: Awaitable[T]) -> T | None:
        """Its answer; None where there is none, or the key has no scope for it."""
        try:
            return await call
        except AuthenticationError:
            raise
        except (ServerError, ClientError) as error:
            if not isinstance(error, ServerError) or error.code is not ErrorCode.API_KEY_SCOPE_DENIED:
                failures.append(error)
            return None

    document, limits, datasets, packages, keys, jobs = await asyncio.gather(
        client.openapi(),
        told(client.limits()),
        told(_ready(client, "datasets")),
        told(_ready(client, "training-packages")),
        told(client.list_api_keys()),
        told(client.list_jobs(limit=_JOBS)),
    )
    failure = failures[0] if failures else None
    return ApiFacts(document, limits, datasets or (), packages or (), _usable(keys), _newest(jobs), failure)


async def _ready(client: AsyncClient, kind: ContentKind) -> tuple[Choice, ...]:
    page = await client.list_content(kind)
    return tuple(
        Choice(one.id, f"{printable(one.name)} {version_words(one)}")
        for one in page.data
        if one.status is ContentStatus.READY and is_safe_id(one.id)
    )


def _usable(keys: Page[ApiKeyRow] | None) -> tuple[Choice, ...]:
    rows = [] if keys is None else keys.data
    return tuple(
        Choice(one.prefix, f"{printable(one.name)} · {one.prefix}…")
        for one in rows
        if one.revoked_at is None and is_safe_id(one.prefix)
    )


def _newest(jobs: Page[TrainingJob] | None) -> str | None:
    """A completed job has something to look at; else the newest one."""
    rows = [] if jobs is None else [job for job in jobs.data if is_safe_id(job.id)]
    completed = [job for job in rows if job.status is JobStatus.COMPLETED]
    return next((job.id for job in [*completed, *rows]), None)
