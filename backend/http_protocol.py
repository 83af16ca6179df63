"""HTTP/1.1 as uvicorn speaks it, but what is no HTTP is refused in the contract's shape too."""

import os
import time

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from core.errors import ApiError, ErrorCode
from core.ids import uuid7


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol over httptools. A request line above 64 KiB, a method that is none, a bad header: no
    application ever sees these."""

    def send_400_response(self, msg: str) -> None:
        """Refuses what can't be parsed, and closes the connection."""
        request_id = uuid7(time.time(), os.urandom)
        error = ApiError(ErrorCode.VALIDATION_FAILED, msg, hint="Send HTTP/1.1, with an address below 64 KiB.")
        body = msgspec.json.encode(error.body(request_id))
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
