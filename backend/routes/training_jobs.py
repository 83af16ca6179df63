"""Training jobs: preview, submit, read, cancel, retry. Their units, logs, metrics, artifacts are in `job_results`."""

from functools import partial
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.accounts.limits import limits_once
from core.errors import ErrorCode, validation_failed
from core.jobs.control import cancel, retry
from core.jobs.preview import preview
from core.jobs.read import get_job, list_jobs
from core.jobs.submit import check_submit, plan_job, submit
from core.nodes.blocks import owners_blocking
from core.protocol.customer import JobPreview, JobStatus, Page, SubmitJob, TrainingJob
from core.protocol.job_changes import ChangedJob, ChangeJob
from core.scheduling.fleet import Fleet
from core.store.database import Transaction

from ..authentication import idempotency_key_guard, scope_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody
from .job_changes import change_job

PATH = "/customer/training-jobs"
READ = [scope_guard("jobs:read")]
WRITE = [scope_guard("jobs:write")]
PLAN_ERRORS = (
    ErrorCode.DATASET_NOT_FOUND,
    ErrorCode.PACKAGE_NOT_FOUND,
    ErrorCode.ARTIFACT_NOT_FOUND,
    ErrorCode.STATE_CONFLICT,
    ErrorCode.PLAN_INFEASIBLE,
)
AnyRequest = Request[Any, Any, Any]


def _principal(request: AnyRequest) -> Principal:
    principal: Principal = request.auth
    return principal


def known_statuses(asked: list[JobStatus]) -> list[str]:
    """The values once each, in order. Raises VALIDATION_FAILED for a word that is no status."""
    unknown = [one.value for one in asked if not one.is_known]
    if unknown:
        raise validation_failed(status=f"{unknown[0]!r} is none of {', '.join(JobStatus)}")
    return sorted({one.value for one in asked})


@post(
    f"{PATH}/preview",
    guards=WRITE,
    dto=JsonBody[SubmitJob],
    status_code=200,
    operation_id="preview_training_job",
    tags=["training jobs"],
    opt={"errors": PLAN_ERRORS},
)
async def preview_job(request: AnyRequest, state: State, data: SubmitJob) -> JobPreview:
    """The plan as a DAG, its price and time as ranges, who could run it now, what would be refused. Changes nothing."""
    context: Context = state["context"]
    principal = _principal(request)
    connection = context.store.connection
    customer_id, limits = principal.customer_id, principal.limits
    plan = plan_job(connection, customer_id, data, limits)

    blocking = owners_blocking(connection, plan.package_digest)

    def nodes_now(fleet: Fleet) -> list[int]:
        return [fleet.now.fitting(unit.unit_class, customer_id, blocking).bit_count() for unit in plan.units]

    nodes = await context.fleet.ask(nodes_now)
    return preview(connection, customer_id, data, plan, nodes, limits=limits, now=context.clock())


@post(
    PATH,
    guards=[*WRITE, idempotency_key_guard],
    dto=JsonBody[SubmitJob],
    operation_id="submit_training_job",
    tags=["training jobs"],
    opt={"errors": (*PLAN_ERRORS, ErrorCode.CREDIT_INSUFFICIENT, ErrorCode.DAILY_TASK_LIMIT_EXCEEDED)},
)
async def submit_job(request: AnyRequest, state: State, data: SubmitJob) -> Response[TrainingJob]:
    """Accepts a job and holds its projected cost."""
    context: Context = state["context"]
    principal = _principal(request)

    def work(tx: Transaction) -> TrainingJob:
        return submit(
            tx,
            context.index,
            principal.customer_id,
            data,
            limits=limits_once(tx, principal.customer_id),
            now=context.clock(),
            new_id=context.new_id,
        )

    validate = partial(check_submit, data, principal.limits)
    return await create_once(request, context, f"POST {PATH}", data, work, answered=TrainingJob, validate=validate)


@get(PATH, guards=READ, operation_id="list_training_jobs", tags=["training jobs"], opt={"errors": ()})
async def list_all(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
    status: list[JobStatus] | None = None,
    dataset_id: str | None = None,
    training_package_id: str | None = None,
    q: str | None = None,
) -> Page[TrainingJob]:
    """Jobs, newest first. `status` may repeat; `q` finds in name and id."""
    context: Context = state["context"]
    principal = _principal(request)
    statuses = known_statuses(status or [])

    def fetch(before: int | None, count: int) -> list[tuple[int, TrainingJob]]:
        return list_jobs(
            context.store.connection,
            principal.customer_id,
            statuses=statuses,
            dataset_id=dataset_id,
            training_package_id=training_package_id,
            q=q,
            before=before,
            limit=count,
            now=context.clock(),
        )

    filters = {"status": ",".join(statuses), "dataset": dataset_id, "package": training_package_id, "q": q}
    said = {name: value for name, value in filters.items() if value}
    return page(context, principal, fetch, key=int, route=PATH, filters=said, cursor=cursor, limit=limit)


@get(
    f"{PATH}/{{id:str}}",
    guards=READ,
    operation_id="get_training_job",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
)
async def show(request: AnyRequest, state: State, id: str) -> TrainingJob:
    """One job as it stands now."""
    context: Context = state["context"]
    return get_job(context.store.connection, _principal(request).customer_id, id, now=context.clock())


@post(
    f"{PATH}/{{id:str}}/cancel",
    guards=WRITE,
    dto=JsonBody[ChangeJob],
    status_code=200,
    operation_id="cancel_training_job",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND, ErrorCode.STATE_CONFLICT)},
)
async def cancel_job(request: AnyRequest, state: State, id: str, data: ChangeJob | None = None) -> ChangedJob:
    """Cancels a job; what it held and did not use is released."""
    return await change_job(request, state, id, data, cancel)


@post(
    f"{PATH}/{{id:str}}/retry",
    guards=WRITE,
    dto=JsonBody[ChangeJob],
    status_code=200,
    operation_id="retry_training_job",
    tags=["training jobs"],
    opt={
        "errors": (
            ErrorCode.JOB_NOT_FOUND,
            ErrorCode.STATE_CONFLICT,
            ErrorCode.CREDIT_INSUFFICIENT,
            ErrorCode.DAILY_TASK_LIMIT_EXCEEDED,
        )
    },
)
async def retry_job(request: AnyRequest, state: State, id: str, data: ChangeJob | None = None) -> ChangedJob:
    """Puts a failed or cancelled job back to `queued`; completed units stay."""
    return await change_job(request, state, id, data, partial(retry, limits=_principal(request).limits))


HANDLERS: list[Any] = [preview_job, submit_job, list_all, show, cancel_job, retry_job]
