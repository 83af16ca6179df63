"""Room for streams: what arrives for a customer at the same time never takes more of the disk than they may store.

The quota itself is kept in the transaction that records a stream; this is about bytes that are on the disk before.
"""

from typing import Any

from litestar.types import Receive

from core.accounts.limits import limits_of
from core.content.storage import used_bytes
from core.errors import ApiError, ErrorCode
from core.store.sqlite import Connection

from .context import ArrivingStream


class StorageRoom:
    """The room that a customer's storage has for one stream beside those that arrive with it."""

    def __init__(self, connection: Connection, stream: ArrivingStream, customer_id: int) -> None:
        self._stream = stream
        self._most = max(0, limits_of(connection, customer_id).storage_bytes - used_bytes(connection, customer_id))
        self._came = 0

    def announce(self, size_bytes: int, *, at_most: int | None) -> None:
        """Takes room for a stream that says its length. Raises STORAGE_QUOTA_EXCEEDED, and PAYLOAD_TOO_LARGE for one
        longer than its kind may be."""
        self._take(size_bytes)
        if at_most is not None and size_bytes > at_most:
            raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE, f"a package has at most {at_most:,} bytes")

    def counting(self, receive: Receive) -> Receive:
        """The same `receive`, which raises STORAGE_QUOTA_EXCEEDED at the first bytes without room."""

        async def counted() -> Any:
            message: Any = await receive()
            self._came += len(message.get("body", b""))
            if self._came > self._stream.size_bytes:
                self._take(self._came - self._stream.size_bytes)
            return message

        return counted

    def _take(self, size_bytes: int) -> None:
        left = self._most - self._stream.of_all
        if size_bytes > left:
            raise ApiError(ErrorCode.STORAGE_QUOTA_EXCEEDED, f"{max(0, left):,} bytes of your storage are left")
        self._stream.take(size_bytes)
