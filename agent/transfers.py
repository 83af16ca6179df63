"""What fetching and sending chunks have in common: a few at a time, each tried again while that may help."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any

import stamina

from core.client.errors import AnswerUnreadable, ConnectionFailed, ServerError
from core.errors import ApiError, ErrorCode

PARALLEL = 4
_FIRST_PAUSE_SECONDS = 0.2

RoomFor = Callable[[int], AbstractAsyncContextManager[None]]
Sending = Callable[[int], AbstractContextManager[None]]


@contextlib.asynccontextmanager
async def room_for_all(size: int) -> AsyncIterator[None]:
    """Room for any number of bytes, at once: of a node whose owner sets no limit."""
    yield


@contextlib.contextmanager
def sending_unseen(size: int) -> Iterator[None]:
    """Bytes are on their way, and nobody counts them."""
    yield


async def together(transfers: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run them all; the first that fails ends the others, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for transfer in transfers:
                group.create_task(transfer)
    except ExceptionGroup as group_error:
        raise group_error.exceptions[0] from group_error


def worth_retrying(error: Exception) -> bool:
    """Whether a transfer that failed so may work a little later."""
    if isinstance(error, ServerError):
        return error.status in (401, 403, 404, 410, 429) or error.status >= 500
    if isinstance(error, ApiError):
        return error.code is ErrorCode.CHUNK_MISMATCH
    return isinstance(error, (ConnectionFailed, AnswerUnreadable))


def trying_again(
    tries: int,
    *,
    longest_pause_seconds: float,
    while_true: Callable[[Exception], bool] = worth_retrying,
) -> stamina.BoundAsyncRetryingCaller:
    """Calls a coroutine function up to so many times, with growing pauses, after failures of which it is true. There is
    no limit in seconds: over a slow line one try of a whole chunk lasts for minutes, and may still break."""
    caller = stamina.AsyncRetryingCaller(
        attempts=tries, timeout=None, wait_initial=_FIRST_PAUSE_SECONDS, wait_max=longest_pause_seconds
    )
    return caller.on(while_true)
