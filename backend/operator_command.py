"""A command that an operator gives at the machine itself, and what the audit log says of it."""

import getpass
import os
import time
from collections.abc import Callable

from core.accounts.audit import record_change
from core.ids import uuid7
from core.store.database import Transaction


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
