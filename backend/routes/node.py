"""How nodes come and go: a code turns into a node, a node ends itself. The exchange is in `backend/exchange.py`."""

from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State

from core.accounts.limits import rate_limited
from core.errors import ApiError, ErrorCode
from core.nodes.enrollment import enroll
from core.nodes.nodes import authenticate
from core.protocol.node import EnrollRequest, EnrollResponse, LeaveResponse
from core.scheduling.revoking import revoke_node
from core.store.database import Transaction

from ..context import Context
from ..exchange import bearer_of
from ..validation import nested_too_deeply

ENROLLMENTS_PER_MINUTE = 60


@post("/node/enroll", status_code=201, operation_id="enroll_node", tags=["nodes"], include_in_schema=False)
async def enroll_node(request: Request[Any, Any, Any], state: State) -> EnrollResponse:
    """Makes a node of an enrollment code; unknown fields of the body are ignored, as in all that nodes send."""
    context: Context = state["context"]
    now = context.clock()
    address = request.client.host if request.client else ""
    window = context.windows.count(address, ENROLLMENTS_PER_MINUTE, now, what="enroll")
    if window.remaining < 0:
        raise rate_limited(f"{window.limit} enrolments a minute are allowed", window.reset_seconds)
    try:
        body = msgspec.json.decode(await request.body(), type=EnrollRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ApiError(ErrorCode.VALIDATION_FAILED, str(error)) from None
    except RecursionError:
        raise nested_too_deeply() from None
    return await context.store.write(
        lambda tx: enroll(
            tx,
            body,
            settings=context.node_settings,
            now=now,
            new_id=context.new_id,
            random_bytes=context.random_bytes,
        )
    )


@post("/node/leave", status_code=200, operation_id="leave_node", tags=["nodes"], include_in_schema=False)
async def leave_node(request: Request[Any, Any, Any], state: State) -> LeaveResponse:
    """Revokes the node whose credential this is, for its owner who takes it down. The body is not looked at."""
    context: Context = state["context"]
    credential = bearer_of(request.scope)

    def leave(tx: Transaction) -> LeaveResponse:
        node = authenticate(tx.connection, credential)
        revoke_node(tx, context.index, node.id, now=context.clock(), new_id=context.new_id)
        context.node_changes += 1  # at once: a poll of its that is open must not be leased anything
        return LeaveResponse(node.public_id)

    return await context.store.write(leave)


HANDLERS: list[Any] = [enroll_node, leave_node]
