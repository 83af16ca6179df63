"""`gpu-agent-client packages test`: runs a package here, in the box of a node, before anything is sent."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ...console import CommandError, ExitCode, Mode
from ...sibling_commands import find_command
from .options import Session
from .package_reading import sound_package

_NODE_COMMAND = "gpu-agent-node"
_MODE_OPTIONS = {Mode.HUMAN: [], Mode.JSON: ["--json"], Mode.QUIET: ["--quiet"]}


def packages_test(
    session: Session,
    path: Annotated[Path, typer.Argument(help="The package: a folder or a zip.")],
    data: Annotated[Path, typer.Option("--data", help="The data to run it on: a file or a folder.")],
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="KEY=VALUE", help="A parameter of the package; may repeat.")
    ] = None,
) -> None:
    """Inspect a package and run it on this machine, in the same box that a node uses. Sends nothing."""
    with sound_package(session.console, path) as package:
        session.console.info(f"{package.name} is sound.")
    found = find_command(_NODE_COMMAND, executable=sys.executable, script=sys.argv[0])
    if found is None:
        raise CommandError(
            f"The node program is not installed here: no {_NODE_COMMAND} beside this command nor on PATH.",
            hint="Install gpu-agent whole on this machine, then say the command again.",
            exit_code=ExitCode.ENVIRONMENT,
        )
    arguments = [found, "try", "--data", str(data)]
    for one in param or []:
        arguments += ["--param", one]
    arguments += _MODE_OPTIONS[session.console.mode]
    _become([*arguments, "--", str(path)])


def _become(arguments: list[str]) -> NoReturn:
    """This process goes on as that command: its output, its signals, its exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(arguments[0], arguments)
    sys.exit(subprocess.run(arguments, check=False).returncode)  # Windows starts a child and leaves the terminal
