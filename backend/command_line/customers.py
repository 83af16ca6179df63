"""`customers create`: a customer with a first API key or a password or both, and perhaps credits to begin with."""

import os

import msgspec
import typer

from core.accounts.api_keys import ApiKey, create_key
from core.accounts.customers import create_customer, set_password_hash
from core.accounts.passwords import check_new_password, hash_password
from core.billing.ledger import balance, grant
from core.clock import credits_text
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption
from core.console.passwords import PasswordStdinOption, password_from_stdin
from core.store.database import Transaction

from ..data_folder import command_store
from ..operator_command import Command
from ..service_values import environment_of
from .options import DEFAULT_DATA_DIR, DataDir, Email, micro_from

app = typer.Typer(help="Customers and their keys.", no_args_is_help=True, rich_markup_mode=None)


class CreatedCustomer(msgspec.Struct, frozen=True):
    """`api_key` is printed here and nowhere else; None with `--no-key`."""

    id: str
    email: str
    api_key: str | None
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
    no_key: bool = typer.Option(False, "--no-key", help="Make no key; the customer signs in and makes its own."),
    password_stdin: PasswordStdinOption = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Create a customer and print its API key, once. With a password it can also sign in and make keys itself."""
    amount = micro_from(credits, "credits")
    if no_key and not password_stdin:
        raise CommandError(
            "A customer without a key and without a password can't come in.",
            hint="Add --password-stdin, or leave out --no-key.",
            exit_code=ExitCode.ARGUMENTS,
        )
    password_hash = _password_hash() if password_stdin else None
    command = Command()
    now, new_id = command.now, command.new_id
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = create_customer(tx, email, now=now, new_id=new_id)
        key = None if no_key else _first_key(tx, customer.id, key_name, command)
        if password_hash is not None:
            set_password_hash(tx, customer.id, password_hash)
        if amount:
            note = "granted when the account was made"
            grant(tx, customer.id, amount, key=f"grant:{new_id()}", note=note, now=now, new_id=new_id)
        details = {"key_prefix": key.prefix if key else None, "credits_micro": amount, "password": password_stdin}
        command.record(tx, "customers.create", customer.email, **details)
        has = balance(tx.connection, customer.id).available_micro
    secret = key.secret if key else None
    made = CreatedCustomer(customer.public_id, email, secret, has, credits_text(has))
    lines = [f"customer  {email} ({made.id})", f"credits   {made.balance}"]
    if secret is not None:
        lines += [f"API key   {secret}", "This key is shown only now: keep it."]
    Console.choose(json, quiet).result(made, human="\n".join(lines), quiet=secret or made.id)


def _password_hash() -> str:
    password = password_from_stdin()
    check_new_password(password)
    return hash_password(password, os.urandom)


def _first_key(tx: Transaction, customer_id: int, name: str, command: Command) -> ApiKey:
    return create_key(
        tx,
        customer_id,
        name=name,
        environment=environment_of(tx.connection),
        now=command.now,
        new_id=command.new_id,
        random_bytes=os.urandom,
    )
