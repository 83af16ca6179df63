"""How a command ends: whatever it was, in words and as an exit code by meaning."""

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import NoReturn

import typer
import typer.main
from typer.exceptions import TyperException

from ..errors import ApiError, ErrorCode
from . import CommandError, Console, ExitCode


class _Ending(AbstractContextManager["_Ending"]):
    """Turns whatever ends a command into words and an exit code; the only place that does."""

    def __init__(self, console: Console, meanings: Callable[[], Mapping[type[Exception], ExitCode]]) -> None:
        self._console = console
        self._meanings = meanings
        self.exit_code = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        match error:
            case None:
                return False
            case SystemExit():
                return False
            case BrokenPipeError():  # whoever read our output has gone; there is nobody to tell
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                self.exit_code = ExitCode.REFUSED
            case KeyboardInterrupt():
                self._console.failure("INTERRUPTED", "Stopped by you.", "Say the command again to go on.")
                self.exit_code = ExitCode.INTERRUPTED
            case CommandError():
                self._console.failure(error.code, error.message, error.hint, error.details)
                self.exit_code = error.exit_code
            case ApiError():
                code = str(getattr(error, "code_text", error.code.value))
                self._console.failure(code, error.message, error.hint, error.details, error.request_id)
                self.exit_code = exit_code_of(error)
            case TyperException():
                self._console.failure("ARGUMENTS", _usage_words(error), _usage_hint(error))
                self.exit_code = ExitCode.ARGUMENTS
            case typer.Abort():
                self._console.failure("ARGUMENTS", "A question was not answered.", "Say it again with -y.")
                self.exit_code = ExitCode.ARGUMENTS
            case _:
                self.exit_code = self._other(error)
        return True

    def _other(self, error: BaseException) -> ExitCode:
        for kind, meaning in self._meanings().items():
            if isinstance(error, kind):
                self._console.failure(meaning.name, str(error), str(getattr(error, "hint", "")))
                return meaning
        self._console.rich.file.write("".join(traceback.format_exception(error)))
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        hint = "Report this with the lines above; it is a fault of this program, not of yours."
        self._console.failure("BUG", f"Unexpected: {what}", hint)
        return ExitCode.BUG


def exit_code_of(error: ApiError) -> ExitCode:
    """What a refusal with a code of the contract means to the caller of a command."""
    if error.status == 401 or error.code in (ErrorCode.API_KEY_SCOPE_DENIED, ErrorCode.CUSTOMER_SUSPENDED):
        return ExitCode.CONNECTION
    return ExitCode.ARGUMENTS if error.code is ErrorCode.VALIDATION_FAILED else ExitCode.REFUSED


def _usage_words(error: TyperException) -> str:
    """The mistake, without the word for the exception's class that typer's validator puts before it."""
    return error.format_message().replace(": Value error, ", ": ", 1)


def _usage_hint(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path} --help" if context is not None else ""


def run(
    app: typer.Typer | Callable[[], None],
    *,
    arguments: list[str] | None = None,
    meanings: Callable[[], Mapping[type[Exception], ExitCode]] = dict,
) -> NoReturn:
    """Runs a command line to its end and exits with the code of its meaning.

    `meanings`, called after an error only, gives exit codes to exceptions of the caller's own, whose words are their
    str and whose hint is their attribute `hint`. ApiError, CommandError, usage errors and Ctrl-C are known; everything
    else is our bug.
    """
    words = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    console = Console.choose("--json" in words, "--quiet" in words or "-q" in words)
    with _Ending(console, meanings) as ending:
        if isinstance(app, typer.Typer):
            answer = typer.main.get_command(app).main(args=words, standalone_mode=False)
            ending.exit_code = answer if isinstance(answer, int) else 0
            if ending.exit_code == ExitCode.INTERRUPTED:
                raise KeyboardInterrupt
        else:
            app()
        sys.stdout.flush()
    sys.exit(int(ending.exit_code))
