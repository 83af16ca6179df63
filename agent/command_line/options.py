"""Options and first steps that commands of the node share."""

import asyncio
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from agent.interpreters import Interpreter, find_interpreters
from agent.sandbox.base import ConfinementKind, Sandbox
from agent.sandbox.choose import choose_sandbox
from core.console import CommandError, Console, ExitCode

DataDirOption = Annotated[Path, typer.Option("--data-dir", help="Where this node keeps its credential and journal.")]


def default_data_dir(name: str) -> Path:
    """Where data lie if nobody says so."""
    return Path(platformdirs.user_data_dir("gpu-agent")) / name


def make_data_dir(data_dir: Path) -> Path:
    """The folder, absolute, made for its owner alone if it wasn't there."""
    data_dir = data_dir.absolute()
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The data folder {data_dir} can't be made: {error.strerror or error}",
            hint="Give another folder with --data-dir.",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    return data_dir


async def look_around(data_dir: Path) -> tuple[Sandbox, list[Interpreter]]:
    """The box that works here, and the Pythons to run units with. Raises CommandError where there is none."""
    try:
        sandbox, interpreters = await asyncio.gather(
            asyncio.to_thread(choose_sandbox, data_dir), asyncio.to_thread(find_interpreters)
        )
    except OSError as error:
        raise CommandError(
            f"The workspace can't be made: {error}",
            hint="Set GPU_AGENT_STATE_DIR to a folder that can be written.",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    if not interpreters:
        raise CommandError(
            "No Python 3.11 to 3.14 was found to run units with.",
            hint="Install one, such as: sudo apt-get install python3",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return sandbox, interpreters


def say_confinement(console: Console, sandbox: Sandbox) -> None:
    """One line where units are confined; where not, loudly, with what would mend it."""
    confinement = sandbox.confinement
    if confinement.kind is not ConfinementKind.NONE:
        console.info(f"confinement: {confinement.detail}")
        return
    console.warn(
        f"NOTHING CONFINES UNITS HERE: {confinement.detail}. This node takes only jobs of the account that owns it."
    )
    for remedy in confinement.remedies:
        console.warn(f"to mend it: {remedy}")
