"""The door of the customer part: who asks, and whether they may.

It stands in front of the routes, so that what is no route is asked for a key, too. A request comes in by its
`X-API-Key`, and only without one by the session in `Authorization: Bearer`: proxies add such headers of their own, and
nobody who sends a key should be allowed more than the key.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Guard, HTTPScope, Receive, Scope, Send

from core.accounts.api_keys import Principal, authenticate
from core.accounts.idempotency import check_key
from core.accounts.sessions import authenticate_session
from core.errors import ApiError, ErrorCode
from core.store.sqlite import Connection

from .context import Context
from .rate_limits import JOBS_PATH, above_limit, count_request
from .responses import request_id_of, send_error
from .settings import API_PATH

CUSTOMER_PATH = API_PATH + "/customer"
AUTH_PATH = API_PATH + "/auth"
CUSTOMER_PATHS = (CUSTOMER_PATH, AUTH_PATH, API_PATH + "/owner")  # owners are customers too
# Who asks there has nothing to show yet
OPEN_PATHS = frozenset({AUTH_PATH + "/sign-in", AUTH_PATH + "/device", AUTH_PATH + "/device/token"})
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


def note_use(context: Context, principal: Principal, now: float) -> None:
    """Notes that a key or session was used: a session that nobody uses ends."""
    if principal.key_id is not None:
        context.keys_used[principal.key_id] = now
    if principal.session_id is not None:
        context.sessions_used[principal.session_id] = now


class CustomerDoor:
    """Authenticates and counts a request, then lets it through with its principal in `scope["auth"]`."""

    def __init__(self, context: Context, routes: ASGIApp) -> None:
        self._context = context
        self._routes = routes

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """One request below one of `CUSTOMER_PATHS`; at `OPEN_PATHS` whoever it is."""
        context = self._context
        now = context.clock()
        principal: Principal | None = None
        refusal: ApiError | None = None
        is_open = scope["path"] in OPEN_PATHS
        try:
            principal = None if is_open else identify(context.store.connection, scope, now)
        except ApiError as error:
            refusal = error
        if principal is not None:
            note_use(context, principal, now)
        window = count_request(context, scope, principal, now)
        if scope["path"].startswith(LEGACY_PATH):
            refusal = self._legacy()
        elif principal is None and window.remaining < 0:
            refusal = above_limit(window)
        if refusal is not None:
            await send_error(send, refusal, request_id_of(scope))
            return
        scope["auth"] = principal
        await self._routes(scope, receive, send)

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
    """A guard that refuses an Idempotency-Key of the wrong form, or more than one, before the body is looked at."""
    keys = connection.headers.getall("idempotency-key", [])
    for key in keys:
        check_key(key)
    if len(keys) > 1:
        raise ApiError(ErrorCode.IDEMPOTENCY_KEY_INVALID, "the request has more than one Idempotency-Key")


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None
