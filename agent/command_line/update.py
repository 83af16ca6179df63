"""`gpu-agent-node update`: what the server wants of a node's version, and the way back to an older program."""

import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agent.command_line.options import CaFileOption, DataDirOption, InsecureOption, default_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption

app = typer.Typer(help="Updates, which interrupt no unit, and the way back.", no_args_is_help=True)


class UpdateCheck(msgspec.Struct, frozen=True):
    """`must_update`: the server no longer speaks this program's protocol. `is_older` than the server is no trouble."""

    version: str
    protocol: int
    server: str
    server_build: str
    server_protocols: list[int]
    must_update: bool
    is_older: bool
    how: list[str]


@app.command("check")
def check(
    server: Annotated[
        str | None, typer.Option("--server", envvar="GPU_AGENT_SERVER", help="Another service than the node's own.")
    ] = None,
    insecure: InsecureOption = False,
    ca_file: CaFileOption = None,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask the server which protocols it speaks, and say how to update. Exit code 1: the node has to be updated."""
    from agent.identity import load_identity
    from agent.version import agent_version
    from core.client.customer import Client
    from core.protocol.node import PROTOCOL_VERSION

    identity = load_identity(data_dir.absolute())
    address = server or (identity.server if identity is not None else None)
    if address is None:
        raise CommandError(
            "Which service is asked?", hint="gpu-agent-node update check --server URL", exit_code=ExitCode.ARGUMENTS
        )
    with Client(address, None, insecure=insecure, ca_file=ca_file) as client:
        meta = client.meta()
        asked = client.base_url
    spoken = _spoken(meta.protocol)
    found = UpdateCheck(
        version=agent_version(),
        protocol=PROTOCOL_VERSION,
        server=asked,
        server_build=meta.build,
        server_protocols=spoken,
        must_update=PROTOCOL_VERSION not in spoken,
        is_older=max(spoken, default=PROTOCOL_VERSION) > PROTOCOL_VERSION,
        how=how_to_update(),
    )
    Console.choose(json, quiet).result(found, human=_in_words(found), quiet="update" if found.must_update else "good")
    if found.must_update:
        raise CommandError(
            "The server no longer speaks this program's protocol; what the node holds can still be finished.",
            hint=found.how[0],
            exit_code=ExitCode.REFUSED,
            code="UPGRADE_REQUIRED",
        )


@app.command("back")
def back(
    data_dir: DataDirOption = default_data_dir("node"), json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Bring the journal back to the schema before its last migration, so that the older program can be put in place
    again. Settings and history stay; the node must be stopped, and hold nothing."""
    from agent.journal import VERSION
    from agent.journal_backups import go_back

    done = go_back(data_dir.absolute(), VERSION, time.time())
    words = (
        f"the journal has version {done.to_version} again, as {done.backup} had\n"
        f"the newer one is kept as {done.kept_as}\nnow put the older program in place, and start it"
    )
    Console.choose(json, quiet).result(done, human=words, quiet=done.kept_as)


def _spoken(protocol: dict[str, object]) -> list[int]:
    told = protocol.get("spoken")
    return [one for one in told if isinstance(one, int)] if isinstance(told, list) else []


def how_to_update() -> list[str]:
    """The steps, for the way in which this program came here."""
    project = Path(__file__).resolve().parents[2]
    if getattr(sys, "frozen", False):
        first = f"put the new bundle's folder in the place of {Path(sys.executable).parent}, keeping the old one aside"
    elif (project / ".git").exists():
        first = f"git -C {project} pull, then python3 {project / 'build_scripts' / 'run.py'} doctor"
    else:
        first = f"{sys.executable} -m pip install --upgrade gpu-agent"
    return [
        first,
        "gpu-agent-node service restart --when-idle (without a service: finish-then-pause, Ctrl-C, run, resume)",
        "to go back: stop the node, gpu-agent-node update back, then put the older program in place and start it",
    ]


def _in_words(found: UpdateCheck) -> str:
    protocols = ", ".join(map(str, found.server_protocols)) or "none that it tells"
    verdict = "has to be updated" if found.must_update else "can be updated" if found.is_older else "is good"
    return "\n".join(
        [
            f"this node:  {found.version}, protocol {found.protocol}: {verdict}",
            f"server:     {found.server}, build {found.server_build}, protocols {protocols}",
            *(f"{number}. {step}" for number, step in enumerate(found.how, start=1)),
        ]
    )
