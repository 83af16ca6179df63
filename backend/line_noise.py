"""Bytes that mean nothing, by which a node measures its line: made as they are sent, dropped as they come.

Each URL is good once; nothing touches the disk.
"""

import os

from litestar.types import Receive, Send

from core.content.signed_urls import GetNoise, PutNoise
from core.errors import ApiError, ErrorCode

from .responses import send_bytes

PIECE_BYTES = 1 << 18


class LineNoise:
    """Serves what `GetNoise` and `PutNoise` permit, and remembers which have been used for as long as they last."""

    def __init__(self) -> None:
        self._used: dict[tuple[type, str], int] = {}

    def use(self, permission: GetNoise | PutNoise, now: float) -> None:
        """Uses a permission up. Raises SIGNED_URL_INVALID for one that was used."""
        self._used = {one: expires_at for one, expires_at in self._used.items() if expires_at > now}
        name = (type(permission), permission.test)
        if name in self._used:
            raise ApiError(ErrorCode.SIGNED_URL_INVALID, "The signed URL was used already.")
        self._used[name] = permission.expires_at

    async def send(self, permission: GetNoise, send: Send) -> None:
        """All bytes, none like those of another time, so that nothing on the way can make them fewer."""
        piece = os.urandom(PIECE_BYTES)
        headers = [
            (b"content-type", b"application/octet-stream"),
            (b"content-length", str(permission.size_bytes).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        left = permission.size_bytes
        while left > PIECE_BYTES:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            left -= PIECE_BYTES
        await send({"type": "http.response.body", "body": piece[:left], "more_body": False})

    async def take(self, permission: PutNoise, receive: Receive, send: Send) -> None:
        """Whatever comes, up to the size that was agreed. Raises PAYLOAD_TOO_LARGE."""
        came = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # the node has gone: nobody is to be answered
            came += len(message["body"])
            if came > permission.size_bytes:
                raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE, f"{permission.size_bytes:,} bytes were agreed")
            if not message["more_body"]:
                break
        await send_bytes(send, 204, b"")
