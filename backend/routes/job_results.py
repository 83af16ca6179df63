"""What a job does and makes: compute units, logs, metrics and artifacts."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.clock import rfc3339
from core.errors import ErrorCode
from core.jobs.artifacts import artifact_source
from core.jobs.read import list_artifacts, list_logs, list_metrics, list_units
from core.protocol.customer import Artifact, ComputeUnit, DownloadUrl, LogRow, MetricRow, Page

from ..authentication import scope_guard
from ..context import Context
from ..responses import page
from ..urls import DOWNLOAD_SECONDS

PATH = "/customer/training-jobs/{id:str}"
READ = [scope_guard("jobs:read")]
READ_ARTIFACTS = [scope_guard("artifacts:read")]
DAY_SECONDS = 86_400.0
AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=100)]
After = Annotated[int, Parameter(ge=0, le=2**62)]


def _principal(request: AnyRequest) -> Principal:
    principal: Principal = request.auth
    return principal


@get(
    f"{PATH}/compute-units",
    guards=READ,
    operation_id="list_compute_units",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
)
async def compute_units(
    request: AnyRequest, state: State, id: str, limit: Limit = 50, cursor: str | None = None
) -> Page[ComputeUnit]:
    """The DAG in the plan's order, each unit with its attempts."""
    context: Context = state["context"]
    principal = _principal(request)

    def fetch(after: int | None, count: int) -> list[tuple[int, ComputeUnit]]:
        return list_units(context.store.connection, principal.customer_id, id, after=after, limit=count)

    route = f"{id}/compute-units"
    return page(context, principal, fetch, key=int, route=route, filters={}, cursor=cursor, limit=limit)


@get(
    f"{PATH}/compute-units/{{unit_id:str}}/logs",
    guards=READ,
    operation_id="list_unit_logs",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
)
async def logs(
    request: AnyRequest,
    state: State,
    id: str,
    unit_id: str,
    after: After = 0,
    attempt: Annotated[int | None, Parameter(ge=1, le=2**62)] = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[LogRow]:
    """A unit's lines with numbers above `after`, of one attempt or of all. Ask again to follow it."""
    context: Context = state["context"]
    principal = _principal(request)

    def fetch(last: int | None, count: int) -> list[tuple[int, LogRow]]:
        rows = list_logs(
            context.store.connection,
            principal.customer_id,
            id,
            unit_id,
            attempt=attempt,
            after=after if last is None else last,
            limit=count,
        )
        return [(row.number, row) for row in rows]

    filters = {"after": str(after), "attempt": str(attempt)}
    route = f"{id}/{unit_id}/logs"
    return page(context, principal, fetch, key=int, route=route, filters=filters, cursor=cursor, limit=limit)


@get(
    f"{PATH}/metrics",
    guards=READ,
    operation_id="list_metrics",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
)
async def metrics(
    request: AnyRequest, state: State, id: str, after: After = 0, limit: Limit = 50, cursor: str | None = None
) -> Page[MetricRow]:
    """The job's metric points with numbers above `after`. Ask again to follow it."""
    context: Context = state["context"]
    principal = _principal(request)

    def fetch(last: int | None, count: int) -> list[tuple[int, MetricRow]]:
        start = after if last is None else last
        rows = list_metrics(context.store.connection, principal.customer_id, id, after=start, limit=count)
        return [(row.number, row) for row in rows]

    route, filters = f"{id}/metrics", {"after": str(after)}
    return page(context, principal, fetch, key=int, route=route, filters=filters, cursor=cursor, limit=limit)


@get(
    f"{PATH}/artifacts",
    guards=READ_ARTIFACTS,
    operation_id="list_artifacts",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
)
async def artifacts(
    request: AnyRequest, state: State, id: str, limit: Limit = 50, cursor: str | None = None
) -> Page[Artifact]:
    """Every file the job made, one artifact each."""
    context: Context = state["context"]
    principal = _principal(request)
    keep_seconds = principal.limits.artifact_days * DAY_SECONDS

    def fetch(after: int | None, count: int) -> list[tuple[int, Artifact]]:
        connection, customer_id = context.store.connection, principal.customer_id
        return list_artifacts(connection, customer_id, id, after=after, limit=count, keep_seconds=keep_seconds)

    route = f"{id}/artifacts"
    return page(context, principal, fetch, key=int, route=route, filters={}, cursor=cursor, limit=limit)


@post(
    f"{PATH}/artifacts/{{artifact_id:str}}/download-url",
    guards=READ_ARTIFACTS,
    status_code=200,
    operation_id="artifact_download_url",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.ARTIFACT_NOT_FOUND, ErrorCode.STATE_CONFLICT)},
)
async def download_url(request: AnyRequest, state: State, id: str, artifact_id: str) -> DownloadUrl:
    """A signed URL of the file, good for 900 seconds, without a key."""
    context: Context = state["context"]
    source = artifact_source(context.store.connection, _principal(request).customer_id, id, artifact_id)
    now = context.clock()
    return DownloadUrl(
        download_url=context.urls.get_artifact(source.id, source.name, now),
        expires_at=rfc3339(int(now) + DOWNLOAD_SECONDS),
        file_name=source.name.rpartition("/")[2],
        size_bytes=source.size_bytes,
    )


HANDLERS: list[Any] = [compute_units, logs, metrics, artifacts, download_url]
