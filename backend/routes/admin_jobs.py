"""The jobs of all customers, for the operator."""

from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.errors import ErrorCode
from core.jobs.directory import all_jobs, cancel_for_operator, show_job
from core.protocol.admin import AdminJob, CancelJob
from core.protocol.customer import JobStatus, Page
from core.store.database import Transaction

from ..admin_door import SECURITY, admin_guard
from ..admin_requests import AnyRequest, admin_of, record
from ..context import Context
from ..responses import page
from ..validation import JsonBody
from .training_jobs import known_statuses

PATH = "/admin/jobs"
ONE = f"{PATH}/{{id:str}}"


@get(
    PATH,
    guards=[admin_guard],
    operation_id="admin_list_jobs",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.PAGINATION_INVALID_CURSOR,)},
)
async def list_all(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
    status: list[JobStatus] | None = None,
    customer_id: Annotated[str | None, Parameter(description="Only jobs of this customer.")] = None,
) -> Page[AdminJob]:
    """Jobs of all customers, newest first. `status` may repeat."""
    context: Context = state["context"]
    statuses = known_statuses(status or [])

    def fetch(before: int | None, count: int) -> list[tuple[int, AdminJob]]:
        return all_jobs(
            context.store.connection,
            statuses=statuses,
            customer_id=customer_id,
            before=before,
            limit=count,
            now=context.clock(),
        )

    filters = {"status": ",".join(statuses), "customer": str(customer_id)}
    return page(context, admin_of(request), fetch, key=int, route=PATH, filters=filters, cursor=cursor, limit=limit)


@get(
    ONE,
    guards=[admin_guard],
    operation_id="admin_get_job",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
)
async def show(state: State, id: str) -> AdminJob:
    """One job."""
    context: Context = state["context"]
    return show_job(context.store.connection, id, now=context.clock())


@post(
    f"{ONE}/cancel",
    guards=[admin_guard],
    dto=JsonBody[CancelJob],
    status_code=200,
    operation_id="admin_cancel_job",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.JOB_NOT_FOUND, ErrorCode.STATE_CONFLICT)},
)
async def cancel(request: AnyRequest, state: State, id: str, data: CancelJob | None = None) -> AdminJob:
    """Cancels a job; its customer reads the reason, and what it held and did not use is released."""
    context: Context = state["context"]
    reason = None if data is None else data.reason

    def work(tx: Transaction) -> AdminJob:
        job, was_active = cancel_for_operator(
            tx, context.index, id, reason=reason, now=context.clock(), new_id=context.new_id
        )
        if was_active:
            record(tx, request, context, "jobs.cancel", job.id, customer=job.customer_email, reason=reason)
        return job

    return await context.store.write(work)


HANDLERS: list[Any] = [list_all, show, cancel]
