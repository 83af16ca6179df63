"""`gpu-agent-node service`: the node as a service of its system: it starts by itself, and comes back after a fault."""

import os
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from agent.command_line.options import CaFileOption, DataDirOption, InsecureOption, default_data_dir, make_data_dir
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption

if TYPE_CHECKING:  # slow to load: help needs none of it
    from agent.autostart.base import ServiceState, SystemService

app = typer.Typer(
    help="The node as a service: it starts by itself, and comes back after a fault.", no_args_is_help=True
)
UserOption = Annotated[bool, typer.Option("--user", help="For root: a service of root's own login, not of the system.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Also over what this program did not make.")]
_BACK_WITHIN_SECONDS = 90.0


class Installed(msgspec.Struct, frozen=True):
    """The service after `install`."""

    file: str
    changed: bool
    running: bool | None
    next_steps: list[str]


class Removed(msgspec.Struct, frozen=True):
    """`removed` is False where there was none."""

    file: str
    removed: bool


class Restarted(msgspec.Struct, frozen=True):
    """`shares_again`: it was sharing before, and was told to go on."""

    file: str
    shares_again: bool


@app.command("install")
def install(
    force: ForceOption = False,
    user: UserOption = False,
    insecure: InsecureOption = False,
    ca_file: CaFileOption = None,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the service, have it start by itself, and start it. Again changes nothing. As root it is the system's."""
    from agent.autostart.choose import plan_of, service_of_this_system
    from agent.command_line.resting import running_node
    from agent.data_folder import make_folders_for
    from agent.identity import load_identity

    folder = make_data_dir(data_dir)
    if load_identity(folder) is None:
        raise CommandError(
            f"No node is enrolled in {folder} yet, so a service could not start it.",
            hint=f"gpu-agent-node run --server https://HOST --enroll CODE --paused --data-dir {folder}; then Ctrl-C",
            exit_code=ExitCode.ARGUMENTS,
        )
    service = service_of_this_system(os.environ, is_users=user)
    if not service.state().is_running and running_node(folder) is not None:
        raise CommandError(
            f"A node runs with {folder} already, and two can't.",
            hint="End it, such as by Ctrl-C or by closing the window, and say this again.",
            exit_code=ExitCode.ENVIRONMENT,
        )
    make_folders_for(folder, service.file.parent)
    changed = service.install(plan_of(folder, os.environ, insecure=insecure, ca_file=ca_file), force=force)
    state = service.state()
    done = Installed(str(service.file), changed, state.is_running, state.next_steps)
    words = [f"{'installed' if changed else 'was installed already'}: {service.file}", *_running_words(state)]
    Console.choose(json, quiet).result(done, human="\n".join(words), quiet=done.file)


@app.command("remove")
def remove(
    force: ForceOption = False, user: UserOption = False, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """End the service, which gives its units back, and remove it. The node's data folder stays."""
    from agent.autostart.choose import service_of_this_system

    service = service_of_this_system(os.environ, is_users=user)
    was_there = service.remove(force=force)
    words = f"removed: {service.file}" if was_there else f"there is no service: {service.file}"
    Console.choose(json, quiet).result(Removed(str(service.file), was_there), human=words, quiet=str(service.file))


@app.command("status")
def status(user: UserOption = False, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Say whether there is a service, whether it starts by itself, and whether it runs."""
    from agent.autostart.choose import service_of_this_system

    state = service_of_this_system(os.environ, is_users=user).state()
    lines = [
        f"file:              {state.file}{'' if state.is_installed else ' (not there)'}",
        f"made by:           {'this program' if state.is_ours else 'somebody else'}" if state.is_installed else "",
        f"starts by itself:  {_yes(state.starts_by_itself)}",
        *_running_words(state),
    ]
    words = "\n".join(line for line in lines if line)
    Console.choose(json, quiet).result(state, human=words, quiet="running" if state.is_running else "not running")


@app.command("restart")
def restart(
    when_idle: Annotated[
        bool, typer.Option("--when-idle", help="Let it finish what it has first; it then shares again as before.")
    ] = False,
    user: UserOption = False,
    data_dir: DataDirOption = default_data_dir("node"),
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """End the service and start it, such as with a new version. Without --when-idle what runs is given back first, with
    its last checkpoint."""
    from agent.autostart.base import ServiceRefused
    from agent.autostart.choose import service_of_this_system
    from agent.command_line.resting import finish, go_on, running_node

    console = Console.choose(json, quiet)
    service = service_of_this_system(os.environ, is_users=user)
    _require_installed(service)
    folder = data_dir.absolute()
    running = running_node(folder)
    paused_until = finish(folder, console) if when_idle and running is not None else None
    before = None if running is None else running[0]
    shares_again = False
    try:
        service.restart()
    except ServiceRefused:
        before = None  # the old one is still there
        raise
    finally:
        if paused_until is not None:
            shares_again = go_on(folder, before, paused_until, seconds=_BACK_WITHIN_SECONDS)
    words = "restarted" + (", and shares again" if shares_again else "")
    console.result(Restarted(str(service.file), shares_again), human=words, quiet=str(service.file))


def _require_installed(service: "SystemService") -> None:
    if not service.state().is_installed:
        raise CommandError(
            f"There is no service: {service.file}",
            hint="gpu-agent-node service install",
            exit_code=ExitCode.ENVIRONMENT,
        )


def _running_words(state: "ServiceState") -> list[str]:
    detail = f" ({state.detail})" if state.detail else ""
    return [
        f"runs:              {_yes(state.is_running)}{detail}",
        *(f"next:              {step}" for step in state.next_steps),
    ]


def _yes(known: bool | None) -> str:
    return "the system doesn't tell" if known is None else "yes" if known else "no"
