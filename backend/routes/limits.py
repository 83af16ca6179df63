"""What the customer may use: each limit, what is used, what is left, when it renews."""

from typing import Any

import msgspec
from litestar import Request, get
from litestar.datastructures import State

from core.accounts.api_keys import Principal
from core.accounts.limits import active_jobs, job_window, next_day_at, units_planned_today
from core.clock import rfc3339
from core.content.storage import used_bytes
from core.jobs.running_time import DAYS, running_time
from core.webhooks.endpoints import count_endpoints

from ..authentication import scope_guard
from ..context import Context


class LimitUse(msgspec.Struct, frozen=True):
    """One limit. `used`, `left` and `renews_at` are None where nothing is counted or nothing renews by the clock."""

    name: str
    limit: int
    used: int | None
    left: int | None
    renews_at: str | None


class RunningTimeUse(msgspec.Struct, frozen=True):
    """Seconds that nodes worked for the customer in the last days: charged, and free because the customer cancelled or
    their own code failed. Above a fifth of both their work is `slowed`: it is served later than others'."""

    days: int
    charged_seconds: float
    free_seconds: float
    slowed: bool


class LimitsAnswer(msgspec.Struct, frozen=True):
    """All limits of the customer, and whether they are served as others are."""

    limits: list[LimitUse]
    running_time: RunningTimeUse


@get("/customer/limits", guards=[scope_guard("usage:read")], operation_id="limits", tags=["usage"], opt={"errors": ()})
async def limits(request: Request[Any, Any, Any], state: State) -> LimitsAnswer:
    """Each limit with its use now."""
    context: Context = state["context"]
    principal: Principal = request.auth
    connection, customer_id, now = context.store.connection, principal.customer_id, context.clock()
    allowed = principal.limits
    jobs = job_window(connection, customer_id, allowed, now)
    requests = context.windows.look(customer_id, allowed.requests_per_minute, now)
    used: dict[str, tuple[int, str | None]] = {
        "jobs_per_minute": (jobs.used, rfc3339(now + jobs.reset_seconds)),
        "active_jobs": (active_jobs(connection, customer_id), None),
        "units_per_day": (units_planned_today(connection, customer_id, now), rfc3339(next_day_at(now))),
        "requests_per_minute": (requests.used, rfc3339(now + requests.reset_seconds)),
        "storage_bytes": (used_bytes(connection, customer_id), None),
        "webhooks": (count_endpoints(connection, customer_id), None),
    }
    rows = []
    for name, limit in msgspec.structs.asdict(allowed).items():
        count, renews_at = used.get(name, (None, None))
        rows.append(LimitUse(name, limit, count, None if count is None else max(0, limit - count), renews_at))
    worked = running_time(connection, customer_id, now)
    running = RunningTimeUse(DAYS, worked.charged_seconds, worked.free_seconds, worked.is_slowed)
    return LimitsAnswer(rows, running)


HANDLERS: list[Any] = [limits]
