"""`gpu-agent-node run`: enrols this machine the first time, and shares it until it is stopped."""

import asyncio
import os
from typing import Annotated

import typer

from agent.command_line.options import CaFileOption, DataDirOption, InsecureOption, default_data_dir, make_data_dir
from core.console import Console, JsonOption, QuietOption

ServerOption = Annotated[
    str | None, typer.Option("--server", envvar="GPU_AGENT_SERVER", help="The service's address, https://host.")
]
EnrollOption = Annotated[
    str | None, typer.Option("--enroll", help="An enrolment code; needed only the first time.", metavar="CODE")
]
NameOption = Annotated[
    str | None, typer.Option("--name", help="What customers see of this node; two random words if you give none.")
]
PausedOption = Annotated[
    bool, typer.Option("--paused", help="Begin paused; without it the node goes on as its owner left it.")
]

SelfTestOption = Annotated[
    bool,
    typer.Option(
        "--self-test/--no-self-test",
        envvar="GPU_AGENT_SELF_TEST",
        help="Test this machine by itself: at the first start, after a new driver, kernel or version, and weekly.",
    ),
]


def run_node(
    server: ServerOption = None,
    enroll: EnrollOption = None,
    data_dir: DataDirOption = default_data_dir("node"),
    name: NameOption = None,
    paused: PausedOption = False,
    insecure: InsecureOption = False,
    ca_file: CaFileOption = None,
    self_test: SelfTestOption = True,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Share this machine until it is stopped by Ctrl-C or SIGTERM."""
    from agent.command_line.logged_console import LoggedConsole
    from agent.command_line.sharing import share
    from agent.node_log import NodeLog

    os.umask(0o022)  # units with other uids read what is assembled for them; what they may not see has its own modes
    mode = Console.choose(json, quiet).mode
    folder = make_data_dir(data_dir)
    log = NodeLog(folder)
    with log.of_a_run():
        console = LoggedConsole(mode, log)
        asyncio.run(
            share(
                console,
                folder,
                server,
                enroll,
                name,
                paused=paused,
                insecure=insecure,
                ca_file=ca_file,
                self_tests=self_test,
            )
        )
