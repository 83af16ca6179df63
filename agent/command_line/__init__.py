"""`gpu-agent-node`: the program that shares a machine, a command a file."""

from collections.abc import Mapping

import typer
from stamina.instrumentation import set_on_retry_hooks

from agent.command_line import (
    day,
    diagnose,
    doctor,
    logs,
    owners_switch,
    past_units,
    restore_power,
    rules,
    run,
    self_test,
    service,
    try_package,
    uninstall,
    update,
)
from core.console import ExitCode
from core.console.ending import run as run_to_exit

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
app.command("self-test")(self_test.self_test)
app.command("status")(owners_switch.status)
app.command("pause")(owners_switch.pause)
app.command("resume")(owners_switch.resume)
app.command("finish-then-pause")(owners_switch.finish_then_pause)
app.command("restore-power")(restore_power.restore_power)
app.command("history")(past_units.history)
app.command("day")(day.day)
app.command("logs")(logs.logs)
app.command("diagnose")(diagnose.diagnose)
app.add_typer(service.app, name="service")
app.add_typer(update.app, name="update")
app.command("uninstall")(uninstall.uninstall)
app.command("why")(rules.why)
app.command("share-anyway")(rules.share_anyway)
app.add_typer(rules.app, name="rules")


def _meanings() -> Mapping[type[Exception], ExitCode]:
    from agent.command_line.meanings import MEANINGS  # only after an error

    return MEANINGS


def main() -> None:
    """The console script."""
    set_on_retry_hooks([])  # by default every retry is a line on stdout, which holds results alone
    run_to_exit(app, meanings=_meanings)
