"""API keys, made and revoked by the customer. A secret is in one answer and nowhere else."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import SCOPES, Principal, check_may_grant, create_key, get_key, list_keys, revoke_key
from core.errors import ErrorCode, validation_failed
from core.protocol.accounts import ApiKeyRow, CreateApiKey, CreatedApiKey
from core.protocol.customer import Page
from core.store.database import Transaction

from ..authentication import idempotency_key_guard, scope_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody

PATH = "/customer/api-keys"
WRITE = [scope_guard("keys:write")]
AnyRequest = Request[Any, Any, Any]


@get(
    PATH,
    guards=WRITE,
    operation_id="list_api_keys",
    tags=["account"],
    opt={"errors": ()},
)
async def list_all(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Page[ApiKeyRow]:
    """All keys, newest first, revoked ones too. Secrets are in no list."""
    context: Context = state["context"]
    principal: Principal = request.auth

    def fetch(before: int | None, count: int) -> list[tuple[int, ApiKeyRow]]:
        return list_keys(context.store.connection, principal.customer_id, before=before, limit=count)

    return page(context, principal, fetch, key=int, route=PATH, filters={}, cursor=cursor, limit=limit)


@post(
    PATH,
    guards=[*WRITE, idempotency_key_guard],
    dto=JsonBody[CreateApiKey],
    operation_id="create_api_key",
    tags=["account"],
    opt={"errors": (ErrorCode.STATE_CONFLICT,)},
)
async def create(request: AnyRequest, state: State, data: CreateApiKey) -> Response[CreatedApiKey]:
    """Makes a key that may do no more than who makes it. Its `secret` is shown this once: a replay has none."""
    context: Context = state["context"]
    principal: Principal = request.auth
    _check(data, principal)
    scopes = [scope for scope in SCOPES if scope in principal.scopes] if data.scopes is None else data.scopes
    secrets: dict[str, str] = {}

    def work(tx: Transaction) -> CreatedApiKey:
        check_may_grant(tx.connection, principal, scopes)
        made = create_key(
            tx,
            principal.customer_id,
            name=data.name,
            scopes=scopes,
            environment=context.settings.environment,
            now=context.clock(),
            new_id=context.new_id,
            random_bytes=context.random_bytes,
        )
        secrets[made.id] = made.secret  # never in what is kept for replays
        return CreatedApiKey(**msgspec.structs.asdict(get_key(tx.connection, principal.customer_id, made.id)))

    def with_secret(made: CreatedApiKey) -> CreatedApiKey:
        return msgspec.structs.replace(made, secret=secrets.get(made.id))

    answer = await create_once(
        request, context, f"POST {PATH}", data, work, answered=CreatedApiKey, present=with_secret
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _check(asked: CreateApiKey, principal: Principal) -> None:
    most = principal.limits.max_name_characters
    if not asked.name.strip() or not asked.name.isprintable():
        raise validation_failed(name="must have visible characters, and only printable ones")
    if len(asked.name) > most:
        raise validation_failed(name=f"has {len(asked.name)} characters; {most} are allowed")
    if asked.scopes == []:
        raise validation_failed(scopes="must have at least one; left out, the key may do all that you may")


@delete(
    PATH + "/{id:str}",
    guards=WRITE,
    status_code=204,
    operation_id="revoke_api_key",
    tags=["account"],
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def revoke(request: AnyRequest, state: State, id: str) -> None:
    """Revokes a key at once, with the streams that it has open. It stays listed; again: nothing more happens."""
    context: Context = state["context"]
    principal: Principal = request.auth

    def work(tx: Transaction) -> None:
        key = get_key(tx.connection, principal.customer_id, id)
        revoke_key(tx, principal.customer_id, key.id, now=context.clock())

    await context.store.write(work)


HANDLERS: list[Any] = [list_all, create, revoke]
