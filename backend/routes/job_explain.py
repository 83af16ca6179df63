"""Why a job waits, unit by unit."""

from functools import partial
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.errors import ErrorCode
from core.protocol.customer import Page
from core.protocol.explain import UnitExplanation
from core.scheduling.explain import Waiting, explain, read_waiting
from core.store.sqlite import Row

from ..authentication import scope_guard
from ..context import Context
from ..responses import page


@get(
    "/customer/training-jobs/{id:str}/explain",
    guards=[scope_guard("jobs:read")],
    operation_id="explain_training_job",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
)
async def explain_job(
    request: Request[Any, Any, Any],
    state: State,
    id: str,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Page[UnitExplanation]:
    """For each unit that waits: what it asks for and who has it, who is ahead, and the smallest change that helps."""
    context: Context = state["context"]
    principal: Principal = request.auth
    read: list[Waiting] = []

    def fetch(after: int | None, count: int) -> list[tuple[int, Row]]:
        connection, limits = context.store.connection, principal.limits
        waiting = read_waiting(
            connection, context.index, principal.customer_id, id, limits=limits, after=after, limit=count
        )
        read.append(waiting)
        return [(row["id"], row) for row in waiting.units]

    route = f"{id}/explain"
    rows = page(context, principal, fetch, key=int, route=route, filters={}, cursor=cursor, limit=limit)
    [waiting] = read
    explained = await context.fleet.ask(partial(explain, waiting)) if rows.data else []
    return Page([row for _, row in explained[: len(rows.data)]], rows.page)


HANDLERS: list[Any] = [explain_job]
