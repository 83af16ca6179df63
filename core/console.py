"""The one output door of all command lines: what a person reads, what a script reads, and exit codes by meaning.

Results go to stdout, all else to stderr. No command prints by itself, and nothing here knows what any command does.
"""

import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from enum import IntEnum, StrEnum
from types import TracebackType
from typing import Annotated, Any, NoReturn

import msgspec
import typer
import typer.main
from rich.console import Console as RichConsole
from rich.console import RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table
from rich.text import Text
from typer.exceptions import TyperException

from .errors import ApiError, ErrorCode, ErrorDetail
from .printable import printable as printable

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object as the last line of stdout; all else goes to stderr.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what a script wants of it, such as ids.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Ask no questions; take yes for an answer.")]

_SECONDS_BETWEEN_PLAIN_LINES = 5.0
_SECONDS_WORTH_A_LINE = 1.0


class ExitCode(IntEnum):
    """What the end of a command means."""

    OK = 0
    REFUSED = 1  # the job failed, or the server said no
    CONNECTION = 2  # no connection, or who you are is not accepted
    ENVIRONMENT = 3  # something this machine lacks, or time ran out
    ARGUMENTS = 4
    BUG = 5  # ours
    INTERRUPTED = 130


class Mode(StrEnum):
    """Who reads the output."""

    HUMAN = "human"
    JSON = "json"
    QUIET = "quiet"


class CommandError(Exception):
    """A command's end that is not success, in words, with the next command as its hint."""

    def __init__(
        self,
        message: str,
        *,
        hint: str,
        exit_code: ExitCode,
        code: str | None = None,
        details: list[ErrorDetail] | None = None,
    ) -> None:
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
        self.code = code or exit_code.name
        self.details = details or []
        super().__init__(message)


