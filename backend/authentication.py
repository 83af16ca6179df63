"""The door of the customer part: who asks, how often, and the rate-limit headers of every answer.

It stands in front of the routes, so that a 401, a 404 and a 500 carry the same headers as a 200.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Guard, HTTPScope, Message, Receive, Send

from core.accounts.api_keys import Principal, authenticate
from core.accounts.idempotency import check_key
from core.accounts.limits import DEFAULTS, Window, job_window, rate_limited
from core.errors import ApiError, ErrorCode

from .context import Context
from .responses import request_id_of, send_error
from .settings import API_PATH

CUSTOMER_PATH = API_PATH + "/customer"
JOBS_PATH = CUSTOMER_PATH + "/training-jobs"
LEGACY_PATH = CUSTOMER_PATH + "/jobs/image"
LEGACY_SUNSET = "Wed, 01 Apr 2026 00:00:00 GMT"


class CustomerDoor:
    """Authenticates and counts a request, then lets it through with its principal in `scope["auth"]`."""

    def __init__(self, context: Context, routes: ASGIApp) -> None:
        self._context = context
        self._routes = routes

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """One request below `/customer`."""
        context = self._context
        now = context.clock()
        principal: Principal | None = None
        refusal: ApiError | None = None
        try:
            principal = authenticate(context.store.connection, _header(scope, b"x-api-key"))
            context.keys_used[principal.key_id] = now
        except ApiError as error:
            refusal = error
        window = self._count(scope, principal, now)
        if scope["path"].startswith(LEGACY_PATH):
            refusal = self._legacy()
        elif window.remaining < 0:
            refusal = rate_limited(f"{window.limit} requests a minute are allowed", window.reset_seconds)
        send = self._with_rate_headers(scope, send, principal, window)
        if refusal is not None or principal is None:
            await send_error(send, refusal or ApiError(ErrorCode.CUSTOMER_AUTH_REQUIRED), request_id_of(scope))
            return
        scope["auth"] = principal
        await self._routes(scope, receive, send)

    def _count(self, scope: HTTPScope, principal: Principal | None, now: float) -> Window:
        """Counts by customer, or by address without a valid key."""
        if principal is not None:
            return self._context.windows.count(principal.customer_id, principal.limits.requests_per_minute, now)
        client = scope.get("client")
        return self._context.windows.count(client[0] if client else "", DEFAULTS.requests_per_minute, now)

    def _with_rate_headers(self, scope: HTTPScope, send: Send, principal: Principal | None, window: Window) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                shown = window
                if principal is not None and scope["method"] == "POST" and scope["path"] == JOBS_PATH:
                    # after the job was accepted or not: what is shown is what is left
                    connection, now = self._context.store.connection, self._context.clock()
                    shown = job_window(connection, principal.customer_id, principal.limits, now)
                message["headers"] = [*message.get("headers", ()), *_rate_headers(shown)]
            await send(message)

        return send_with_headers

    def _legacy(self) -> ApiError:
        link = f'<{self._context.settings.public_url}{JOBS_PATH}>; rel="successor-version"'
        return ApiError(ErrorCode.LEGACY_DEPRECATED, headers={"Sunset": LEGACY_SUNSET, "Link": link})


class ScopeGuard:
    """A guard that refuses keys without its scope. It is a coroutine, since Litestar calls others in a thread."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        principal: Principal = connection.scope["auth"]
        principal.require(self.scope)


def scope_guard(name: str) -> Guard:
    """A guard that refuses keys without this scope."""
    return ScopeGuard(name)


async def idempotency_key_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that refuses an Idempotency-Key of the wrong form, before the body is looked at."""
    key = connection.headers.get("idempotency-key")
    if key is not None:
        check_key(key)


def _header(scope: HTTPScope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None


def _rate_headers(window: Window) -> list[tuple[bytes, bytes]]:
    values = (
        (b"x-ratelimit-limit", window.limit),
        (b"x-ratelimit-remaining", max(0, window.remaining)),
        (b"x-ratelimit-reset", window.reset_seconds),
    )
    return [(name, str(value).encode()) for name, value in values]
