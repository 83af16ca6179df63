"""Whether the server lives, and whether it can work. No key is needed."""

from typing import Any

import msgspec
from litestar import get
from litestar.datastructures import State

from core.errors import ApiError, ErrorCode

from ..context import Context


class Health(msgspec.Struct, frozen=True):
    """The server answers."""

    status: str


@get("/healthz", operation_id="healthz", tags=["service"], security=[{}], opt={"errors": ()})
async def healthz() -> Health:
    """The process answers requests."""
    return Health("ok")


@get("/readyz", operation_id="readyz", tags=["service"], security=[{}], opt={"errors": ()})
async def readyz(state: State) -> Health:
    """The database and the chunk folder answer too; 503 while the server goes down."""
    context: Context = state["context"]
    if context.stopping:
        raise ApiError(ErrorCode.UNAVAILABLE, "the server is going down")
    context.store.connection.execute("SELECT 1 FROM service LIMIT 1").fetchone()
    return Health("ok")


HANDLERS: list[Any] = [healthz, readyz]
