"""The door of the customer part: who asks, how often, and the rate-limit headers of every answer.

It stands in front of the routes, so that a 401, a 404 and a 500 carry the same headers as a 200.
A request comes in by its `X-API-Key`, and only without one by the session in `Authorization: Bearer`: proxies add such
headers of their own, and nobody who sends a key should be allowed more than the key.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Guard, HTTPScope, Message, Receive, Scope, Send

from core.accounts.api_keys import Principal, authenticate
from core.accounts.idempotency import check_key
from core.accounts.limits import DEFAULTS, Window, job_window, rate_limited
from core.accounts.sessions import authenticate_session
from core.errors import ApiError, ErrorCode
from core.store.sqlite import Connection

from .context import Context
from .responses import request_id_of, send_error
from .settings import API_PATH

CUSTOMER_PATH = API_PATH + "/customer"
AUTH_PATH = API_PATH + "/auth"
SIGN_IN_PATH = AUTH_PATH + "/sign-in"
CUSTOMER_PATHS = (CUSTOMER_PATH, AUTH_PATH, API_PATH + "/owner")  # owners are customers too
JOBS_PATH = CUSTOMER_PATH + "/training-jobs"
LEGACY_PATH = CUSTOMER_PATH + "/jobs/image"
LEGACY_SUNSET = "Wed, 01 Apr 2026 00:00:00 GMT"


def is_customers(path: str) -> bool:
    """Whether a path is of the customer part, which stands behind the door."""
    return path in CUSTOMER_PATHS or path.startswith(tuple(below + "/" for below in CUSTOMER_PATHS))


def identify(connection: Connection, scope: Scope, now: float) -> Principal:
    """Who a request is from, by its key or else its session.

    Raises CUSTOMER_AUTH_REQUIRED, API_KEY_INVALID, API_KEY_REVOKED, CUSTOMER_SUSPENDED.
    """
    key = _header(scope, b"x-api-key")
    kind, _, token = (_header(scope, b"authorization") or "").partition(" ")
    if not key and kind.lower() == "bearer":
        return authenticate_session(connection, token.strip(), now)
    return authenticate(connection, key)


class CustomerDoor:
    """Authenticates and counts a request, then lets it through with its principal in `scope["auth"]`."""

    def __init__(self, context: Context, routes: ASGIApp) -> None:
        self._context = context
        self._routes = routes

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """One request below `/customer`, `/owner` or `/auth`. Who signs in has nothing to show yet."""
        context = self._context
        now = context.clock()
        principal: Principal | None = None
        refusal: ApiError | None = None
        signs_in = scope["path"] == SIGN_IN_PATH
        try:
            principal = None if signs_in else identify(context.store.connection, scope, now)
        except ApiError as error:
            refusal = error
        self._note_use(principal, now)
        window = self._count(scope, principal, now)
        if scope["path"].startswith(LEGACY_PATH):
            refusal = self._legacy()
        elif window.remaining < 0:
            refusal = rate_limited(f"{window.limit} requests a minute are allowed", window.reset_seconds)
        send = self._with_rate_headers(scope, send, principal, window)
        if refusal is not None:
            await send_error(send, refusal, request_id_of(scope))
            return
        scope["auth"] = principal
        await self._routes(scope, receive, send)

    def _note_use(self, principal: Principal | None, now: float) -> None:
        if principal is not None and principal.key_id is not None:
            self._context.keys_used[principal.key_id] = now
        if principal is not None and principal.session_id is not None:
            self._context.sessions_used[principal.session_id] = now

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


def scope_guard(name: str) -> Guard:
    """A guard that refuses keys without this scope."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        principal: Principal = connection.scope["auth"]
        principal.require(name)

    return guard


def idempotency_key_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that refuses an Idempotency-Key of the wrong form, before the body is looked at."""
    key = connection.headers.get("idempotency-key")
    if key is not None:
        check_key(key)


def _header(scope: Scope, name: bytes) -> str | None:
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
