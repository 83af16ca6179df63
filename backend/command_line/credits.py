"""`credits grant`: gives a customer credits. Money only ever comes into the ledger here."""

import msgspec
import typer

from core.accounts.customers import find_by_email
from core.billing.ledger import balance, grant
from core.clock import credits_text
from core.console import Console, JsonOption, QuietOption
from core.errors import validation_failed

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir, Email, micro_from

app = typer.Typer(help="Customers' credits.", no_args_is_help=True, rich_markup_mode=None)


class Granted(msgspec.Struct, frozen=True):
    """What was granted, and what the customer has now."""

    id: str
    email: str
    granted_micro: int
    granted: str
    balance_micro: int
    balance: str


@app.callback()
def credits() -> None:
    """Customers' credits."""


@app.command("grant")
def grant_credits(
    email: Email,
    amount: str = typer.Option(..., "--credits", "--amount", help="How many, such as 100 or 12.5."),
    note: str = typer.Option("granted by the operator", "--note", help="What the ledger says about it."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Grant a customer credits."""
    micro = micro_from(amount, "credits")
    if not micro:
        raise validation_failed(credits="must be more than 0")
    command = Command()
    grant_id = command.new_id()
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = find_by_email(tx.connection, email)
        key = f"grant:{grant_id}"
        grant(tx, customer.id, micro, key=key, note=note, now=command.now, new_id=command.new_id)
        command.record(tx, "credits.grant", customer.email, amount_micro=micro, note=note)
        has = balance(tx.connection, customer.id).available_micro
    Console.choose(json, quiet).result(
        Granted(grant_id, customer.email, micro, credits_text(micro), has, credits_text(has)),
        human=f"{customer.email} got {credits_text(micro)} credits and has {credits_text(has)}.",
        quiet=credits_text(has),
    )
