"""Changes of a job that exists: how each is made or only tried, and more time for one that has not ended."""

from functools import partial
from typing import Any, Protocol

from litestar import Request, post
from litestar.datastructures import State

from core.accounts.api_keys import Principal
from core.errors import ErrorCode
from core.jobs.extend import NewId, extend, with_money
from core.jobs.ready import ReadyQueue
from core.protocol.customer import TrainingJob
from core.protocol.job_changes import ChangedJob, ChangeJob, ExtendJob
from core.store.database import Transaction

from ..authentication import identify, scope_guard
from ..context import Context
from ..validation import JsonBody

PATH = "/customer/training-jobs"
AnyRequest = Request[Any, Any, Any]


class _Tried(Exception):
    """Undoes a change that was only tried, carrying what it gave."""

    def __init__(self, job: ChangedJob) -> None:
        self.job = job
        super().__init__("a preview")


class Control(Protocol):
    """One change of one job."""

    def __call__(
        self, tx: Transaction, queue: ReadyQueue, customer_id: int, job_id: str, *, now: float, new_id: NewId
    ) -> TrainingJob:
        """The job after it."""


async def change_job(
    request: AnyRequest, state: State, id: str, body: ChangeJob | None, control: Control
) -> ChangedJob:
    """Does it, or tries it in a transaction that is undone."""
    context: Context = state["context"]
    principal: Principal = request.auth
    customer_id = principal.customer_id

    def change(tx: Transaction) -> ChangedJob:
        now, new_id = context.clock(), context.new_id
        identify(tx.connection, request.scope, now)  # a key may be revoked while a slow body arrives
        made = partial(control, tx, context.index, customer_id, id, now=now, new_id=new_id)
        return with_money(tx, customer_id, id, made)

    def attempt(tx: Transaction) -> ChangedJob:
        raise _Tried(change(tx))

    if body is None or not body.preview:
        return await context.store.write(change)
    try:
        return await context.store.write(attempt)
    except _Tried as tried:
        return tried.job


@post(
    f"{PATH}/{{id:str}}/extend",
    guards=[scope_guard("jobs:write")],
    dto=JsonBody[ExtendJob],
    status_code=200,
    operation_id="extend_training_job",
    tags=["training jobs"],
    opt={
        "errors": (
            ErrorCode.JOB_NOT_FOUND,
            ErrorCode.STATE_CONFLICT,
            ErrorCode.PLAN_INFEASIBLE,
            ErrorCode.CREDIT_INSUFFICIENT,
        )
    },
)
async def extend_job(request: AnyRequest, state: State, id: str, data: ExtendJob) -> ChangedJob:
    """Lets the units of a job that has not ended run longer, holding the difference."""
    principal: Principal = request.auth
    control = partial(extend, max_runtime_seconds=data.max_runtime_seconds, limits=principal.limits)
    return await change_job(request, state, id, data, control)


HANDLERS: list[Any] = [extend_job]
