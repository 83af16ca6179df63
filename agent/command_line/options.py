"""Options of the node's commands, and the folder that they name. What a command does is imported when it is carried
out, so that help comes at once."""

from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from agent.data_folder import make_data_folder
from core.console import CommandError, ExitCode

DataDirOption = Annotated[Path, typer.Option("--data-dir", help="Where this node keeps its credential and journal.")]
InsecureOption = Annotated[bool, typer.Option("--insecure", help="Allow plain http to another machine.")]
CaFileOption = Annotated[
    Path | None,
    typer.Option("--ca-file", metavar="FILE", help="Trust this certificate authority too, a PEM file."),
]


def default_data_dir(name: str) -> Path:
    """Where data lie if nobody says so."""
    return Path(platformdirs.user_data_dir("gpu-agent")) / name


def make_data_dir(data_dir: Path) -> Path:
    """The folder, absolute, made for its owner alone if it wasn't there."""
    data_dir = data_dir.absolute()
    try:
        make_data_folder(data_dir)
    except OSError as error:
        raise CommandError(
            f"The data folder {data_dir} can't be made: {error.strerror or error}",
            hint="Give another folder with --data-dir.",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    return data_dir
