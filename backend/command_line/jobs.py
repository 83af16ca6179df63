"""`jobs invalidate-unit`: takes back a result that turned out wrong."""

import typer

from core.console import Console, JsonOption, QuietOption
from core.errors import validation_failed
from core.jobs.invalidation import find_unit, invalidate_unit
from core.scheduling.fairness import ReadyIndex

from ..data_folder import command_store
from ..operator_command import Command
from .options import DEFAULT_DATA_DIR, DataDir

REASON_CHARACTERS = 500
app = typer.Typer(help="Customers' jobs.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def jobs() -> None:
    """Customers' jobs."""


@app.command("invalidate-unit")
def invalidate(
    unit_id: str = typer.Argument(..., metavar="UNIT_ID", help="The compute unit whose result is wrong."),
    reason: str = typer.Option(..., "--reason", help="Why, in words that the customer reads."),
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take back a completed unit's result and all that was built on it: they run again, at no further charge, and who
    was paid for them gives it back."""
    if not reason.strip() or len(reason) > REASON_CHARACTERS or not reason.isprintable():
        raise validation_failed(reason=f"1 to {REASON_CHARACTERS} printable characters")
    command = Command()
    with command_store(data_dir) as store, store.transaction() as tx:
        # A running server sees that another process has written, and reads its own index anew.
        found = find_unit(tx.connection, unit_id)
        done = invalidate_unit(tx, ReadyIndex(), found, reason, now=command.now, new_id=command.new_id)
        command.record(tx, "jobs.invalidate-unit", unit_id, reason=reason, job_id=done.job_id, units=done.units)
    count = len(done.units)
    Console.choose(json, quiet).result(
        done,
        human=f"{count} {'unit has' if count == 1 else 'units have'} lost the result; "
        f"job {done.job_id} is {done.job_status.value}.",
        quiet=done.units,
    )
