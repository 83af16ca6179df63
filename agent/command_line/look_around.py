"""The first look of commands that run units: which box works here, and which Pythons there are."""

import asyncio
from pathlib import Path

from agent.data_folder import note_workspace
from agent.interpreters import Interpreter, find_interpreters
from agent.sandbox.base import ConfinementKind, Sandbox
from agent.sandbox.choose import choose_sandbox
from core.console import CommandError, Console, ExitCode


async def look_around(data_dir: Path) -> tuple[Sandbox, list[Interpreter]]:
    """The box that works here, and the Pythons to run units with. Raises CommandError where there is none."""
    try:
        sandbox, interpreters = await asyncio.gather(
            asyncio.to_thread(choose_sandbox, data_dir), asyncio.to_thread(find_interpreters)
        )
        note_workspace(data_dir, sandbox.workspace_root)
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
