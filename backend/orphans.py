"""Deletes chunks that no customer has any more, never one that is just arriving."""

import asyncio
from collections.abc import Iterable

from core.content.storage import has_owner

from .context import Context

_PER_TURN = 32


async def delete_orphans(context: Context, digests: Iterable[str]) -> None:
    """Deletes those of the chunks that are still nobody's, and those that an earlier call had to leave.

    Each look and its deletion happen in one turn of the event loop, as arrivals begin and are recorded on it: so what
    begins to arrive later is written anew. What arrives now (a stream may hold any chunk) is left for the next call.
    """
    context.orphans.update(digests)
    for number, digest in enumerate(list(context.orphans), 1):
        if digest in context.arriving:
            continue
        context.orphans.discard(digest)
        if not has_owner(context.store.connection, digest):
            context.blobs.delete(digest)
        if number % _PER_TURN == 0:
            await asyncio.sleep(0)
