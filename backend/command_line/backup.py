"""`backup` and `restore`: a copy of all that the service keeps, made while it serves, and a new folder from one."""

from pathlib import Path
from typing import Annotated

import typer

from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption
from core.console.words import size_in_words

from ..backup import make_backup
from ..backup_format import shown_chunks
from ..data_folder import DATABASE_NAME, command_store, prepare_folder
from ..operator_command import Command
from ..restore import restore_backup
from .options import DEFAULT_DATA_DIR, DataDir

_BEFORE_SERVING = (
    "If the server that was backed up still runs, stop it first: two servers with the same nodes, keys and jobs would "
    "both lease and charge."
)


def backup(
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="An empty folder, or that of an earlier backup of this service.")
    ],
    verify: Annotated[
        bool, typer.Option("--verify", help="Read what an earlier backup has copied, and copy anew what has changed.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Copy the database, the secrets and all chunks, while jobs run. What an earlier backup in the folder has is not
    copied again. Keep it as safe as the server: it holds every customer's files."""
    console, command, folder = Console.choose(json, quiet), Command(), prepare_folder(data_dir)
    if not (folder / DATABASE_NAME).exists():
        raise CommandError(
            f"there is nothing to back up in {folder}",
            hint="Give the folder that the server works on: --data-dir DIR",
            exit_code=ExitCode.ARGUMENTS,
        )
    with command_store(folder) as store:
        made = make_backup(folder, store, to, now=command.now, verify=verify, console=console)
        with store.transaction() as tx:
            command.record(tx, "backup.make", str(to.resolve()), chunks=made.backup.chunks, copied=made.copied)
    shown = made.backup
    if shown.damaged:
        raise CommandError(
            f"the backup is finished, but {len(shown.damaged):,} of {shown.chunks:,} chunks are missing or damaged in "
            f"{folder}",
            hint="Look at the disk of the server. What is whole is in the backup: restore it by --skip-damaged.",
            exit_code=ExitCode.ENVIRONMENT,
            code="CHUNKS_DAMAGED",
            details=list(shown_chunks(shown.damaged)),
        )
    console.result(
        made,
        human=f"Backed up as of {shown.made_at}: {shown.chunks:,} chunks of {size_in_words(shown.chunk_bytes)}, "
        f"{made.copied:,} of them new ({size_in_words(made.copied_bytes)}).\n"
        f"Restore it by: gpu-agent-backend restore --from {to} --data-dir NEW_DIR",
        quiet=str(to),
    )


def restore(
    source: Annotated[Path, typer.Option("--from", metavar="DIR", help="The folder of a finished backup.")],
    skip_damaged: Annotated[
        bool, typer.Option("--skip-damaged", help="Leave out chunks that the backup has not whole.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a new data folder from a backup, comparing every chunk with its SHA-256. The folder must be empty."""
    console = Console.choose(json, quiet)
    done = restore_backup(source, data_dir, skip_damaged=skip_damaged, console=console)
    without = f", without {len(done.damaged):,} damaged ones" if done.damaged else ""
    console.info(_BEFORE_SERVING)
    console.result(
        done,
        human=f"Restored what was there at {done.made_at}: {done.chunks:,} chunks{without}.\n"
        f"Go on with the same address as before: gpu-agent-backend serve --data-dir {done.data_dir}",
        quiet=done.data_dir,
    )
