"""Training jobs: preview, submit, read, cancel, retry. Their units, logs, metrics, artifacts are in `job_results`."""

from functools import partial
from typing import Annotated, Any, Protocol

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.errors import ErrorCode, validation_failed
from core.jobs.control import NewId, cancel, retry
from core.jobs.read import get_job, list_jobs
from core.jobs.ready import ReadyQueue
from core.jobs.submit import preview, submit
from core.planning.plan import PlannedUnit
from core.protocol.customer import JobPreview, JobStatus, Page, SubmitJob, TrainingJob
from core.protocol.customer import Request as CustomerRequest
from core.scheduling.match import nodes_that_could
from core.store.database import Transaction

from ..authentication import idempotency_key_guard, scope_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody

PATH = "/customer/training-jobs"
READ = [scope_guard("jobs:read")]
WRITE = [scope_guard("jobs:write")]
PLAN_ERRORS = (
    ErrorCode.DATASET_NOT_FOUND,
    ErrorCode.PACKAGE_NOT_FOUND,
    ErrorCode.STATE_CONFLICT,
    ErrorCode.PLAN_INFEASIBLE,
)
AnyRequest = Request[Any, Any, Any]


class ChangeJob(CustomerRequest, frozen=True, kw_only=True):
    """A cancel or retry. With `preview` it answers with the job as it would be, and changes nothing."""

    preview: bool = False


class _Preview(Exception):
    """Undoes a change that was only tried, carrying what it gave."""

    def __init__(self, job: TrainingJob) -> None:
        self.job = job
        super().__init__("a preview")


def _principal(request: AnyRequest) -> Principal:
    principal: Principal = request.auth
    return principal


def _known_statuses(asked: list[JobStatus]) -> list[str]:
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
    """The plan as a DAG, its price, and how many nodes could run each unit now. Changes nothing."""
    context: Context = state["context"]
    principal = _principal(request)
    connection = context.store.connection
    since = context.clock() - context.node_settings.silent_idle_seconds

    def nodes_now(unit: PlannedUnit) -> int:
        return len(nodes_that_could(connection, unit.unit_class, principal.customer_id, since=since))

    return preview(connection, principal.customer_id, data, limits=principal.limits, nodes_now=nodes_now)


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
            limits=principal.limits,
            now=context.clock(),
            new_id=context.new_id,
        )

    return await create_once(request, context, f"POST {PATH}", data, work, answered=TrainingJob)


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
    statuses = _known_statuses(status or [])

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
async def cancel_job(request: AnyRequest, state: State, id: str, data: ChangeJob | None = None) -> TrainingJob:
    """Cancels a job; what it held and did not use is released."""
    return await _change(request, state, id, data, cancel)


@post(
    f"{PATH}/{{id:str}}/retry",
    guards=WRITE,
    dto=JsonBody[ChangeJob],
    status_code=200,
    operation_id="retry_training_job",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND, ErrorCode.STATE_CONFLICT, ErrorCode.CREDIT_INSUFFICIENT)},
)
async def retry_job(request: AnyRequest, state: State, id: str, data: ChangeJob | None = None) -> TrainingJob:
    """Puts a failed or cancelled job back to `queued`; completed units stay."""
    return await _change(request, state, id, data, partial(retry, limits=_principal(request).limits))


class _Control(Protocol):
    def __call__(
        self, tx: Transaction, queue: ReadyQueue, customer_id: int, job_id: str, *, now: float, new_id: NewId
    ) -> TrainingJob: ...


async def _change(request: AnyRequest, state: State, id: str, body: ChangeJob | None, control: _Control) -> TrainingJob:
    """Does it, or tries it in a transaction that is undone."""
    context: Context = state["context"]
    customer_id = _principal(request).customer_id

    def change(tx: Transaction) -> TrainingJob:
        return control(tx, context.index, customer_id, id, now=context.clock(), new_id=context.new_id)

    def attempt(tx: Transaction) -> TrainingJob:
        raise _Preview(change(tx))

    if body is None or not body.preview:
        return await context.store.write(change)
    try:
        return await context.store.write(attempt)
    except _Preview as tried:
        return tried.job


HANDLERS: list[Any] = [preview_job, submit_job, list_all, show, cancel_job, retry_job]
