"""What the operator's routes share: who asks, and the row of the audit log that each change writes."""

from typing import Any

from litestar import Request

from core.accounts.admin_keys import AdminPrincipal
from core.accounts.audit import record_change
from core.store.database import Transaction

from .admin_door import identify_admin
from .context import Context

AnyRequest = Request[Any, Any, Any]


def admin_of(request: AnyRequest) -> AdminPrincipal:
    """The operator, by the key that the door found."""
    principal: AdminPrincipal = request.auth
    return principal


def record(
    tx: Transaction, request: AnyRequest, context: Context, action: str, subject: str, **details: object
) -> None:
    """Adds what this request changes to the audit log, under its key's prefix.

    Raises API_KEY_REVOKED, and so undoes the change, when the key was revoked while a slow body arrived.
    """
    record_change(
        tx,
        actor=identify_admin(tx.connection, request.scope).prefix,
        action=action,
        subject=subject,
        details=details,
        now=context.clock(),
        new_id=context.new_id,
    )
