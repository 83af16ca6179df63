"""Options that several commands share, and amounts of credits as people write them."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_data_path

from core.clock import MICRO_PER_CREDIT
from core.errors import validation_failed

MOST_CREDITS = 10**9
DEFAULT_DATA_DIR = user_data_path("gpu-agent") / "backend"

DataDir = Annotated[
    Path, typer.Option("--data-dir", metavar="DIR", help="The folder that holds all the service keeps.")
]
Email = Annotated[str, typer.Option("--email", help="The customer's e-mail address.")]


def micro_from(text: str, field: str) -> int:
    """Micro-credits of a decimal text such as `12.5`. Raises VALIDATION_FAILED unless it is exact and in range."""
    try:
        micro = Decimal(text.strip()) * MICRO_PER_CREDIT
    except InvalidOperation:
        raise validation_failed(**{field: "is not a decimal number of credits, such as 12.5"}) from None
    if not micro.is_finite() or micro != micro.to_integral_value():
        raise validation_failed(**{field: "has more than six decimal places"})
    if not 0 <= micro <= MOST_CREDITS * MICRO_PER_CREDIT:
        raise validation_failed(**{field: f"must be 0 to {MOST_CREDITS}"})
    return int(micro)
