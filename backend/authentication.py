"""The door of the customer part: who asks, and whether they may.

It stands in front of the routes, so that what is no route is asked for a key, too.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Guard, HTTPScope, Receive, Send

from core.accounts.api_keys import Principal, authenticate
from core.accounts.idempotency import check_key
from core.errors import ApiError, ErrorCode

from .context import Context
from .rate_limits import JOBS_PATH, above_limit, count_request
from .responses import request_id_of, send_error
from .settings import API_PATH

CUSTOMER_PATH = API_PATH + "/customer"
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
        window = count_request(context, scope, principal, now)
        if scope["path"].startswith(LEGACY_PATH):
            refusal = self._legacy()
        elif principal is None and window.remaining < 0:
            refusal = above_limit(window)
        if refusal is not None or principal is None:
            await send_error(send, refusal or ApiError(ErrorCode.CUSTOMER_AUTH_REQUIRED), request_id_of(scope))
            return
        scope["auth"] = principal
        await self._routes(scope, receive, send)

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
    """A guard that refuses an Idempotency-Key of the wrong form, or more than one, before the body is looked at."""
    keys = connection.headers.getall("idempotency-key", [])
    for key in keys:
        check_key(key)
    if len(keys) > 1:
        raise ApiError(ErrorCode.IDEMPOTENCY_KEY_INVALID, "the request has more than one Idempotency-Key")


def _header(scope: HTTPScope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None