def counted(count: int, thing: str) -> str:
    """`1 node`, `2 nodes`, `1,797 nodes`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def size_in_words(size_bytes: int | float) -> str:
    """Bytes as people say them: `812 B`, `1.4 MiB`."""
    amount = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def seconds_in_words(seconds: float) -> str:
    """A duration as people say it: `4 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def table(headers: Iterable[str], rows: Iterable[Iterable[object]], *, title: str | None = None) -> Table:
    """A table for people; every cell is plain, escaped text, None is a dash."""
    made = Table(box=None, pad_edge=False, header_style="bold", title=title, title_justify="left")
    for header in headers:
        made.add_column(header, overflow="fold")
    for row in rows:
        made.add_row(*(Text("–" if cell is None else printable(str(cell))) for cell in row))
    return made


class Console:
    """Where a command writes. `result` is called once, last; the other calls never touch stdout."""

    def __init__(self, mode: Mode = Mode.HUMAN, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.mode = mode
        self._monotonic = monotonic
        self.rich = RichConsole(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)

    @classmethod
    def choose(cls, as_json: bool = False, quiet: bool = False) -> "Console":
        """The console that a command's `--json` and `--quiet` ask for."""
        return cls(Mode.JSON if as_json else Mode.QUIET if quiet else Mode.HUMAN)

    @property
    def animated(self) -> bool:
        """Whether a person watches a terminal: only then may anything move or be drawn over."""
        return self.mode is Mode.HUMAN and self.rich.is_terminal

    def info(self, text: str) -> None:
        """A line that tells what goes on. Not said in quiet mode."""
        if self.mode is not Mode.QUIET:
            self.rich.print(Text(printable(text, keep="\n\t")))

    def warn(self, text: str) -> None:
        """A line that must be seen in every mode."""
        self.rich.print(Text("warning: " + printable(text, keep="\n\t"), style="yellow"))

    def output(self, text: str) -> None:
        """A line of a result that comes line by line, such as a log: on stdout, but in JSON mode, whose stdout holds
        the one object at the end, on stderr."""
        if self.mode is Mode.JSON:
            self.rich.print(Text(printable(text, keep="\t")))
        else:
            _write_line(printable(text, keep="\t"))

    def result(
        self, value: Any, *, human: RenderableType | None = None, quiet: str | Iterable[str] | None = None
    ) -> None:
        """What the command was asked for: a struct, dict or list of them.

        JSON mode prints it as one line (lists as `{"data": […]}`); human mode `human` (a str is plain text), or its
        fields a line each; quiet mode `quiet`, the one thing or things that a script wants of it, or its `id` or ids.
        """
        plain = msgspec.to_builtins(value, str_keys=True)
        if self.mode is Mode.JSON:
            _write_json({"data": plain} if isinstance(plain, list) else plain)
        elif self.mode is Mode.QUIET:
            for text in _wanted_by_scripts(plain, quiet):
                _write_line(printable(text, keep="\t"))
        else:
            self._result_for_people(plain, human)

    def _result_for_people(self, plain: Any, human: RenderableType | None) -> None:
        if isinstance(human, str):
            _write_line(printable(human, keep="\n\t"))
        elif human is not None:
            wide = None if sys.stdout.isatty() else 10_000  # piped rows stay whole, for grep and cut
            RichConsole(markup=False, highlight=False, emoji=False, width=wide).print(human)
        else:
            for row in plain if isinstance(plain, list) else [plain]:
                for name, value in row.items() if isinstance(row, dict) else [("", row)]:
                    text = value if isinstance(value, str) else json.dumps(value)
                    _write_line(f"{printable(str(name))}: {printable(text)}" if name else printable(text))

    def progress(self, title: str, total: float | None = None, *, unit: str = "bytes") -> "ProgressLine":
        """A context manager that shows how far something is: a bar on a person's terminal, else sparse lines.

        `unit` "bytes" shows sizes and speed; any other word is shown behind the count.
        """
        return ProgressLine(self, title, total, unit, self._monotonic)

    def confirm(self, question: str, *, yes: bool = False) -> bool:
        """Asks a person. With `yes` nothing is asked; where nobody can answer it is an error that says so."""
        if yes:
            return True
        if self.mode is not Mode.HUMAN or not sys.stdin.isatty():
            raise CommandError(
                f"Nobody is here to answer: {question}",
                hint="Say the command again with -y to answer yes.",
                exit_code=ExitCode.ARGUMENTS,
            )
        self.rich.print(Text(f"{printable(question)} [y/N] "), end="")
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def failure(
        self,
        code: str,
        message: str,
        hint: str,
        details: list[ErrorDetail] | None = None,
        request_id: str = "",
    ) -> None:
        """Says how a command failed: words and hint on stderr; in JSON mode also `{"error": …}` on stdout."""
        details = details or []
        self.rich.print(Text(f"error: {printable(message, keep=chr(10))}", style="bold red"))
        for row in details:
            for line in _detail_lines(row, message):
                self.rich.print(Text(f"  {printable(line)}"))
        if hint:
            self.rich.print(Text(f"hint: {printable(hint, keep=chr(10))}"))
        if self.mode is Mode.JSON:
            error = {"code": code, "message": message, "hint": hint, "request_id": request_id}
            _write_json({"error": {**error, "details": msgspec.to_builtins(details)}})


class ProgressLine(AbstractContextManager["ProgressLine"]):
    """How far one thing is. `advance` and `update` may be called from any thread."""

    def __init__(
        self, console: Console, title: str, total: float | None, unit: str, monotonic: Callable[[], float]
    ) -> None:
        self._console = console
        self._title = printable(title)
        self._total = total
        self._unit = unit
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._done = 0.0
        self._started = self._last_line = monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> "ProgressLine":
        if self._console.animated:
            count = DownloadColumn(binary_units=True) if self._unit == "bytes" else TextColumn("{task.completed:.0f}")
            speed = [TransferSpeedColumn()] if self._unit == "bytes" else []
            title = TextColumn("{task.description}", markup=False)
            self._bar = Progress(
                title, BarColumn(), count, *speed, TimeRemainingColumn(), console=self._console.rich, transient=True
            )
            self._task = self._bar.add_task(self._title, total=self._total)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
        seconds = self._monotonic() - self._started
        if kind is None and self._done and seconds >= _SECONDS_WORTH_A_LINE:
            self._console.info(f"{self._title}: {self._amount()} in {seconds_in_words(seconds)}{self._speed(seconds)}")

    def advance(self, amount: float) -> None:
        """So much more is done."""
        with self._lock:
            self._show(self._done + amount)

    def update(self, done: float, total: float | None = None) -> None:
        """So much is done altogether."""
        with self._lock:
            self._total = self._total if total is None else total
            self._show(done)

    def _show(self, done: float) -> None:
        self._done = done
        if self._bar:
            self._bar.update(self._task, completed=done, total=self._total)
            return
        now = self._monotonic()
        if now - self._last_line >= _SECONDS_BETWEEN_PLAIN_LINES:
            self._last_line = now
            self._console.info(f"{self._title}: {self._amount()}{self._left(now - self._started)}")

    def _amount(self) -> str:
        if self._unit != "bytes":
            of = f" of {self._total:.0f}" if self._total is not None else ""
            return f"{self._done:.0f}{of} {self._unit}"
        of = f" of {size_in_words(self._total)}" if self._total is not None and self._done < self._total else ""
        return size_in_words(self._done) + of

    def _speed(self, seconds: float) -> str:
        return f", {size_in_words(self._done / seconds)}/s" if self._unit == "bytes" and seconds > 0.1 else ""

    def _left(self, seconds: float) -> str:
        if not self._total or self._done <= 0:
            return self._speed(seconds)
        left = seconds * max(0.0, self._total - self._done) / self._done
        return f"{self._speed(seconds)}, {seconds_in_words(left)} left"


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


def _detail_lines(row: ErrorDetail, message: str) -> Iterator[str]:
    """A detail in a line, without what the message has said already."""
    place = ":".join(str(part) for part in (row.file, row.line, row.field) if part is not None)
    if row.message not in message:
        yield f"{place}: {row.message}" if place else row.message
    elif place not in message:
        yield place


def _wanted_by_scripts(plain: Any, quiet: str | Iterable[str] | None) -> Iterable[str]:
    if quiet is not None:
        return [quiet] if isinstance(quiet, str) else quiet
    rows = plain if isinstance(plain, list) else [plain]
    return [str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row]


def _write_json(value: Any) -> None:
    _write_line(json.dumps(value, allow_nan=False))


def _write_line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
