"""Answers in the contract's shapes: errors whatever raised them, pages of lists, and what every answer carries."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap, Send

from core.errors import ApiError, ErrorCode, ErrorDetail
from core.protocol.customer import Page, PageInfo
from core.store.sqlite import disk_words

from .context import Context
from .validation import parse_body

T = TypeVar("T")
K = TypeVar("K", int, str)
JSON = b"application/json"
log = structlog.get_logger("backend")
_HUNG_UP = "client disconnected prematurely"  # in Litestar's words: it has no class of its own for it
_CODES_BY_STATUS = {
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
    503: ErrorCode.UNAVAILABLE,
}


class Asker(Protocol):
    """Who a request is from: a customer, or the operator (None)."""

    @property
    def customer_id(self) -> int | None: ...


async def send_bytes(
    send: Send, status: int, body: bytes, headers: dict[str, str] | None = None, content_type: bytes = JSON
) -> None:
    """A whole answer, for routes outside Litestar."""
    raw = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    raw += [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_error(send: Send, error: ApiError, request_id: str) -> None:
    """An error's whole answer, for routes outside Litestar."""
    await send_bytes(send, error.status, msgspec.json.encode(error.body(request_id)), error.headers)


def request_id_of(scope: Any) -> str:
    """The id that the edge gave this request."""
    return str(scope["state"]["request_id"])


def as_api_error(error: Exception, request: Request[Any, Any, Any]) -> ApiError:
    """Any exception as one of the contract; what is unknown is logged and becomes INTERNAL_ERROR."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, ValidationException):
        return _validation_failed(error, request)
    if isinstance(error, HTTPException):
        headers = {name.title(): value for name, value in (error.headers or {}).items()}
        if code := _CODES_BY_STATUS.get(error.status_code):
            return ApiError(code, headers=headers)
        if error.status_code < 500:
            return ApiError(ErrorCode.VALIDATION_FAILED, error.detail)
        if error.detail == _HUNG_UP:
            return ApiError(ErrorCode.UNAVAILABLE, "the connection ended within the request")
    return unforeseen(error, request_id_of(request.scope))


def unforeseen(error: Exception, request_id: str) -> ApiError:
    """What nobody here can answer for, logged: a database that the disk refuses to write, or a fault of ours."""
    log_unhandled(error, request_id)
    if (words := disk_words(error)) is not None:
        return ApiError(ErrorCode.UNAVAILABLE, words, hint="Nothing was done. Try again later, or tell the operator.")
    return ApiError(ErrorCode.INTERNAL_ERROR)


def log_unhandled(error: BaseException, request_id: str) -> None:
    """A fault of ours, with its traceback, under the id that its caller was told."""
    log.error("unhandled error", request_id=request_id, exc_info=error)


def _validation_failed(error: ValidationException, request: Request[Any, Any, Any]) -> ApiError:
    """Litestar's own refusals: query parameters of the wrong form, and an empty body where one is needed."""
    extra = error.extra if isinstance(error.extra, list) else []
    if any(row.get("key") == "data" for row in extra) or not extra:
        dto = request.route_handler.resolve_data_dto()
        if dto is not None:
            try:
                parse_body(b"{}", dto.model_type)
            except ApiError as missing:
                return missing
    details = [ErrorDetail(str(row.get("message", "")), field=row.get("key")) for row in extra]
    return ApiError(ErrorCode.VALIDATION_FAILED, None if details else error.detail, details=details)


def _answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    found = as_api_error(error, request)
    body = msgspec.json.encode(found.body(request_id_of(request.scope)))
    return Response(body, status_code=found.status, headers=found.headers, media_type="application/json")


EXCEPTION_HANDLERS = cast(ExceptionHandlersMap, {Exception: _answer, HTTPException: _answer, ApiError: _answer})


def page(
    context: Context,
    principal: Asker,
    fetch: Callable[[K | None, int], list[tuple[K, T]]],
    *,
    key: type[K],
    route: str,
    filters: dict[str, str],
    cursor: str | None,
    limit: int,
) -> Page[T]:
    """One page of a list. `fetch(after, limit)` gives rows with their keys, in the list's order, after a key.

    Raises PAGINATION_INVALID_CURSOR.
    """
    now = context.clock()
    customer_id = principal.customer_id
    after: K | None = None
    if cursor is not None:
        said = context.cursors.read(cursor, customer_id=customer_id, route=route, filters=filters, now=now)
        if not isinstance(said, key):
            raise ApiError(ErrorCode.PAGINATION_INVALID_CURSOR)
        after = said
    rows = fetch(after, limit + 1)
    shown, has_more = rows[:limit], len(rows) > limit
    next_cursor = None
    if has_more:
        last = shown[-1][0]
        next_cursor = context.cursors.make(last, customer_id=customer_id, route=route, filters=filters, now=now)
    return Page([row for _, row in shown], PageInfo(limit, next_cursor, has_more))
