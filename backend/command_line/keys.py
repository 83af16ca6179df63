"""`keys list` and `keys revoke`: the operator's hand on customers' API keys."""

import msgspec
import typer

from core.accounts.api_keys import NEWEST, list_keys, revoke_key
from core.accounts.customers import find_by_email
from core.clock import rfc3339
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption, table
from core.protocol.accounts import ApiKeyRow
from core.store.sqlite import Connection

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir, Email

app = typer.Typer(help="Customers' API keys.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def keys() -> None:
    """Customers' API keys."""


def _keys_of(connection: Connection, customer_id: int) -> list[ApiKeyRow]:
    return [key for _, key in list_keys(connection, customer_id, before=None, limit=NEWEST)]


@app.command("list")
def list_all(
    email: Email, data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """List the keys of a customer, newest first, revoked ones too."""
    with command_store(data_dir) as store:
        rows = _keys_of(store.connection, find_by_email(store.connection, email).id)
    Console.choose(json, quiet).result(
        rows,
        human=table(
            ("id", "prefix", "name", "scopes", "created", "last used", "revoked"),
            ((r.id, r.prefix, r.name, " ".join(r.scopes), r.created_at, r.last_used_at, r.revoked_at) for r in rows),
        ),
    )


@app.command("revoke")
def revoke(
    email: Email,
    id: str = typer.Option("", "--id", help="The key's id."),
    prefix: str = typer.Option("", "--prefix", help="How the key begins, as lists show it: sk_alpha_Abc123"),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Revoke a key of a customer; a running server refuses it from then on, and ends the streams it has open."""
    if bool(id) == bool(prefix):
        raise CommandError(
            "Which key is meant was not said.", hint="Give either --id or --prefix.", exit_code=ExitCode.ARGUMENTS
        )
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = find_by_email(tx.connection, email)
        key = _find(_keys_of(tx.connection, customer.id), id, prefix, customer.email)
        if revoke_key(tx, customer.id, key.id, now=command.now):
            key = msgspec.structs.replace(key, revoked_at=rfc3339(command.now))
            command.record(tx, "keys.revoke", customer.email, key_id=key.id, key_prefix=key.prefix)
    Console.choose(json, quiet).result(key, human=f"{key.prefix}… ({key.name}) of {customer.email} is revoked.")


def _find(keys: list[ApiKeyRow], id: str, prefix: str, email: str) -> ApiKeyRow:
    """The one key that is meant. Raises CommandError for none or several."""
    found = [key for key in keys if key.id == id or (prefix and key.prefix == prefix)]
    if len(found) != 1:
        raise CommandError(
            f"{email} has {'no such key' if not found else 'several keys that begin like this'}.",
            hint=f"See them, and give an --id: gpu-agent-backend keys list --email {email}",
            exit_code=ExitCode.REFUSED,
        )
    return found[0]
