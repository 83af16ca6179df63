"""Deletes chunks that no customer has any more, never one that is just arriving."""

import asyncio
from collections.abc import Iterable

from core.content.uploads import has_owner

from .context import Context

_PER_TURN = 32


async def delete_orphans(context: Context, digests: Iterable[str]) -> None:
    """Deletes those of the chunks that are still nobody's.

    Each look and its deletion happen in one turn of the event loop, as arrivals begin and are recorded on it: so what
    begins to arrive later is written anew, and what arrives now (a stream may hold any chunk) is left alone.
    """
    for number, digest in enumerate(digests, 1):
        if digest not in context.arriving and not has_owner(context.store.connection, digest):
            context.blobs.delete(digest)
        if number % _PER_TURN == 0:
            await asyncio.sleep(0)
