"""The customer's own account: what it is, and its end."""

from typing import Any

from litestar import Request, delete, get
from litestar.datastructures import State

from core.accounts.api_keys import SCOPES, Principal, key_of_principal
from core.accounts.customers import find_by_id
from core.accounts.sessions import session_end
from core.accounts.sign_in import accept_try
from core.billing.ledger import balance
from core.clock import credits_text, rfc3339, rfc3339_or_none
from core.errors import ErrorCode
from core.protocol.accounts import Access, Account, CloseAccount
from core.scheduling.account_closing import close_account
from core.store.database import Transaction
from core.store.sqlite import Connection

from ..authentication import scope_guard
from ..context import Context
from ..proving import prove_password
from ..validation import JsonBody

PATH = "/customer/account"


@get(PATH, guards=[scope_guard("usage:read")], operation_id="get_account", tags=["account"], opt={"errors": ()})
async def show(request: Request[Any, Any, Any], state: State) -> Account:
    """The account with its balance, and how this request came in: by which key, or by a session until when."""
    context: Context = state["context"]
    principal: Principal = request.auth
    connection = context.store.connection
    customer = find_by_id(connection, principal.customer_id)
    has = balance(connection, customer.id)
    return Account(
        id=customer.public_id,
        email=customer.email,
        created_at=rfc3339(customer.created_at),
        environment=context.settings.environment,
        balance_micro=has.available_micro,
        balance=credits_text(has.available_micro),
        held_micro=has.held_micro,
        held=credits_text(has.held_micro),
        access=_access(connection, principal),
    )


def _access(connection: Connection, principal: Principal) -> Access:
    scopes = [scope for scope in SCOPES if scope in principal.scopes]
    if principal.key_id is not None:
        key = key_of_principal(connection, principal.key_id)
        return Access("api_key", scopes, key.id, key.name, key.prefix)
    ends_at = None if principal.session_id is None else session_end(connection, principal.session_id)
    return Access("session", scopes, expires_at=rfc3339_or_none(ends_at))


@delete(
    PATH,
    guards=[scope_guard("keys:write")],
    dto=JsonBody[CloseAccount],
    status_code=204,
    operation_id="close_account",
    tags=["account"],
    opt={"errors": (ErrorCode.SIGN_IN_FAILED, ErrorCode.STATE_CONFLICT)},
)
async def close(request: Request[Any, Any, Any], state: State, data: CloseAccount) -> None:
    """Closes the account for good, if its password is given once more and no job is active. All but the ledger, which
    no longer tells whose it is, is erased within moments."""
    context: Context = state["context"]
    principal: Principal = request.auth
    email = find_by_id(context.store.connection, principal.customer_id).email
    tried, new_hash = await prove_password(request, context, email, data.password)
    now = context.clock()

    def work(tx: Transaction) -> None:
        customer_id = accept_try(tx, tried, new_hash=new_hash, now=now)
        close_account(tx, context.index, customer_id, now=now, new_id=context.new_id)
        context.node_changes += 1  # at once: the next exchange of this group reads its nodes anew

    await context.store.write(work)


HANDLERS: list[Any] = [show, close]
