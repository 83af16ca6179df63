"""`customers create`: a customer with a first API key, and perhaps credits to begin with."""

import os

import msgspec
import typer

from core.accounts.api_keys import create_key
from core.accounts.customers import create_customer
from core.billing.ledger import balance, grant
from core.clock import credits_text
from core.console import Console, JsonOption, QuietOption

from ..data_folder import command_store
from ..service_values import environment_of
from .options import DEFAULT_DATA_DIR, Command, DataDir, Email, micro_from

app = typer.Typer(help="Customers and their keys.", no_args_is_help=True, rich_markup_mode=None)


class CreatedCustomer(msgspec.Struct, frozen=True):
    """`api_key` is printed here and nowhere else."""

    id: str
    email: str
    api_key: str
    balance_micro: int
    balance: str


@app.callback()
def customers() -> None:
    """Customers and their keys."""


@app.command("create")
def create(
    email: Email,
    credits: str = typer.Option("0", "--credits", help="Credits to begin with, such as 1000 or 12.5."),
    key_name: str = typer.Option("first key", "--key-name", help="What the key is called in lists."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Create a customer and print its API key, once."""
    amount = micro_from(credits, "credits")
    command = Command()
    now, new_id = command.now, command.new_id
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = create_customer(tx, email, now=now, new_id=new_id)
        key = create_key(
            tx,
            customer.id,
            name=key_name,
            environment=environment_of(tx.connection),
            now=now,
            new_id=new_id,
            random_bytes=os.urandom,
        )
        if amount:
            note = "granted when the account was made"
            grant(tx, customer.id, amount, key=f"grant:{new_id()}", note=note, now=now, new_id=new_id)
        command.record(tx, "customers.create", customer.email, key_prefix=key.prefix, credits_micro=amount)
        has = balance(tx.connection, customer.id).available_micro
    made = CreatedCustomer(customer.public_id, email, key.secret, has, credits_text(has))
    Console.choose(json, quiet).result(
        made,
        human=f"customer  {email} ({made.id})\ncredits   {made.balance}\nAPI key   {key.secret}\n"
        "This key is shown only now: keep it.",
        quiet=key.secret,
    )
