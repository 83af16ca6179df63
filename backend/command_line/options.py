"""What several commands share: options, who gives a command, and amounts of credits as people write them."""

import getpass
import os
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_data_path

from core.accounts.audit import record_change
from core.clock import MICRO_PER_CREDIT
from core.errors import validation_failed
from core.ids import uuid7
from core.store.database import Transaction

MOST_CREDITS = 10**9
DEFAULT_DATA_DIR = user_data_path("gpu-agent") / "backend"

DataDir = Annotated[
    Path, typer.Option("--data-dir", metavar="DIR", help="The folder that holds all the service keeps.")
]
Email = Annotated[str, typer.Option("--email", help="The customer's e-mail address.")]


class Command:
    """One command of an operator: its moment, its new ids, and its rows in the audit log."""

    def __init__(self) -> None:
        self.now = now = time.time()
        self.new_id: Callable[[], str] = lambda: uuid7(now, os.urandom)

    def record(self, tx: Transaction, action: str, subject: str, **details: object) -> None:
        """Adds what this command changes to the audit log, under the name of the machine's user who gave it."""
        record_change(
            tx, actor=_user(), action=action, subject=subject, details=details, now=self.now, new_id=self.new_id
        )


def _user() -> str:
    try:
        return f"user {getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "user unknown"


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
