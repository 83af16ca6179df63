"""Waiting for something to become true in the window's loop."""

import asyncio
from collections.abc import Callable

_LAST_SECONDS = 40.0


async def until(true: Callable[[], object], *, seconds: float = _LAST_SECONDS) -> None:
    """Let the loop run until `true()` is so. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - any word of any widget, which tells nobody of its change
            await asyncio.sleep(0.02)
