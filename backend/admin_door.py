"""The door of the operator's routes and of the metrics: an admin key, and a bound on wrong ones.

It stands in front of the routes, as the customers' does. Each of those routes has `admin_guard` as well, so that none
is open should a path ever find its way past the door.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from core.accounts.admin_keys import AdminPrincipal, authenticate_admin
from core.accounts.limits import rate_limited
from core.errors import ApiError, ErrorCode
from core.store.sqlite import Connection

from .context import Context
from .settings import API_PATH

ADMIN_PATH = API_PATH + "/admin"
METRICS_PATH = API_PATH + "/metrics"
WRONG_TRIES_PER_MINUTE = 60
SECURITY: list[dict[str, list[str]]] = [{"AdminKey": []}, {"AdminBearer": []}]


def is_admin_path(path: str) -> bool:
    """Whether a path is behind this door."""
    return path in (ADMIN_PATH, METRICS_PATH) or path.startswith((ADMIN_PATH + "/", METRICS_PATH + "/"))


class AdminDoor:
    """Lets a request with an admin key through, with its principal in `scope["auth"]`."""

    def __init__(self, context: Context, routes: ASGIApp) -> None:
        self._context = context
        self._routes = routes

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """One request. Raises CUSTOMER_AUTH_REQUIRED, API_KEY_INVALID, API_KEY_REVOKED, and RATE_LIMITED in their place
        after 60 of them a minute from an address; a right key is let in all the same."""
        context = self._context
        now = context.clock()
        try:
            principal = identify_admin(context.store.connection, scope)
        except ApiError:
            client = scope.get("client")
            address = client[0] if client else ""
            window = context.windows.count(address, WRONG_TRIES_PER_MINUTE, now, what="admin")
            if window.remaining < 0:
                tries = f"{window.limit} requests a minute without an admin key are answered"
                raise rate_limited(tries, window.reset_seconds) from None
            raise
        context.admin_keys_used[principal.key_id] = now
        scope["auth"] = principal
        await self._routes(scope, receive, send)


def identify_admin(connection: Connection, scope: Scope) -> AdminPrincipal:
    """The operator, by the key of `X-API-Key`, else of `Authorization: Bearer`. Raises CUSTOMER_AUTH_REQUIRED,
    API_KEY_INVALID, API_KEY_REVOKED."""
    return authenticate_admin(connection, _secret(scope))


def admin_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard of the operator's routes. Raises CUSTOMER_AUTH_REQUIRED for whoever came past the door, and
    API_KEY_SCOPE_DENIED for a key that is for metrics only."""
    if _principal_of(connection.scope).metrics_only:
        raise ApiError(
            ErrorCode.API_KEY_SCOPE_DENIED,
            "this admin key is for metrics only",
            hint="Use another: gpu-agent-backend admin-keys create",
        )


def metrics_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard of the metrics: any admin key will do."""
    _principal_of(connection.scope)


def _principal_of(scope: Scope) -> AdminPrincipal:
    principal = scope.get("auth")
    if not isinstance(principal, AdminPrincipal):
        raise ApiError(ErrorCode.CUSTOMER_AUTH_REQUIRED)
    return principal


def _secret(scope: Scope) -> str | None:
    bearer: str | None = None
    for name, value in scope["headers"]:
        if name == b"x-api-key":
            return value.decode("latin-1")
        if name == b"authorization":
            scheme, _, credential = value.decode("latin-1").partition(" ")
            bearer = credential.strip() if scheme.lower() == "bearer" else None
    return bearer
