"""`admin-keys create | list | revoke`: what opens the operator's routes and the metrics."""

import os

import msgspec
import typer

from core.accounts.admin_keys import create_admin_key, list_admin_keys, revoke_admin_key
from core.console import Console, JsonOption, QuietOption, table

from ..data_folder import command_store
from ..operator_command import Command
from ..service_values import environment_of
from .options import DEFAULT_DATA_DIR, DataDir

app = typer.Typer(
    help="Keys of the operator's HTTP routes and of the metrics.", no_args_is_help=True, rich_markup_mode=None
)


class CreatedAdminKey(msgspec.Struct, frozen=True):
    """`secret` is printed here and nowhere else."""

    id: str
    name: str
    prefix: str
    metrics_only: bool
    secret: str


@app.callback()
def admin_keys() -> None:
    """Keys of the operator's HTTP routes and of the metrics."""


@app.command("create")
def create(
    name: str = typer.Option("admin", "--name", help="What the key is called in lists."),
    metrics_only: bool = typer.Option(False, "--metrics-only", help="It opens GET /metrics and nothing else."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Create an admin key and print it, once. It opens all of /api/v1/admin, for every customer."""
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        key, secret = create_admin_key(
            tx,
            name=name,
            metrics_only=metrics_only,
            environment=environment_of(tx.connection),
            now=command.now,
            new_id=command.new_id,
            random_bytes=os.urandom,
        )
        command.record(tx, "admin-keys.create", key.prefix, name=name, metrics_only=metrics_only)
    opens = "GET /metrics" if metrics_only else "/api/v1/admin and GET /metrics"
    Console.choose(json, quiet).result(
        CreatedAdminKey(key.id, key.name, key.prefix, key.metrics_only, secret),
        human=f"admin key  {secret}\nopens      {opens}\nThis key is shown only now: keep it.",
        quiet=secret,
    )


@app.command("list")
def list_all(data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List all admin keys, the revoked ones too."""
    with command_store(data_dir) as store:
        keys = list_admin_keys(store.connection)
    Console.choose(json, quiet).result(
        keys,
        human=table(
            ("id", "name", "prefix", "opens", "created", "last used", "revoked"),
            (
                (
                    key.id,
                    key.name,
                    key.prefix,
                    "metrics" if key.metrics_only else "all",
                    key.created_at,
                    key.last_used_at,
                    key.revoked_at,
                )
                for key in keys
            ),
        ),
    )


@app.command("revoke")
def revoke(
    key: str = typer.Argument(..., metavar="KEY", help="The key's id, or its prefix (both are in the list)."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Revoke an admin key; a running server refuses it from the next request on."""
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        revoked, is_new = revoke_admin_key(tx, key, now=command.now)
        if is_new:
            command.record(tx, "admin-keys.revoke", revoked.prefix, name=revoked.name)
    Console.choose(json, quiet).result(
        revoked, human=f"{revoked.prefix}… ({revoked.name}) is revoked.", quiet=revoked.id
    )
