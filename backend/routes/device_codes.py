"""Logging a program in by a code: the program's two routes, for which nobody is known yet, and those of whoever looks
at a code and decides. User codes travel in bodies: paths stand in logs."""

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Request, Response, post
from litestar.datastructures import State

from core.accounts.api_keys import Principal
from core.accounts.device_codes import (
    approve_device_code,
    begin_device_login,
    could_be_user_code,
    deny_device_code,
    fetch_device_key,
    find_device_code,
)
from core.accounts.limits import rate_limited
from core.errors import ApiError, ErrorCode
from core.protocol.device_codes import (
    ApproveDeviceCode,
    BeginDeviceLogin,
    DeviceCode,
    DeviceKey,
    DeviceLogin,
    FetchDeviceKey,
    LookUpDeviceCode,
)
from core.store.database import Transaction

from ..authentication import identify, scope_guard
from ..context import Context
from ..settings import API_PATH
from ..validation import JsonBody
from .auth import NOT_KEPT

T = TypeVar("T")
PATH = "/customer/device-codes"
MAY_MAKE_KEYS = [scope_guard("keys:write")]
LOGINS_A_MINUTE = 30
FETCHES_A_MINUTE = 120
WRONG_CODES_A_MINUTE = 10
AnyRequest = Request[Any, Any, Any]


@post(
    "/auth/device",
    dto=JsonBody[BeginDeviceLogin],
    status_code=200,
    operation_id="begin_device_login",
    tags=["account"],
    security=[{}],
    opt={"errors": (ErrorCode.RATE_LIMITED,)},
)
async def begin(request: AnyRequest, state: State, data: BeginDeviceLogin) -> Response[DeviceLogin]:
    """Begins to log a program in (RFC 8628): it shows `user_code`, which somebody who is signed in approves."""
    context: Context = state["context"]
    address = _throttle(request, context, LOGINS_A_MINUTE, "begin a login")
    url = f"{context.settings.public_url}{API_PATH}{PATH}"

    def work(tx: Transaction) -> DeviceLogin:
        return begin_device_login(
            tx,
            name=data.name,
            address=address,
            scopes=data.scopes,
            verification_url=url,
            now=context.clock(),
            random_bytes=context.random_bytes,
        )

    return Response(await context.store.write(work), status_code=200, headers=NOT_KEPT)


@post(
    "/auth/device/token",
    dto=JsonBody[FetchDeviceKey],
    status_code=200,
    operation_id="fetch_device_key",
    tags=["account"],
    security=[{}],
    opt={"errors": (ErrorCode.RATE_LIMITED, ErrorCode.STATE_CONFLICT)},
)
async def fetch(request: AnyRequest, state: State, data: FetchDeviceKey) -> Response[DeviceKey]:
    """Whether the code was approved. The key is in one answer: that it was fetched uses the code up."""
    context: Context = state["context"]
    _throttle(request, context, FETCHES_A_MINUTE, "fetch a key")

    def work(tx: Transaction) -> DeviceKey:
        return fetch_device_key(
            tx,
            data.device_code,
            environment=context.settings.environment,
            now=context.clock(),
            new_id=context.new_id,
            random_bytes=context.random_bytes,
        )

    return Response(await context.store.write(work), status_code=200, headers=NOT_KEPT)


@post(
    PATH,
    guards=MAY_MAKE_KEYS,
    dto=JsonBody[LookUpDeviceCode],
    status_code=200,
    operation_id="look_up_device_code",
    tags=["account"],
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def look_up(request: AnyRequest, state: State, data: LookUpDeviceCode) -> DeviceCode:
    """What a program with this code calls itself, from where it asks, and for which scopes. Changes nothing."""
    context: Context = state["context"]
    principal: Principal = request.auth

    with _CountingWrongCodes(context, principal, data.user_code):
        now = context.clock()
        return find_device_code(context.store.connection, principal.customer_id, data.user_code, now=now)


@post(
    f"{PATH}/approve",
    guards=MAY_MAKE_KEYS,
    dto=JsonBody[ApproveDeviceCode],
    status_code=200,
    operation_id="approve_device_code",
    tags=["account"],
    opt={"errors": (ErrorCode.NOT_FOUND, ErrorCode.STATE_CONFLICT)},
)
async def approve(request: AnyRequest, state: State, data: ApproveDeviceCode) -> DeviceCode:
    """Lets the program have a key of yours, named as it calls itself, which may do no more than you do."""
    context: Context = state["context"]
    principal: Principal = request.auth

    def work(tx: Transaction, now: float) -> DeviceCode:
        return approve_device_code(tx, principal, data.user_code, scopes=data.scopes, now=now)

    with _CountingWrongCodes(context, principal, data.user_code):
        return await _decide(request, context, work)


@post(
    f"{PATH}/deny",
    guards=MAY_MAKE_KEYS,
    dto=JsonBody[LookUpDeviceCode],
    status_code=200,
    operation_id="deny_device_code",
    tags=["account"],
    opt={"errors": (ErrorCode.NOT_FOUND, ErrorCode.STATE_CONFLICT)},
)
async def deny(request: AnyRequest, state: State, data: LookUpDeviceCode) -> DeviceCode:
    """Lets the program have none; it is told so when it asks the next time."""
    context: Context = state["context"]
    principal: Principal = request.auth

    def work(tx: Transaction, now: float) -> DeviceCode:
        return deny_device_code(tx, principal, data.user_code, now=now)

    with _CountingWrongCodes(context, principal, data.user_code):
        return await _decide(request, context, work)


async def _decide(request: AnyRequest, context: Context, work: Callable[[Transaction, float], T]) -> T:
    now = context.clock()

    def write(tx: Transaction) -> T:
        identify(tx.connection, request.scope, now)  # a key may be revoked while a slow body arrives
        return work(tx, now)

    return await context.store.write(write)


def _throttle(request: AnyRequest, context: Context, most: int, what: str) -> str:
    """Counts by the address that a request comes from, and gives it."""
    address = request.client.host if request.client else ""
    window = context.windows.count(address, most, context.clock(), what=what)
    if window.remaining < 0:
        raise rate_limited(f"{window.limit} times a minute one may {what}", window.reset_seconds)
    return address


class _CountingWrongCodes:
    """Counts codes that are no program's by the customer who tries them, and lets nobody try on who had too many.

    A code counts before it is looked for, and is given back if it was one: many tried at once are no more tries.
    """

    def __init__(self, context: Context, principal: Principal, user_code: str) -> None:
        self._context = context
        self._customer_id = principal.customer_id
        self._is_guess = could_be_user_code(user_code)
        self._counted_at = context.clock()

    def __enter__(self) -> None:
        if not self._is_guess:
            return
        window = self._context.guess_windows.count(self._customer_id, WRONG_CODES_A_MINUTE, self._counted_at)
        if window.remaining < 0:
            raise rate_limited(f"{WRONG_CODES_A_MINUTE} wrong codes a minute are allowed", window.reset_seconds)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        wrong = isinstance(error, ApiError) and error.code is ErrorCode.NOT_FOUND
        if self._is_guess and not wrong:
            self._context.guess_windows.give_back(self._customer_id, self._counted_at, self._context.clock())


HANDLERS: list[Any] = [begin, fetch, look_up, approve, deny]
