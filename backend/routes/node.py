"""How nodes come and go, measure their line and ask why they have no work. The exchange is in `backend/exchange.py`."""

import math
from functools import partial
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State

from core.accounts.limits import rate_limited
from core.errors import ApiError, ErrorCode
from core.nodes.enrollment import enroll
from core.nodes.nodes import authenticate
from core.nodes.self_tests import DAY_SECONDS, LINE_TESTS_A_DAY, count_line_test
from core.protocol.node import EnrollRequest, EnrollResponse, LeaveResponse, LineTest
from core.protocol.node_why import NodeWhy
from core.scheduling.node_why import read_why, with_others
from core.scheduling.revoking import revoke_node
from core.store.database import Transaction

from ..context import Context
from ..exchange import node_credential
from ..validation import nested_too_deeply

ENROLLMENTS_PER_MINUTE = 60
QUESTIONS_PER_MINUTE = 30
LINE_TEST_BYTES = 64 * 2**20


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
    credential = node_credential(request.scope)

    def leave(tx: Transaction) -> LeaveResponse:
        node = authenticate(tx.connection, credential)
        revoke_node(tx, context.index, node.id, now=context.clock(), new_id=context.new_id)
        context.node_changes += 1  # at once: a poll of its that is open must not be leased anything
        return LeaveResponse(node.public_id)

    return await context.store.write(leave)


@post("/node/line-test", status_code=201, operation_id="test_line", tags=["nodes"], include_in_schema=False)
async def test_line(request: Request[Any, Any, Any], state: State) -> LineTest:
    """URLs for bytes that mean nothing, by which a node measures its line, so and so often a day.

    Raises CUSTOMER_AUTH_REQUIRED, RATE_LIMITED.
    """
    context: Context = state["context"]
    credential, now = node_credential(request.scope), context.clock()
    node = authenticate(context.store.connection, credential)
    left = await context.store.write(lambda tx: count_line_test(tx, node.id, now))
    if left < 0:
        seconds = math.ceil(DAY_SECONDS - now % DAY_SECONDS)
        raise rate_limited(f"a node may measure its line {LINE_TESTS_A_DAY} times a day", seconds)
    download, upload = context.urls.line_test(context.new_id(), LINE_TEST_BYTES, now)
    return LineTest(download, upload, LINE_TEST_BYTES, left)


@get("/node/why", operation_id="node_why", tags=["nodes"], include_in_schema=False)
async def why(request: Request[Any, Any, Any], state: State) -> NodeWhy:
    """What waits, what of it the node could run, who else could, and what it lacks. Raises CUSTOMER_AUTH_REQUIRED,
    RATE_LIMITED."""
    context: Context = state["context"]
    now = context.clock()
    node = authenticate(context.store.connection, node_credential(request.scope))
    window = context.windows.count(f"node {node.id}", QUESTIONS_PER_MINUTE, now, what="ask why")
    if window.remaining < 0:
        raise rate_limited(f"{window.limit} times a minute a node may ask why", window.reset_seconds)
    read = read_why(context.store.connection, context.index, node, now)
    return await context.fleet.ask(partial(with_others, read))


HANDLERS: list[Any] = [enroll_node, leave_node, test_line, why]
