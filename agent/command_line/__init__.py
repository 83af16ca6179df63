"""`gpu-agent-node`: the program that shares a machine, a command a file."""

import typer
from stamina.instrumentation import set_on_retry_hooks

from agent.command_line import doctor, owners_switch, run, try_package
from agent.identity import IdentityUnreadable
from agent.journal import JournalBusy, JournalTooNew
from agent.sandbox.choose import PlatformNotOffered
from core.client.errors import AddressRefused, ClientError, KeyRefused
from core.client.node_control import NodeNotRunning
from core.console import ExitCode
from core.console import run as run_to_exit

app = typer.Typer(
    name="gpu-agent-node",
    help="Shares this machine: runs units of training for others, confined.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run.run_node)
app.command("try")(try_package.try_package)
app.command("doctor")(doctor.doctor)
app.command("status")(owners_switch.status)
app.command("pause")(owners_switch.pause)
app.command("resume")(owners_switch.resume)
app.command("finish-then-pause")(owners_switch.finish_then_pause)

_MEANINGS: dict[type[Exception], ExitCode] = {
    AddressRefused: ExitCode.ARGUMENTS,
    KeyRefused: ExitCode.CONNECTION,
    NodeNotRunning: ExitCode.ENVIRONMENT,
    ClientError: ExitCode.CONNECTION,
    JournalBusy: ExitCode.ENVIRONMENT,
    JournalTooNew: ExitCode.ENVIRONMENT,
    IdentityUnreadable: ExitCode.ENVIRONMENT,
    PlatformNotOffered: ExitCode.ENVIRONMENT,
}


def main() -> None:
    """The console script."""
    set_on_retry_hooks([])  # by default every retry is a line on stdout, which holds results alone
    run_to_exit(app, meanings=_MEANINGS)
