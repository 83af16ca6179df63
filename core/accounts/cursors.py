"""Cursors of lists: where to go on, signed and bound to the customer (None is the operator), the route and its filters.

A key set cursor neither skips nor repeats while rows come in. It reads `eyJ0cyI6…`: base64 of `{"ts":…`, then a
signature (itsdangerous).
"""

import hashlib

import msgspec
from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from ..errors import ApiError, ErrorCode

CURSOR_SECONDS = 24 * 3600
_CLOCK_SKEW_SECONDS = 60


class _Position(msgspec.Struct, frozen=True):
    """What a cursor says; `ts` stands first, so that every cursor begins alike."""

    ts: int
    after: int | str
    bound: str


class Cursors:
    """Makes and reads cursors with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._signer = Signer(secret, salt=b"cursor", key_derivation="hmac", digest_method=hashlib.sha256)

    def make(
        self, after: int | str, *, customer_id: int | None, route: str, filters: dict[str, str], now: float
    ) -> str:
        """A cursor to go on after the row with the key `after`."""
        position = _Position(int(now), after, _bound(customer_id, route, filters))
        return self._signer.sign(base64_encode(msgspec.json.encode(position))).decode()

    def read(
        self, cursor: str, *, customer_id: int | None, route: str, filters: dict[str, str], now: float
    ) -> int | str:
        """The key to go on after. Raises PAGINATION_INVALID_CURSOR if altered, older than 24 h, or another list's."""
        try:
            said = self._signer.unsign(cursor)
            position = msgspec.json.decode(base64_decode(said), type=_Position)
        except (BadData, msgspec.MsgspecError, UnicodeError):
            raise ApiError(ErrorCode.PAGINATION_INVALID_CURSOR) from None
        if self._signer.sign(said).decode() != cursor:  # decoding passes over spare bits and padding of a signature
            raise ApiError(ErrorCode.PAGINATION_INVALID_CURSOR)
        age = now - position.ts
        if position.bound != _bound(customer_id, route, filters) or not -_CLOCK_SKEW_SECONDS <= age <= CURSOR_SECONDS:
            raise ApiError(ErrorCode.PAGINATION_INVALID_CURSOR)
        return position.after


def _bound(customer_id: int | None, route: str, filters: dict[str, str]) -> str:
    said = msgspec.json.encode([customer_id, route, filters], order="sorted")
    return hashlib.sha256(said).hexdigest()[:16]
