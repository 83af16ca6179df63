"""The rate card, for the operator: what a second costs, and the fee."""

from typing import Any

import msgspec
from litestar import get, patch
from litestar.datastructures import State

from core.billing.rates import RateCard, rate_card, set_rates
from core.protocol.rates import ChangeRates
from core.store.database import Transaction

from ..admin_door import SECURITY, admin_guard
from ..admin_requests import AnyRequest, record
from ..context import Context
from ..validation import JsonBody

PATH = "/admin/rates"


@get(PATH, guards=[admin_guard], operation_id="admin_get_rates", tags=["admin"], security=SECURITY, opt={"errors": ()})
async def rates(state: State) -> RateCard:
    """The rate card, as /meta shows it."""
    context: Context = state["context"]
    return rate_card(context.store.connection)


@patch(
    PATH,
    guards=[admin_guard],
    dto=JsonBody[ChangeRates],
    operation_id="admin_change_rates",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": ()},
)
async def change_rates(request: AnyRequest, state: State, data: ChangeRates) -> RateCard:
    """Sets rates of classes, and the fee. Units that are held already keep the rate they were held at."""
    context: Context = state["context"]

    def work(tx: Transaction) -> RateCard:
        if not data.rates and data.fee_percent is None:
            return rate_card(tx.connection)
        card = set_rates(tx, data.rates, fee_percent=data.fee_percent)
        said: dict[str, Any] = {
            name: value for name, value in msgspec.structs.asdict(data).items() if value not in (None, {})
        }
        record(tx, request, context, "rates.set", "rates", **said)
        return card

    return await context.store.write(work)


HANDLERS: list[Any] = [rates, change_rates]
