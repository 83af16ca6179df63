"""Signing in and out: a session by e-mail and password, for windows and pages. And a key that gives itself up."""

from typing import Any

from litestar import Request, Response, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from core.accounts.api_keys import Principal, key_of_principal, revoke_key
from core.accounts.customers import find_by_id
from core.accounts.sessions import IDLE_SECONDS, end_session, open_session
from core.accounts.sign_in import accept_try
from core.clock import rfc3339
from core.errors import ApiError, ErrorCode
from core.protocol.accounts import SignedIn, SignedInCustomer, SignIn
from core.store.database import Transaction

from ..context import Context
from ..proving import prove_password
from ..validation import JsonBody

NOT_KEPT = {"Cache-Control": "no-store"}


@post(
    "/auth/sign-in",
    dto=JsonBody[SignIn],
    status_code=200,
    operation_id="sign_in",
    tags=["account"],
    security=[{}],
    opt={"errors": (ErrorCode.SIGN_IN_FAILED, ErrorCode.CUSTOMER_SUSPENDED, ErrorCode.RATE_LIMITED)},
)
async def sign_in(request: Request[Any, Any, Any], state: State, data: SignIn) -> Response[SignedIn]:
    """Begins a session. An unknown address, a wrong password and an account without one answer alike."""
    context: Context = state["context"]
    tried, new_hash = await prove_password(request, context, data.email, data.password)
    now = context.clock()

    def work(tx: Transaction) -> SignedIn:
        customer = find_by_id(tx.connection, accept_try(tx, tried, new_hash=new_hash, now=now))
        session = open_session(tx, customer.id, now=now, random_bytes=context.random_bytes)
        whose = SignedInCustomer(customer.public_id, customer.email)
        return SignedIn(session.token, rfc3339(session.expires_at), int(IDLE_SECONDS), whose)

    return Response(await context.store.write(work), status_code=200, headers=NOT_KEPT)


def _session_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    principal: Principal = connection.scope["auth"]
    if principal.session_id is None:
        raise ApiError(
            ErrorCode.CUSTOMER_AUTH_REQUIRED,
            "there is no session to end: this request came with an API key",
            hint="Send the session's token as Authorization: Bearer, without X-API-Key.",
        )


@post(
    "/auth/sign-out",
    guards=[_session_guard],
    status_code=204,
    operation_id="sign_out",
    tags=["account"],
    security=[{"Session": []}],
    opt={"errors": ()},
)
async def sign_out(request: Request[Any, Any, Any], state: State) -> None:
    """Ends this session at once, with the streams that it has open."""
    context: Context = state["context"]
    principal: Principal = request.auth
    session_id = principal.session_id
    if session_id is not None:
        await context.store.write(lambda tx: end_session(tx, session_id))


def _key_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    principal: Principal = connection.scope["auth"]
    if principal.key_id is None:
        raise ApiError(
            ErrorCode.CUSTOMER_AUTH_REQUIRED,
            "there is no key to revoke: this request came with a session",
            hint="Send the key as X-API-Key, or sign out: POST /auth/sign-out",
        )


@post(
    "/auth/revoke",
    guards=[_key_guard],
    status_code=204,
    operation_id="revoke_own_key",
    tags=["account"],
    security=[{"ApiKey": []}],
    opt={"errors": ()},
)
async def revoke_own_key(request: Request[Any, Any, Any], state: State) -> None:
    """Revokes the key that this request came with, at once: no scope is needed to give up what one has."""
    context: Context = state["context"]
    principal: Principal = request.auth
    key_id = principal.key_id
    if key_id is None:
        return

    def work(tx: Transaction) -> None:
        key = key_of_principal(tx.connection, key_id)
        revoke_key(tx, principal.customer_id, key.id, now=context.clock())

    await context.store.write(work)


HANDLERS: list[Any] = [sign_in, sign_out, revoke_own_key]
