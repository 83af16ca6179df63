"""Cursors of lists: where to go on, signed and bound to the customer (None is the operator), the route and its filters.

A key set cursor neither skips nor repeats while rows come in. It reads `eyJ0cyI6…`: base64 of `{"ts":…`, then a
key's name and a signature.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from ..content.key_ring import KeyRing, NotSigned, SigningKey
from ..errors import ApiError, ErrorCode

CURSOR_SECONDS = 24 * 3600
_CLOCK_SKEW_SECONDS = 60


class _Position(msgspec.Struct, frozen=True):
    """What a cursor says; `ts` stands first, so that every cursor begins alike."""

    ts: int
    after: int | str
    bound: str


class Cursors:
    """Makes and reads cursors. Keys come newest first, as in `KeyRing`."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self._ring = KeyRing(keys, salt="cursor")

    def make(
        self, after: int | str, *, customer_id: int | None, route: str, filters: dict[str, str], now: float
    ) -> str:
        """A cursor to go on after the row with the key `after`."""
        position = _Position(int(now), after, _bound(customer_id, route, filters))
        return self._ring.sign(msgspec.json.encode(position))

    def read(
        self, cursor: str, *, customer_id: int | None, route: str, filters: dict[str, str], now: float
    ) -> int | str:
        """The key to go on after. Raises PAGINATION_INVALID_CURSOR if altered, older than 24 h, or another list's."""
        try:
            position = msgspec.json.decode(self._ring.verify(cursor), type=_Position)
        except (NotSigned, msgspec.MsgspecError):
            raise ApiError(ErrorCode.PAGINATION_INVALID_CURSOR) from None
        age = now - position.ts
        if position.bound != _bound(customer_id, route, filters) or not -_CLOCK_SKEW_SECONDS <= age <= CURSOR_SECONDS:
            raise ApiError(ErrorCode.PAGINATION_INVALID_CURSOR)
        return position.after


def _bound(customer_id: int | None, route: str, filters: dict[str, str]) -> str:
    said = msgspec.json.encode([customer_id, route, filters], order="sorted")
    return hashlib.sha256(said).hexdigest()[:16]
