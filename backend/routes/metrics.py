"""`GET /metrics`: what Prometheus reads, with any admin key."""

from typing import Any

from litestar import Response, get
from litestar.datastructures import State

from ..admin_door import SECURITY, metrics_guard
from ..context import Context
from ..metrics import families

MEDIA_TYPE = "text/plain; version=0.0.4"  # Litestar adds the charset


@get(
    "/metrics",
    guards=[metrics_guard],
    operation_id="metrics",
    tags=["admin"],
    security=SECURITY,
    media_type=MEDIA_TYPE,
    opt={"errors": ()},
)
async def metrics(state: State) -> Response[bytes]:
    """The service in numbers, in Prometheus' text format; also at /metrics, beside the API's base path."""
    context: Context = state["context"]
    reading, stored = await context.readings.newest()
    index, connection = context.index, context.store.connection
    told = families(
        reading,
        stored,
        [(index.unit_class(connection, class_id), index.waiting(class_id)) for class_id in index.classes()],
        event_streams=context.streams.open,
        node_polls=context.polls_open(),
        now=context.clock(),
    )
    context.metrics.live.set(told)
    return Response(context.metrics.text(), media_type=MEDIA_TYPE)


HANDLERS: list[Any] = [metrics]
