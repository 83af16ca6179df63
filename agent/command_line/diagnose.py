"""`gpu-agent-node diagnose`: one zip for who helps, shown before it is written."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from agent.command_line.options import DataDirOption, default_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, Mode, QuietOption, YesOption
from core.console.words import size_in_words

if TYPE_CHECKING:  # slow to load: help needs none of it
    from agent.diagnosis_bundle import Found

_RULES = "rules.json"


class Bundle(msgspec.Struct, frozen=True):
    """What was written: `files` by name with their bytes; `removed` is how many different texts of each kind are not
    in it."""

    path: str
    files: dict[str, int]
    removed: dict[str, int]


def diagnose(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The zip to write; else one here, named by the time.")
    ] = None,
    yes: YesOption = False,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Gather what tells how this node is: the doctor's findings, versions, status, rules, log, counts of the journal,
    settings. Secrets, addresses and names of you and this computer are taken out; you see all of it first."""
    from agent.diagnosis_bundle import bundle, write_new, zipped
    from agent.identity import load_identity

    console = Console.choose(json, quiet)
    folder = data_dir.absolute()
    file = out if out is not None else Path(f"gpu-agent-node-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip")
    if file.exists():
        raise CommandError(f"{file} is there already.", hint="Name a new file by --out.", exit_code=ExitCode.ARGUMENTS)
    found, token = asyncio.run(_found(folder))
    files, removed = bundle(found, folder, load_identity(folder), token, os.environ)
    if console.mode is Mode.HUMAN and not yes:
        for one in files:
            console.info(f"──── {one.name} ({size_in_words(len(one.text.encode()))})\n{one.text}")
    taken_out = ", ".join(f"{count} of kind {kind}" for kind, count in removed.items()) or "nothing"
    console.info(f"taken out: {taken_out}")
    if not console.confirm(f"Write these {len(files)} files to {file}?", yes=yes):
        raise CommandError("Nothing was written.", hint="gpu-agent-node diagnose", exit_code=ExitCode.REFUSED)
    try:
        write_new(file, zipped(files))
    except OSError as error:
        raise CommandError(
            f"{file} can't be written: {error.strerror or error}",
            hint="Name another file by --out.",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    done = Bundle(str(file.absolute()), {one.name: len(one.text.encode()) for one in files}, removed)
    console.result(done, human=f"written: {done.path}", quiet=done.path)


async def _found(data_dir: Path) -> "tuple[Found, str | None]":
    """All of it, from the node where it runs, and the token of its endpoint, which must not be seen."""
    from agent.autostart.base import ServiceRefused
    from agent.autostart.choose import service_of_this_system
    from agent.command_line.diagnosis import diagnose as look
    from agent.diagnosis_bundle import HISTORY_UNITS, Found
    from agent.journal import JournalBusy, counts_of_stopped, history_of_stopped
    from core.client.errors import ClientError, ServerError
    from core.client.node_control import AsyncNodeControl, NodeNotRunning, control_of

    status: Any = None
    journal: Any = None
    history: Any = None
    token: str | None = None
    try:
        control = control_of(data_dir)
        token = control.token
        async with AsyncNodeControl(control) as node:
            status, journal = await node.status(), await node.journal()
            history = await node.history(limit=HISTORY_UNITS)
    except (NodeNotRunning, ClientError, ServerError) as error:
        status = {"not_running": str(error)}
        try:
            file = data_dir / "journal.sqlite"
            journal = counts_of_stopped(file)
            history = history_of_stopped(file, before=None, limit=HISTORY_UNITS)
        except JournalBusy as busy:
            journal = {"trouble": str(busy)}
    try:
        service: Any = service_of_this_system(os.environ).state()
    except ServiceRefused as refused:
        service = {"trouble": str(refused)}
    return Found(await look(data_dir), status, journal, history, service, _rules(data_dir / _RULES)), token


def _rules(file: Path) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        return {"trouble": str(error)}
