"""`customers set-password`, `suspend`, `unsuspend`, `list`: who may come in. A running server keeps to it at once."""

import os

import msgspec
import typer

from core.accounts.customers import Customer, CustomerRow, find_by_email, list_customers, suspend, unsuspend
from core.accounts.passwords import LEAST_CHARACTERS, MOST_CHARACTERS, check_new_password, hash_password
from core.accounts.sign_in import reset_password
from core.console import Console, JsonOption, QuietOption, table
from core.console.passwords import PasswordStdinOption, ask_password
from core.console.words import counted

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir, Email

RULE = f"{LEAST_CHARACTERS} to {MOST_CHARACTERS:,} characters of any kind"


class Changed(msgspec.Struct, frozen=True):
    """Whose access was changed, and how many sessions ended by it."""

    id: str
    email: str
    suspended: bool
    sessions_ended: int


def add_to(app: typer.Typer) -> None:
    """Adds these commands to `customers`."""
    app.command("list")(list_all)
    app.command(
        "set-password",
        help=f"Set the password of a customer: {RULE}. All its sessions end, and tries to sign in are forgotten; "
        "its keys stay.",
    )(set_password)
    app.command("suspend")(suspend_customer)
    app.command("unsuspend")(unsuspend_customer)


def list_all(data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List all customers."""
    with command_store(data_dir) as store:
        rows = list_customers(store.connection)
    Console.choose(json, quiet).result(
        rows,
        human=table(
            ("id", "e-mail", "created", "state", "password", "keys", "sessions"),
            (_cells(row) for row in rows),
        ),
        quiet=[row.email for row in rows],
    )


def _cells(row: CustomerRow) -> tuple[object, ...]:
    state = "suspended" if row.suspended else "active"
    password = "set" if row.has_password else None
    return (row.id, row.email, row.created_at, state, password, row.keys, row.sessions)


def set_password(
    email: Email,
    password_stdin: PasswordStdinOption = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Set the password of a customer."""
    console = Console.choose(json, quiet)
    password = ask_password(console, from_stdin=password_stdin, twice=True)
    check_new_password(password)
    password_hash = hash_password(password, os.urandom)
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = find_by_email(tx.connection, email)
        ended = reset_password(tx, customer, password_hash)
        Command().record(tx, "customers.set-password", customer.email, sessions_ended=ended)
    _say(console, customer, customer.suspended_at is not None, ended, "has a new password")


def suspend_customer(
    email: Email, data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Refuse all requests of a customer and end its sessions. Its jobs go on; `unsuspend` lets it in again."""
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = find_by_email(tx.connection, email)
        ended = suspend(tx, customer.id, now=command.now)
        command.record(tx, "customers.suspend", customer.email, sessions_ended=ended)
    _say(Console.choose(json, quiet), customer, True, ended, "is suspended")


def unsuspend_customer(
    email: Email, data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Let a suspended customer in again, by the same keys and password."""
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = find_by_email(tx.connection, email)
        unsuspend(tx, customer.id)
        Command().record(tx, "customers.unsuspend", customer.email)
    _say(Console.choose(json, quiet), customer, False, 0, "is not suspended")


def _say(console: Console, customer: Customer, suspended: bool, ended: int, what: str) -> None:
    console.result(
        Changed(customer.public_id, customer.email, suspended, ended),
        human=f"{customer.email} {what}." + (f" {counted(ended, 'session')} ended." if ended else ""),
        quiet=customer.public_id,
    )
