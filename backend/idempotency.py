"""POSTs that create: done once, in the transaction that keeps their answer, and answered again from there."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from core.accounts.idempotency import Answer, RequestKey, find_answer, fingerprint, keep_answer
from core.errors import ApiError
from core.store.database import Transaction

from .admin_door import identify_admin
from .authentication import identify
from .context import Context
from .responses import Asker

T = TypeVar("T", bound=msgspec.Struct)
CREATED = 201


def is_answered(request: Request[Any, Any, Any], context: Context, route: str, body: msgspec.Struct) -> bool:
    """Whether `create_once` has an answer for this request already, if it asks at once. Raises IDEMPOTENCY_CONFLICT."""
    asker: Asker = request.auth
    key = request.headers.get("idempotency-key")
    if key is None:
        return False
    asked = RequestKey(asker.customer_id, route, key, fingerprint(body))
    return find_answer(context.store.connection, asked, context.clock()) is not None


async def create_once(
    request: Request[Any, Any, Any],
    context: Context,
    route: str,
    body: msgspec.Struct,
    work: Callable[[Transaction], T],
    *,
    answered: type[T],
    present: Callable[[T], T] = lambda kept: kept,
    validate: Callable[[], None] = lambda: None,
) -> Response[T]:
    """Runs `work` in a transaction, or gives the answer that the same Idempotency-Key got before.

    `present` puts in what is made anew for each answer, such as signed URLs; what `work` returns is what is kept.
    `validate` is what `work` refuses of the body by itself. It is asked where the key was used with another body: a
    body that is no request is told so first, and one that was accepted before is answered whatever the limits are now.
    Raises IDEMPOTENCY_CONFLICT, what authentication raises if the key was revoked since the request began, and whatever
    `validate` and `work` raise; none of it is kept.
    """
    asker: Asker = request.auth
    key = request.headers.get("idempotency-key")
    asked = None if key is None else RequestKey(asker.customer_id, route, key, fingerprint(body))
    now = context.clock()

    def write(tx: Transaction) -> tuple[T, int, bool]:
        # a key may be revoked while a slow body arrives
        if asker.customer_id is None:
            identify_admin(tx.connection, request.scope)
        else:
            identify(tx.connection, request.scope, now)
        if asked is not None:
            try:
                kept = find_answer(tx.connection, asked, now)
            except ApiError:
                validate()
                raise
            if kept is not None:
                return msgspec.json.decode(kept.body, type=answered), kept.status, True
        made = work(tx)
        if asked is not None:
            keep_answer(tx, asked, Answer(CREATED, msgspec.json.encode(made)), now)
        return made, CREATED, False

    made, status, replayed = await context.store.write(write)
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    return Response(present(made), status_code=status, headers=headers)
