"""`audit list`: what operators changed, by whom, when."""

import msgspec
import typer

from core.accounts.audit import audit_entries
from core.console import Console, JsonOption, QuietOption, table

from ..data_folder import command_store
from .options import DEFAULT_DATA_DIR, DataDir

app = typer.Typer(help="The log of what operators changed.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def audit() -> None:
    """The log of what operators changed."""


@app.command("list")
def list_all(
    limit: int = typer.Option(50, "--limit", min=1, max=10_000, help="How many, the newest first."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the newest changes: by commands on this machine and by admin keys over HTTP."""
    with command_store(data_dir) as store:
        entries = [entry for _, entry in audit_entries(store.connection, before=None, limit=limit)]
    Console.choose(json, quiet).result(
        entries,
        human=table(
            ("when", "who", "what", "whom", "details"),
            (
                (
                    entry.created_at,
                    entry.actor,
                    entry.action,
                    entry.subject,
                    msgspec.json.encode(entry.details).decode() if entry.details else None,
                )
                for entry in entries
            ),
        ),
    )
