"""The streams of events: one of a job, one of all that is a customer's."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter
from litestar.response import Stream as StreamResponse

from core.accounts.api_keys import Principal
from core.clock import DAY_SECONDS
from core.errors import ApiError, ErrorCode
from core.jobs.live import CustomerStream, JobStream, Stream

from ..authentication import identify, note_use, scope_guard
from ..context import Context
from ..event_streams import HEADERS, NEWEST_HEADER, STATUS_HEADER, frames, last_event_id

READ = [scope_guard("jobs:read")]
EVENT_STREAM = "text/event-stream"
AnyRequest = Request[Any, Any, Any]
LastEventId = Annotated[
    str | None,
    HeaderParameter(name="Last-Event-ID", description="Go on behind this event; without it, from the first."),
]
_SPEC = {
    200: ResponseSpec(
        data_container=str,
        generate_examples=False,
        media_type=EVENT_STREAM,
        description="Server-sent events, numbered from 1; a comment every 15 s",
    )
}


@get(
    "/customer/training-jobs/{id:str}/events",
    guards=READ,
    operation_id="job_events",
    tags=["training jobs"],
    opt={"errors": (ErrorCode.JOB_NOT_FOUND,)},
    responses=_SPEC,
)
async def job_events(request: AnyRequest, state: State, id: str, resume_after: LastEventId = None) -> StreamResponse:
    """What happens to a job, to its last state: `job`, `unit`, `log`, `metric`, `artifact` and `gap` events. Opened
    behind a job's `newest_event`, it tells all that changes from then on, and the job need not be read again."""
    context: Context = state["context"]
    principal: Principal = request.auth
    keep_seconds = principal.limits.artifact_days * DAY_SECONDS
    stream = JobStream(context.store.connection, principal.customer_id, id, keep_seconds=keep_seconds)
    return _answer(context, request, stream, resume_after)


@get(
    "/customer/events",
    guards=READ,
    operation_id="customer_events",
    tags=["training jobs"],
    opt={"errors": ()},
    responses=_SPEC,
)
async def customer_events(request: AnyRequest, state: State, resume_after: LastEventId = None) -> StreamResponse:
    """What happens to all jobs, units, datasets and packages of a customer; it has no end."""
    context: Context = state["context"]
    principal: Principal = request.auth
    return _answer(context, request, CustomerStream(principal.customer_id), resume_after)


def _answer(context: Context, request: AnyRequest, stream: Stream, header: str | None) -> StreamResponse:
    connection = context.store.connection
    newest, status = stream.newest(connection), stream.status(connection)
    after = last_event_id(header, newest)
    context.streams.check_room(request.auth.customer_id)
    content = _content(context, request, stream, after)
    headers = {**HEADERS, NEWEST_HEADER: str(newest)}
    if status is not None:
        headers[STATUS_HEADER] = status.value
    return StreamResponse(content, media_type=EVENT_STREAM, headers=headers)


def _content(context: Context, request: AnyRequest, stream: Stream, after: int) -> AsyncIterator[bytes]:
    connection = context.store.connection

    def still_allowed() -> bool:
        now = context.clock()
        try:
            principal = identify(connection, request.scope, now)
        except ApiError:
            return False
        note_use(context, principal, now)  # who only listens is there all the same
        return True

    customer_id = request.auth.customer_id
    return frames(context.streams, connection, stream, customer_id, after, context.clock, still_allowed)


HANDLERS: list[Any] = [job_events, customer_events]
