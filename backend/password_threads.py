"""Where passwords are hashed: two threads, so that the event loop goes on and a flood takes no more memory than theirs.

A hash takes 64 MiB and a tenth of a second of several processors.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import msgspec

from core.accounts.passwords import hash_password, needs_new_hash, password_matches
from core.errors import ApiError, ErrorCode

HASHES_AT_ONCE = 2
MOST_WAITING = 64
RETRY_AFTER_SECONDS = 5


class Verified(msgspec.Struct, frozen=True):
    """Whether a password was right; `new_hash` is one with today's parameters where the stored one has older ones."""

    right: bool
    new_hash: str | None = None


class PasswordThreads:
    """The threads; they begin with the first password."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0

    def check_room(self) -> None:
        """Raises UNAVAILABLE, with Retry-After, when too many passwords wait to be looked at."""
        if self._waiting >= MOST_WAITING:
            raise ApiError(
                ErrorCode.UNAVAILABLE,
                "too many are signing in at this moment",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )

    async def verify(self, stored: str, password: str) -> Verified:
        """Looks at a password in one of the threads."""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, _verify, stored, password)
        finally:
            self._waiting -= 1


def _verify(stored: str, password: str) -> Verified:
    if not password_matches(stored, password):
        return Verified(False)
    return Verified(True, hash_password(password, os.urandom) if needs_new_hash(stored) else None)
