"""Amounts of credits as people write them."""

import re
from decimal import Decimal

from ..clock import MICRO_PER_CREDIT
from ..errors import validation_failed

MOST_CREDITS = 10**9
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")


def micro_from(text: str, field: str) -> int:
    """Micro-credits of a decimal text such as `12.5`. Raises VALIDATION_FAILED unless it is exact and in range."""
    if not _DECIMAL.fullmatch(text.strip()):
        raise validation_failed(**{field: "is not a decimal number of credits, such as 12.5"})
    micro = Decimal(text.strip()) * MICRO_PER_CREDIT
    if micro != micro.to_integral_value():
        raise validation_failed(**{field: "has more than six decimal places"})
    if not 0 <= micro <= MOST_CREDITS * MICRO_PER_CREDIT:
        raise validation_failed(**{field: f"must be 0 to {MOST_CREDITS}"})
    return int(micro)
