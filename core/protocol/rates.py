"""What the operator says of prices."""

from typing import Annotated

import msgspec
from msgspec import Meta

from .customer import Request


class ChangeRates(Request, frozen=True, kw_only=True):
    """New rates and a new fee; what is left out stays as it is."""

    rates: Annotated[
        dict[str, int | None],
        Meta(description="Micro-credits a second by class; null puts one back to its default."),
    ] = msgspec.field(default_factory=dict)
    fee_percent: Annotated[int | None, Meta(description="The share of a charge that the service keeps, 0 to 100.")] = (
        None
    )
