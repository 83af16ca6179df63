"""`gpu-agent-client credits`."""

import msgspec

from ...console import table
from .options import Session

_ROWS_SHOWN = 20


def credits(session: Session) -> None:
    """Show your balance and the last moves of your credits."""
    with session.connect() as client:
        rows = client.ledger(limit=_ROWS_SHOWN).data
    balance = rows[0].balance if rows else "0.000000"
    cells = ((row.created_at, row.kind, row.amount, row.balance, row.job_name or row.note) for row in rows)
    session.console.result(
        {
            "balance_micro": rows[0].balance_micro if rows else 0,
            "balance": balance,
            "ledger": msgspec.to_builtins(rows),
        },
        human=table(["when", "what", "credits", "balance", "for"], cells, title=f"Balance: {balance} credits"),
        quiet=balance,
    )
