"""What every command of gpu-agent-client takes: which service, whose key, and for whom the output is.

The options may stand before or after the command's name. What a command does with them is its own file's matter.
"""

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import msgspec
import typer

from ...console import CommandError, Console, ExitCode, JsonOption, QuietOption, YesOption
from ...errors import ApiError
from ..customer import Client
from ..http import Retries
from .hints import PROGRAM, Typed, command_hint, typed_again
from .telling_retries import tell_retries

P = ParamSpec("P")

ServerOption = Annotated[
    str | None, typer.Option("--server", help="Address of the service, such as https://host (or GPU_AGENT_SERVER).")
]
KeyOption = Annotated[
    str | None, typer.Option("--api-key", help="Your API key (or GPU_AGENT_API_KEY, which keeps it out of sight).")
]
InsecureOption = Annotated[
    bool, typer.Option("--insecure", help="Allow plain http to another machine, on a network of your own.")
]
CaFileOption = Annotated[
    Path | None,
    typer.Option(
        "--ca-file", metavar="FILE", help="Trust this certificate authority too, a PEM file (or GPU_AGENT_CA_FILE)."
    ),
]

_ANNOTATIONS: dict[str, Any] = {
    "server": ServerOption,
    "api_key": KeyOption,
    "insecure": InsecureOption,
    "ca_file": CaFileOption,
    "as_json": JsonOption,
    "quiet": QuietOption,
    "yes": YesOption,
}
_DEFAULTS: dict[str, Any] = {
    "server": None,
    "api_key": None,
    "insecure": False,
    "ca_file": None,
    "as_json": False,
    "quiet": False,
    "yes": False,
}


class Settings(msgspec.Struct, frozen=True):
    """The values of the common options."""

    server: str | None = None
    api_key: str | None = None
    insecure: bool = False
    ca_file: Path | None = None
    as_json: bool = False
    quiet: bool = False
    yes: bool = False

    def over(self, before: "Settings") -> "Settings":
        """These, where given; else those that stood before the command's name."""
        merged = {name: getattr(self, name) or getattr(before, name) for name in _DEFAULTS}
        return Settings(**merged)


class Session:
    """What a command works with: the console, the answers to be taken for granted, and the service."""

    def __init__(self, settings: Settings, typed: Typed) -> None:
        self.settings = settings
        self.typed = typed
        self.console = Console.choose(settings.as_json, settings.quiet)

    @property
    def yes(self) -> bool:
        return self.settings.yes

    def goes_on_as(self, name: str, job: str) -> None:
        """From now on an error means that this command of a job is the one to say, not the one that was typed."""
        self.typed = Typed(name, f"{PROGRAM} {name} {job}", self.typed.server, job)

    def connect(self, retries: Retries | None = None) -> Client:
        """The service as this customer. Tries that fail are told as they happen."""
        server = self._server()
        if not self.settings.api_key:
            raise CommandError(
                "No API key was given.",
                hint="export GPU_AGENT_API_KEY=sk_…, or add --api-key sk_…",
                exit_code=ExitCode.CONNECTION,
            )
        tell_retries(self.console)
        return Client(server, self.settings.api_key, retries=retries, **self._trust())

    @contextmanager
    def signed_in(self, email: str, password: str) -> Iterator[Client]:
        """The service as the customer who signs in, for this one command: the session ends with it."""
        tell_retries(self.console)
        with Client(self._server(), None, **self._trust()) as nobody:
            token = nobody.sign_in(email, password).token
        with Client(self._server(), token, **self._trust()) as client:
            try:
                yield client
            finally:
                client.sign_out()

    def _server(self) -> str:
        if not self.settings.server:
            raise CommandError(
                "Which service is meant was not said.",
                hint="export GPU_AGENT_SERVER=https://host, or add --server https://host",
                exit_code=ExitCode.ARGUMENTS,
            )
        return self.settings.server

    def _trust(self) -> dict[str, Any]:
        return {"insecure": self.settings.insecure, "ca_file": self.settings.ca_file}


def remember_settings(
    context: typer.Context,
    server: ServerOption = None,
    api_key: KeyOption = None,
    insecure: InsecureOption = False,
    ca_file: CaFileOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    yes: YesOption = False,
) -> None:
    """Train your own model on other people's home GPUs: datasets, packages, jobs, artifacts."""
    context.obj = Settings(
        server or os.environ.get("GPU_AGENT_SERVER"),  # weaker than the option in either place
        api_key or os.environ.get("GPU_AGENT_API_KEY"),
        insecure,
        ca_file,
        as_json,
        quiet,
        yes,
    )


def _typed(context: typer.Context, settings: Settings, values: dict[str, Any]) -> Typed:
    names: list[str] = []
    level: Any = context
    while level.parent is not None:
        names.insert(0, level.info_name)
        level = level.parent
    job = values.get("job")
    server = settings.server or "No service"
    return Typed(" ".join(names), typed_again(sys.argv[1:]), server, job if isinstance(job, str) else "JOB")


def group_command(function: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
    """The same for what a group of commands does when none of them is named. Common options that stand before the name
    of one of them are its own."""
    alone = command(function)

    @wraps(alone)
    def or_nothing(context: typer.Context, **values: Any) -> None:
        if context.invoked_subcommand is None:
            alone(context, **values)
            return
        before = context.obj if isinstance(context.obj, Settings) else Settings()
        context.obj = Settings(**{name: values[name] for name in _DEFAULTS}).over(before)

    return or_nothing


def command(function: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
    """Give a command function the common options; it gets a Session before its own parameters."""

    @wraps(function)
    def with_session(context: typer.Context, **values: Any) -> None:
        common = Settings(**{name: values.pop(name) for name in _DEFAULTS})
        before = context.obj if isinstance(context.obj, Settings) else Settings()
        settings = common.over(before)
        session = Session(settings, _typed(context, settings, values))
        try:
            function(session, **values)  # type: ignore[call-arg]  # typer passes P by name
        except ApiError as error:
            error.hint = command_hint(error, session.typed)
            raise

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        *(parameter.replace(kind=keyword) for parameter in own),
        *(
            inspect.Parameter(name, keyword, default=_DEFAULTS[name], annotation=annotation)
            for name, annotation in _ANNOTATIONS.items()
        ),
    ]
    with_session.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions have it
    with_session.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_session
