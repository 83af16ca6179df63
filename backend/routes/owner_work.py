"""What ran on an owner's nodes, what it earned, and what the network waits for."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.errors import ErrorCode, validation_failed
from core.jobs.earnings import MOST_DAYS, By, list_earnings
from core.jobs.owner_attempts import list_owner_attempts
from core.nodes.owned import owned_id
from core.protocol.customer import AttemptOutcome, Page
from core.protocol.owner import DemandRow, EarningRow, OwnerAttempt
from core.scheduling.demand import list_demand, owners_nodes

from ..authentication import scope_guard
from ..context import Context
from ..responses import page

ATTEMPTS_PATH = "/owner/attempts"
EARNINGS_PATH = "/owner/earnings"
DEMAND_PATH = "/owner/demand"
READ = [scope_guard("nodes:read")]
NODE_ERRORS = {"errors": (ErrorCode.NODE_NOT_FOUND,)}
AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=100)]
Days = Annotated[int, Parameter(ge=1, le=MOST_DAYS)]


def _filters(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _known_outcomes(asked: list[AttemptOutcome]) -> list[str]:
    """The values once each, in order. Raises VALIDATION_FAILED for a word that is no outcome."""
    unknown = [one.value for one in asked if not one.is_known]
    if unknown:
        raise validation_failed(outcome=f"{unknown[0]!r} is none of {', '.join(AttemptOutcome)}")
    return sorted({one.value for one in asked})


@get(ATTEMPTS_PATH, guards=READ, operation_id="list_owner_attempts", tags=["node owners"], opt=NODE_ERRORS)
async def attempts(
    request: AnyRequest,
    state: State,
    limit: Limit = 50,
    cursor: str | None = None,
    node_id: str | None = None,
    outcome: list[AttemptOutcome] | None = None,
    device: str | None = None,
) -> Page[OwnerAttempt]:
    """Every unit that ran on your nodes, newest first, and why it earned what it did. `outcome` may repeat; `device` is
    a GPU's UUID, or `cpu`."""
    context: Context = state["context"]
    principal: Principal = request.auth
    outcomes = _known_outcomes(outcome or [])

    def fetch(before: int | None, count: int) -> list[tuple[int, OwnerAttempt]]:
        return list_owner_attempts(
            context.store.connection,
            principal.customer_id,
            node_id=node_id,
            outcomes=outcomes,
            device=device,
            before=before,
            limit=count,
        )

    filters = _filters(node=node_id, outcome=",".join(outcomes), device=device)
    return page(context, principal, fetch, key=int, route=ATTEMPTS_PATH, filters=filters, cursor=cursor, limit=limit)


@get(EARNINGS_PATH, guards=READ, operation_id="list_earnings", tags=["node owners"], opt=NODE_ERRORS)
async def earnings(
    request: AnyRequest,
    state: State,
    limit: Limit = 50,
    cursor: str | None = None,
    by: By = By.DAY,
    days: Days = 30,
    node_id: str | None = None,
) -> Page[EarningRow]:
    """What you earned, newest first: by UTC day, node and GPU, or by unit. All rows add up to the ledger's."""
    context: Context = state["context"]
    principal: Principal = request.auth
    _check_node(context, principal, node_id)
    now = context.clock()

    def fetch(before: str | None, count: int) -> list[tuple[str, EarningRow]]:
        return list_earnings(
            context.store.connection,
            principal.customer_id,
            by=by,
            node_id=node_id,
            days=days,
            now=now,
            before=before,
            limit=count,
        )

    filters = _filters(by=by.value, days=str(days), node=node_id)
    return page(context, principal, fetch, key=str, route=EARNINGS_PATH, filters=filters, cursor=cursor, limit=limit)


@get(DEMAND_PATH, guards=READ, operation_id="list_demand", tags=["node owners"], opt=NODE_ERRORS)
async def demand(
    request: AnyRequest, state: State, limit: Limit = 50, cursor: str | None = None, node_id: str | None = None
) -> Page[DemandRow]:
    """What the network waits for now, a row a kind of unit, and what each of your nodes lacks to run it."""
    context: Context = state["context"]
    principal: Principal = request.auth
    _check_node(context, principal, node_id)
    connection, now = context.store.connection, context.clock()
    nodes = owners_nodes(connection, principal.customer_id, node_id=node_id, settings=context.node_settings, now=now)

    def fetch(after: int | None, count: int) -> list[tuple[int, DemandRow]]:
        return list_demand(connection, context.index, principal.customer_id, nodes, now=now, after=after, limit=count)

    filters = _filters(node=node_id)
    return page(context, principal, fetch, key=int, route=DEMAND_PATH, filters=filters, cursor=cursor, limit=limit)


def _check_node(context: Context, principal: Principal, node_id: str | None) -> None:
    """Raises NODE_NOT_FOUND for a node that is absent or another's."""
    if node_id is not None:
        owned_id(context.store.connection, principal.customer_id, node_id)


HANDLERS: list[Any] = [attempts, earnings, demand]
