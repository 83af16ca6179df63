"""`limits set`: what one customer may use, where it differs from the defaults."""

import msgspec
import typer

from core.accounts.customers import find_by_email
from core.accounts.limits import limits_of, set_limits
from core.console import Console, JsonOption, QuietOption
from core.errors import validation_failed

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir, Email

app = typer.Typer(help="What customers may use.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def limits() -> None:
    """What customers may use."""


@app.command("set")
def set_(
    email: Email,
    changes: list[str] = typer.Argument(
        None, metavar="NAME=VALUE…", help="Such as active_jobs=5; NAME=default puts one back. Without any: shows all."
    ),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Set limits of a customer; a running server keeps to them from the next request on."""
    wanted = _parse(changes or [])
    with command_store(data_dir) as store, store.transaction() as tx:
        customer = find_by_email(tx.connection, email)
        if wanted:
            now_set = set_limits(tx, customer.id, wanted)
            Command().record(tx, "limits.set", customer.email, **wanted)
        else:
            now_set = limits_of(tx.connection, customer.id)
    values = msgspec.structs.asdict(now_set)
    Console.choose(json, quiet).result(
        {"email": customer.email, **values}, quiet=[f"{name}={value}" for name, value in values.items()]
    )


def _parse(changes: list[str]) -> dict[str, int | None]:
    """`name=value` pairs. Raises VALIDATION_FAILED with a row for each that is none."""
    parsed: dict[str, int | None] = {}
    bad: dict[str, str] = {}
    for change in changes:
        name, separator, value = change.partition("=")
        name, value = name.strip().replace("-", "_"), value.strip()
        if not separator:
            bad[change] = "is not NAME=VALUE"
        elif value == "default":
            parsed[name] = None
        elif value.removeprefix("-").isdecimal() and value.isascii():
            parsed[name] = int(value)
        else:
            bad[name] = f"{value!r} is no whole number"
    if bad:
        raise validation_failed(**bad)
    return parsed
