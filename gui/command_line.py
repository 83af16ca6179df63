"""The subcommands of gpu-agent, and what it does without one where no window can be opened: the demo as text."""

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from core.client.command_line import MEANINGS
from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption
from core.console.ending import run

from .demo import run_demo

DataDirOption = Annotated[
    Path | None, typer.Option("--data-dir", help="Where the demo's world lies; a folder of yours if not given.")
]
TimeoutOption = Annotated[float, typer.Option("--timeout-seconds", min=1, help="Give up after so long.")]
HeadlessOption = Annotated[bool, typer.Option("--headless", help="Without a window, as this command always is.")]
BackgroundOption = Annotated[
    bool, typer.Option("--background", help="Start in the tray, without opening the window, as at login.")
]
_TIMEOUT_SECONDS = 600.0


def demo(
    data_dir: DataDirOption = None,
    timeout_seconds: TimeoutOption = _TIMEOUT_SECONDS,
    headless: HeadlessOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train the example on this machine: starts a backend and a node, uploads real data, trains, fetches the model."""
    console = Console.choose(as_json, quiet)
    result = run_demo(console, data_dir=data_dir, timeout_seconds=timeout_seconds)
    console.result(result, human=result.in_words(), quiet=result.folder)


def transfer() -> None:
    """Move the bytes of one transfer of the window; the order comes on stdin."""
    from .transfer_process import main as move  # only here: the window and the demo need none of it

    raise typer.Exit(move())


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def build(*, reason: str = "") -> typer.Typer:
    """The whole command line. `reason`: why no window was opened, said before the demo that takes its place."""

    def without_subcommand(context: typer.Context, background: BackgroundOption = False) -> None:
        """Train your own model on other people's home GPUs. Without a command: opens the window, where one can be."""
        if context.invoked_subcommand is None and background:
            raise CommandError(
                f"No window and no tray: {reason or '--background goes with nothing else'}.",
                hint="Start it in a desktop session.",
                exit_code=ExitCode.ENVIRONMENT,
            )
        if context.invoked_subcommand is None:
            Console.choose().info(f"No window: {reason}. The demo runs as text.")
            demo()

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.callback(invoke_without_command=True)(without_subcommand)
    app.command("demo")(demo)
    app.command("transfer", hidden=True)(transfer)
    return app


def run_commands(*, reason: str = "") -> NoReturn:
    """Carry out what the command line says. Being asked to end is the same as Ctrl-C: children are stopped in order."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup's wish stands
            signal.signal(number, _stop)
    run(build(reason=reason), meanings=lambda: MEANINGS)
