"""Deletes chunks that no customer has any more, never one that is just arriving, and none while a backup is made."""

import asyncio
from collections.abc import Iterable

from core.content.storage import forget_orphans, has_owner

from .context import Context
from .data_folder import is_backed_up

_PER_TURN = 32


async def delete_orphans(context: Context, digests: Iterable[str]) -> None:
    """Deletes those of the chunks that are still nobody's, and those that an earlier call had to leave.

    Each look and its deletion happen in one turn of the event loop, as arrivals begin and are recorded on it: so what
    begins to arrive later is written anew. What arrives now (a stream may hold any chunk) is left for the next call,
    and so is everything while a backup copies chunks that its older database names.
    """
    context.orphans.update(digests)
    gone: list[str] = []
    for number, digest in enumerate(list(context.orphans), 1):
        if number % _PER_TURN == 1 and is_backed_up(context.settings.data_dir):
            break
        if digest not in context.arriving:
            context.orphans.discard(digest)
            gone.append(digest)
            if not has_owner(context.store.connection, digest):
                context.blobs.delete(digest)
        if number % _PER_TURN == 0:
            await asyncio.sleep(0)
    if gone:
        await context.store.write(lambda tx: forget_orphans(tx, gone))
