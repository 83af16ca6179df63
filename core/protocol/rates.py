"""What the operator says of prices."""

import msgspec

from .customer import Request


class ChangeRates(Request, frozen=True, kw_only=True):
    """Rates by class, in micro-credits a second (null puts one back to its default), and the fee in percent; what is
    left out stays as it is."""

    rates: dict[str, int | None] = msgspec.field(default_factory=dict)
    fee_percent: int | None = None
