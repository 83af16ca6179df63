"""The minute of requests at the edge: counting them, what is left of it in every answer, and who is sent away.

A request above the limit is refused once its key, its scope and the form of its Idempotency-Key are known to be good,
and before its body is read: reading and parsing is what the limit protects. The answer to a POST that was answered
before is given even then, since who lost an answer is told to ask again.
"""

from typing import Any

from litestar import Request
from litestar.types import HTTPScope, Message, Send

from core.accounts.api_keys import Principal
from core.accounts.idempotency import was_answered
from core.accounts.limits import DEFAULTS, NOTHING_ALLOWED, Window, job_window, rate_limited
from core.errors import ApiError
from core.store.sqlite import DatabaseError

from .context import Context
from .settings import API_PATH

JOBS_PATH = API_PATH + "/customer/training-jobs"
_WINDOW = "request_window"


def count_request(context: Context, scope: HTTPScope, principal: Principal | None, now: float) -> Window:
    """Counts a request by customer, or by address without a valid key. A window with `remaining` -1 is full."""
    if principal is not None:
        window = context.windows.count(principal.customer_id, principal.limits.requests_per_minute, now)
    else:
        window = context.windows.count(_address(scope), DEFAULTS.requests_per_minute, now)
    scope["state"][_WINDOW] = window
    return window


def above_limit(window: Window) -> ApiError:
    """The refusal of a request that the window has no room for."""
    hint = None if window.limit else NOTHING_ALLOWED
    return rate_limited(f"{window.limit} requests a minute are allowed", window.reset_seconds, hint=hint)


async def refuse_above_limit(request: Request[Any, Any, Any]) -> None:
    """Before any handler is called: raises RATE_LIMITED for a request that its customer's window has no room for."""
    window: Window | None = request.scope["state"].get(_WINDOW)
    if window is None or window.remaining >= 0:
        return
    context: Context = request.app.state["context"]
    principal: Principal = request.auth
    key = request.headers.get("idempotency-key")
    if request.method == "POST" and key is not None:
        now = context.clock()
        if was_answered(context.store.connection, principal.customer_id, key, now):
            # as many again and no more: a replay costs a body's parsing, too
            again = context.replay_windows.count(principal.customer_id, DEFAULTS.requests_per_minute, now)
            if again.remaining >= 0:
                return
    raise above_limit(window)


def with_rate_headers(context: Context, scope: HTTPScope, send: Send) -> Send:
    """An ASGI `send` that puts X-RateLimit headers into the answer to a customer's request, whoever gives it."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_headers(_shown(context, scope))]
        await send(message)

    return send_with_headers


def _shown(context: Context, scope: HTTPScope) -> Window:
    """The window that an answer shows, after what was asked is done or refused: what is shown is what is left."""
    now = context.clock()
    principal: Principal | None = scope.get("auth")
    if principal is not None and scope["method"] == "POST" and scope["path"].rstrip("/") == JOBS_PATH:
        try:
            return job_window(context.store.connection, principal.customer_id, principal.limits, now)
        except DatabaseError:  # the answer says it; its headers must not take its place
            pass
    window: Window | None = scope["state"].get(_WINDOW)
    if window is None:  # refused before it was counted
        window = context.windows.look(_address(scope), DEFAULTS.requests_per_minute, now)
    return window


def _address(scope: HTTPScope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _headers(window: Window) -> list[tuple[bytes, bytes]]:
    values = (
        (b"x-ratelimit-limit", window.limit),
        (b"x-ratelimit-remaining", max(0, window.remaining)),
        (b"x-ratelimit-reset", window.reset_seconds),
    )
    return [(name, str(value).encode()) for name, value in values]
