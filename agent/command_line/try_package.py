"""`gpu-agent-node try`: runs a package on data in this node's own box, without a server."""

import os
from pathlib import Path
from typing import Annotated

import typer

from agent.command_line.options import DataDirOption, default_data_dir, make_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption

_MAX_SECONDS = 3600.0


def try_package(
    package: Annotated[Path, typer.Argument(help="The package: a folder or a zip.")],
    data: Annotated[Path, typer.Option("--data", help="The data to run it on: a file or a folder.")],
    param: Annotated[
        list[str], typer.Option("--param", help="NAME=VALUE over a default of training.toml; VALUE is JSON or text.")
    ] = [],  # noqa: B006 - typer reads it, nobody changes it
    keep: Annotated[Path | None, typer.Option("--keep", help="A new folder to copy what the units left to.")] = None,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Tell what the code logs in numbers as it comes, a line of JSON each.")
    ] = False,
    max_seconds: Annotated[float, typer.Option("--max-seconds", min=1, help="Each unit's time.")] = _MAX_SECONDS,
    data_dir: DataDirOption = default_data_dir("try"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run prepare, train and evaluate of a package here, confined as on any node. Exit code 1: the code failed."""
    from agent.command_line.trying import try_here

    os.umask(0o022)
    console = Console.choose(json, quiet)
    if keep is not None and keep.exists():
        raise CommandError(f"{keep} is there already.", hint="Name a new folder.", exit_code=ExitCode.ARGUMENTS)
    for path in (package, data):
        if not path.exists():
            raise CommandError(f"{path} is not there.", hint="Check the path.", exit_code=ExitCode.ARGUMENTS)
    try_here(
        console,
        make_data_dir(data_dir),
        package,
        data,
        param,
        keep=keep,
        max_seconds=max_seconds,
        tells_metrics=metrics,
    )
