"""The server as one ASGI application: the hot routes bare in front, all else through Litestar.

Here a request gets its id, its Host is checked, cross-origin answers get their headers, and nothing leaves without
the contract's shape.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeGuard

import structlog
from litestar import Litestar
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from litestar.utils.path import normalize_path

from core.errors import ApiError, ErrorCode, ErrorDetail
from core.printable import printable

from .admin_door import ADMIN_PATH, AdminDoor, is_admin_path
from .authentication import CUSTOMER_PATHS, CustomerDoor, is_customers
from .content_routes import ContentRoutes
from .context import Context
from .exchange import Exchange
from .openapi import openapi_config
from .rate_limits import refuse_above_limit, with_rate_headers
from .responses import EXCEPTION_HANDLERS, send_bytes, send_error, unforeseen
from .routes import ROUTE_HANDLERS
from .settings import API_PATH, host_name
from .urls import CONTENT_PATH
from .verification import Verifications

EXCHANGE_PATH = API_PATH + "/node/exchange"
BODY_LIMIT_BYTES = 1 << 20
OPENAPI_PATH = API_PATH + "/openapi.json"
ROOT_PATHS = ("/healthz", "/readyz", "/metrics")
# What the metrics call a route of which Litestar was not asked, or that it doesn't know
ROUTES_BY_START = {
    CONTENT_PATH: CONTENT_PATH + "{token}",
    ADMIN_PATH: ADMIN_PATH + "/*",
    **{path: path + "/*" for path in CUSTOMER_PATHS},
}
_EXPOSED = (
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id, Idempotent-Replayed, "
    "Content-Disposition, Content-Range, X-Newest-Event, X-Job-Status"
)
_PERMITTED = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "X-API-Key, Authorization, Idempotency-Key, Content-Type, Last-Event-ID, Range",
    "Access-Control-Max-Age": "600",
}
log = structlog.get_logger("backend.access")


def create_app(context: Context) -> "Front":
    """The application of one server."""
    litestar = Litestar(
        path=API_PATH,
        route_handlers=ROUTE_HANDLERS,
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=openapi_config(context.settings.public_url, OPENAPI_PATH.removeprefix(API_PATH)),
        request_max_body_size=BODY_LIMIT_BYTES,
        before_request=refuse_above_limit,
        logging_config=None,
    )
    litestar.state["context"] = context
    verifications = Verifications(context)
    return Front(context, litestar, Exchange(context, verifications), verifications, ContentRoutes(context))


def is_http(scope: Scope) -> TypeGuard[HTTPScope]:
    """Whether a connection is an HTTP request."""
    return str(scope["type"]) == "http"


class Front:
    """Sends each request where it belongs. `start` and `close` belong to what works by itself, the verifications."""

    def __init__(
        self,
        context: Context,
        litestar: ASGIApp,
        exchange: Exchange,
        verifications: Verifications,
        content: ContentRoutes,
    ) -> None:
        self._context = context
        self._litestar = litestar
        self._exchange = exchange
        self._content = content
        self._customer = CustomerDoor(context, litestar)
        self._admin = AdminDoor(context, litestar)
        self._allowed_hosts = context.settings.allowed_hosts
        self.start = verifications.add_waiting
        self.close = verifications.close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Only HTTP is spoken here: the server is started without websockets and lifespan."""
        if not is_http(scope):
            raise RuntimeError(f"this server speaks no {scope['type']}")
        request_id = self._context.new_id()
        if is_customers(scope["path"]):
            send = with_rate_headers(self._context, scope, send)
        started = time.perf_counter()
        answer = _Answer(send, request_id, self._cross_origin_headers(scope), partial(self._began, scope, started))
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        try:
            self._check_host(scope)
            await self._pass_on(scope, receive, answer)
        except ApiError as error:
            await answer.fail(error)
        except Exception as error:  # noqa: BLE001 – the process's edge: whatever fails is answered in shape, and logged
            await answer.fail(unforeseen(error, request_id))
        _log_access(scope, answer.status, started, request_id)

    def _began(self, scope: HTTPScope, started: float, status: int) -> None:
        """An answer begins."""
        route = _route_of(scope)
        self._context.metrics.answered(scope, route, status, started, timed=route != EXCHANGE_PATH)

    async def _pass_on(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        if scope["path"] in ROOT_PATHS:
            scope["path"], scope["raw_path"] = API_PATH + scope["path"], b""
        path = scope["path"]
        if "//" in path or path.endswith("/"):
            # as the framework reads it: what it takes for `/customer` has to come through the door
            path = scope["path"] = normalize_path(path)
        if scope["method"] == "OPTIONS" and self._is_preflight(scope):
            await self._preflight(scope, send)
        elif path == EXCHANGE_PATH:
            await self._exchange(scope, receive, send)
        elif path.startswith(CONTENT_PATH):
            await self._content(scope, receive, send)
        elif is_customers(path):
            await self._customer(scope, receive, send)
        elif is_admin_path(path):
            await self._admin(scope, receive, send)
        elif path.startswith(OPENAPI_PATH + "/"):
            raise ApiError(ErrorCode.NOT_FOUND)  # the framework has pages of its own there
        else:
            await self._litestar(scope, receive, send)

    def _check_host(self, scope: HTTPScope) -> None:
        """A page in a browser on this machine must not reach a loopback server by a name of its own."""
        if self._allowed_hosts is None:
            return
        named = [host_name(value.decode("latin-1")) for name, value in scope["headers"] if name == b"host"]
        if named and self._allowed_hosts.issuperset(named):
            return
        raise ApiError(
            ErrorCode.VALIDATION_FAILED,
            "this server answers to its own names only",
            hint="Use the address that it printed at start, or start it with --public-url.",
            details=[ErrorDetail("is not a name of this server", field="Host")],
        )

    def _cross_origin_headers(self, scope: HTTPScope) -> list[tuple[bytes, bytes]]:
        """Headers for a page of the client domain; other origins get none."""
        if not self._is_from_client_domain(scope):
            return []
        return [
            (b"access-control-allow-origin", self._context.settings.client_domain.encode()),
            (b"access-control-expose-headers", _EXPOSED.encode()),
            (b"vary", b"Origin"),
        ]

    def _is_from_client_domain(self, scope: HTTPScope) -> bool:
        allowed = self._context.settings.client_domain.encode()
        return any(name == b"origin" and value == allowed for name, value in scope["headers"])

    def _is_preflight(self, scope: HTTPScope) -> bool:
        return any(name == b"access-control-request-method" for name, _ in scope["headers"])

    async def _preflight(self, scope: HTTPScope, send: Send) -> None:
        """What a browser asks before it sends a key or a file. Other origins are permitted nothing."""
        await send_bytes(send, 204, b"", _PERMITTED if self._is_from_client_domain(scope) else {})


class _Answer:
    """An ASGI `send` that adds what every answer carries, tells its status and remembers whether one was begun."""

    def __init__(
        self, send: Send, request_id: str, headers: list[tuple[bytes, bytes]], began: Callable[[int], None]
    ) -> None:
        self._send = send
        self._began = began
        self._request_id = request_id
        self._headers = [(b"x-request-id", request_id.encode()), *headers]
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._began(self.status)
            message["headers"] = [*message.get("headers", ()), *self._headers]
        await self._send(message)

    async def fail(self, error: ApiError) -> None:
        """Answers with an error, if no answer was begun; else the connection just ends, which tells the client that
        what it got is not whole."""
        if self.status == 0:
            await send_error(self, error, self._request_id)


def _route_of(scope: HTTPScope) -> str:
    """The template of a request's route: one of few, never a path that somebody made up."""
    template = scope.get("path_template")
    if template:
        return template
    path = scope["path"]
    if path == EXCHANGE_PATH:
        return path
    return next((route for start, route in ROUTES_BY_START.items() if path.startswith(start)), "other")


def _log_access(scope: Any, status: int, started: float, request_id: str) -> None:
    """One line a request, without query and token: they may hold secrets. The hot routes only log failures."""
    path = scope["path"]
    if path.startswith(CONTENT_PATH):
        path = CONTENT_PATH + "…"
    if (path == EXCHANGE_PATH or path.startswith(CONTENT_PATH)) and status < 400:
        return
    log.info(
        "request",
        method=scope["method"],
        path=printable(path),
        status=status,
        ms=round((time.perf_counter() - started) * 1000, 1),
        request_id=request_id,
    )
