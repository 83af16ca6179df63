"""The one output door of all command lines: what a person reads, what a script reads, and exit codes by meaning.

Results go to stdout, all else to stderr. No command prints by itself, and nothing here knows what any command does.
How a command ends is in ending.py.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum, StrEnum
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console as RichConsole
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..errors import ErrorDetail
from ..printable import printable as printable
from .progress import ProgressLine

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object as the last line of stdout; all else goes to stderr.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what a script wants of it, such as ids.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Ask no questions; take yes for an answer.")]


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

    def ask_to_act(self, text: str) -> None:
        """A line that somebody has to act upon, or the command waits in vain: said in every mode."""
        self.rich.print(Text(printable(text, keep="\n"), style="bold"))

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

    def progress(self, title: str, total: float | None = None, *, unit: str = "bytes") -> ProgressLine:
        """A context manager that shows how far something is: a bar on a person's terminal, else sparse lines.

        `unit` "bytes" shows sizes and speed; any other word is shown behind the count.
        """
        bar_on = self.rich if self.animated else None
        return ProgressLine(title, total, unit, say=self.info, bar_on=bar_on, monotonic=self._monotonic)

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
