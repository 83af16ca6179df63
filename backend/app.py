"""The server as one ASGI application: the hot routes bare in front, all else through Litestar.

Here a request gets its id, its Host is checked, cross-origin answers get their headers, and nothing leaves without
the contract's shape.
"""

import time
from typing import Any, TypeGuard

import structlog
from litestar import Litestar
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from litestar.utils.path import normalize_path

from core.errors import ApiError, ErrorCode, ErrorDetail

from .authentication import CUSTOMER_PATH, CustomerDoor
from .content_routes import ContentRoutes
from .context import Context
from .exchange import Exchange
from .openapi import openapi_config
from .responses import EXCEPTION_HANDLERS, send_bytes, send_error, unforeseen
from .routes import ROUTE_HANDLERS
from .settings import API_PATH, host_name
from .urls import CONTENT_PATH
from .verification import Verifications

EXCHANGE_PATH = API_PATH + "/node/exchange"
BODY_LIMIT_BYTES = 1 << 20
OPENAPI_PATH = API_PATH + "/openapi.json"
ROOT_PATHS = ("/healthz", "/readyz")
_EXPOSED = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id, Idempotent-Replayed"
log = structlog.get_logger("backend.access")


def create_app(context: Context) -> "Front":
    """The application of one server."""
    litestar = Litestar(
        path=API_PATH,
        route_handlers=ROUTE_HANDLERS,
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=openapi_config(context.settings.public_url, OPENAPI_PATH.removeprefix(API_PATH)),
        request_max_body_size=BODY_LIMIT_BYTES,
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
        self._allowed_hosts = context.settings.allowed_hosts
        self.start = verifications.add_waiting
        self.close = verifications.close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Only HTTP is spoken here: the server is started without websockets and lifespan."""
        if not is_http(scope):
            raise RuntimeError(f"this server speaks no {scope['type']}")
        request_id = self._context.new_id()
        answer = _Answer(send, request_id, self._cross_origin_headers(scope))
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        started = time.perf_counter()
        try:
            self._check_host(scope)
            await self._pass_on(scope, receive, answer)
        except ApiError as error:
            await answer.fail(error)
        except Exception as error:  # noqa: BLE001 – the process's edge: whatever fails is answered in shape, and logged
            await answer.fail(unforeseen(error, request_id))
        _log_access(scope, answer.status, started, request_id)

    async def _pass_on(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if "//" in path or path.endswith("/"):
            # as the framework reads it: what it takes for `/customer` has to come through the door
            path = scope["path"] = normalize_path(path)
        if path == EXCHANGE_PATH:
            await self._exchange(scope, receive, send)
        elif path.startswith(CONTENT_PATH):
            await self._content(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await self._preflight(scope, send)
        elif path == CUSTOMER_PATH or path.startswith(CUSTOMER_PATH + "/"):
            await self._customer(scope, receive, send)
        elif path.startswith(OPENAPI_PATH + "/"):
            raise ApiError(ErrorCode.NOT_FOUND)  # the framework has pages of its own there
        elif path in ROOT_PATHS:
            await self._litestar({**scope, "path": API_PATH + path, "raw_path": b""}, receive, send)
        else:
            await self._litestar(scope, receive, send)

    def _check_host(self, scope: HTTPScope) -> None:
        """A page in a browser on this machine must not reach a loopback server by a name of its own."""
        if self._allowed_hosts is None:
            return
        for name, value in scope["headers"]:
            if name == b"host":
                if host_name(value.decode("latin-1")) in self._allowed_hosts:
                    return
                break
        raise ApiError(
            ErrorCode.VALIDATION_FAILED,
            "this server answers to its own names only",
            hint="Use the address that it printed at start, or start it with --public-url.",
            details=[ErrorDetail("is not a name of this server", field="Host")],
        )

    def _cross_origin_headers(self, scope: HTTPScope) -> list[tuple[bytes, bytes]]:
        """Headers for a page of the client domain; other origins get none."""
        allowed = self._context.settings.client_domain.encode()
        if not any(name == b"origin" and value == allowed for name, value in scope["headers"]):
            return []
        return [
            (b"access-control-allow-origin", allowed),
            (b"access-control-expose-headers", _EXPOSED.encode()),
            (b"vary", b"Origin"),
        ]

    async def _preflight(self, scope: HTTPScope, send: Send) -> None:
        """What a browser asks before it sends a key. To other origins the answer lacks the permission."""
        headers = {
            "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
            "Access-Control-Allow-Headers": "X-API-Key, Idempotency-Key, Content-Type",
            "Access-Control-Max-Age": "600",
        }
        await send_bytes(send, 204, b"", headers)


class _Answer:
    """An ASGI `send` that adds what every answer carries and remembers whether one was begun."""

    def __init__(self, send: Send, request_id: str, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._request_id = request_id
        self._headers = [(b"x-request-id", request_id.encode()), *headers]
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self._headers]
        await self._send(message)

    async def fail(self, error: ApiError) -> None:
        """Answers with an error, if no answer was begun; else the connection just ends, which tells the client that
        what it got is not whole."""
        if self.status == 0:
            await send_error(self, error, self._request_id)


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
        path=path,
        status=status,
        ms=round((time.perf_counter() - started) * 1000, 1),
        request_id=request_id,
    )
