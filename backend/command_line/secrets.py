"""`secrets rotate`: new keys for signed URLs and cursors, beside a running server."""

import os

import msgspec
import typer

from core.clock import rfc3339
from core.console import Console, JsonOption, QuietOption

from ..data_folder import command_store, prepare_folder
from ..operator_command import Command
from ..secret_keys import KEPT_SECONDS, rotate_secret_keys
from .options import DEFAULT_DATA_DIR, DataDir

app = typer.Typer(help="The server's own secrets.", no_args_is_help=True, rich_markup_mode=None)


class Rotated(msgspec.Struct, frozen=True):
    """The name of the key that signs from now on, and until when those before it are still good."""

    kid: str
    older_kids: list[str]
    older_good_until: str | None


@app.callback()
def secrets() -> None:
    """The server's own secrets."""


@app.command("rotate")
def rotate(
    drop_old: bool = typer.Option(
        False,
        "--drop-old",
        help="For keys that have leaked: all URLs and cursors that are about end now. Transfers ask for new ones.",
    ),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Sign URLs and cursors with a new key. A running server takes it up within seconds; what the old one signed stays
    good for as long as it would have."""
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        keys = rotate_secret_keys(prepare_folder(data_dir), os.urandom, command.now, keep_old=not drop_old).keys
        kid, older = keys[0].kid, [key.kid for key in keys[1:]]
        command.record(tx, "secrets.rotate", kid, older_kids=older, drop_old=drop_old)
    until = rfc3339(command.now + KEPT_SECONDS) if older else None
    still = f"What {', '.join(older)} signed is good until {until} at the latest." if older else "No older one is good."
    Console.choose(json, quiet).result(
        Rotated(kid, older, until), human=f"Key {kid} signs from now on.\n{still}", quiet=kid
    )
