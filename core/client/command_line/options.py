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
from ..profiles import KEY_VARIABLE, Access, exposure, find_access, read_config
from .hints import PROGRAM, Typed, command_hint, typed_again
from .logins import Login, file_of_profiles, find_key, login_of
from .telling_retries import tell_retries

P = ParamSpec("P")

ServerOption = Annotated[
    str | None, typer.Option("--server", help="Address of the service, such as https://host (or GPU_AGENT_SERVER).")
]
KeyOption = Annotated[
    str | None, typer.Option("--api-key", help="Your API key (or GPU_AGENT_API_KEY, which keeps it out of sight).")
]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="Which of your logins is meant (or GPU_AGENT_PROFILE).")
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
    "profile": ProfileOption,
    "insecure": InsecureOption,
    "ca_file": CaFileOption,
    "as_json": JsonOption,
    "quiet": QuietOption,
    "yes": YesOption,
}
_DEFAULTS: dict[str, Any] = {
    "server": None,
    "api_key": None,
    "profile": None,
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
    profile: str | None = None
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
    """What a command works with: the console, the answers to be taken for granted, and the service: as options say,
    else the environment, else a profile."""

    def __init__(self, settings: Settings, typed: Typed) -> None:
        self.settings = settings
        self.typed = typed
        self.console = Console.choose(settings.as_json, settings.quiet)
        self._access: Access | None = None

    @property
    def yes(self) -> bool:
        return self.settings.yes

    def goes_on_as(self, name: str, job: str) -> None:
        """From now on an error means that this command of a job is the one to say, not the one that was typed."""
        self.typed = Typed(name, f"{PROGRAM} {name} {job}", self.typed.server, job)

    @property
    def server(self) -> str:
        """The address of the service. Raises ProfileUnusable, AddressRefused where none is named."""
        return self.access().server

    def access(self) -> Access:
        """The service and how to talk to it, but for a key in the keyring."""
        if self._access is None:
            path = file_of_profiles()
            config = read_config(path)
            self._access = find_access(config, path, os.environ, profile=self.settings.profile, **self._arguments())
            warning = exposure(path, config) if config.profiles else None
            if warning is not None:
                self.console.warn(warning)
            self._asks(self._access.server)
        return self._access

    def login(self) -> Login:
        """The profile that a login or logout is about; of keys, only one that it has kept in the file counts."""
        environ = {name: value for name, value in os.environ.items() if name != KEY_VARIABLE}
        found = login_of(self.settings.profile, environ, **{**self._arguments(), "api_key": None})
        self._asks(found.access.server)
        return found

    def connect(self, retries: Retries | None = None) -> Client:
        """The service as this customer. Tries that fail are told as they happen."""
        access = self.access()
        found = find_key(access)
        if not found.key:
            raise CommandError(
                f"You are not logged in to {access.server}."
                if not found.problem
                else f"The key of profile {access.profile} can't be read: {found.problem}.",
                hint="gpu-agent-client login; or export GPU_AGENT_API_KEY=sk_…"
                if not found.problem
                else "Unlock or mend the keyring and say it again; or export GPU_AGENT_API_KEY=sk_…",
                exit_code=ExitCode.CONNECTION,
            )
        return self.client(access, found.key, retries)

    def client(self, access: Access, key: str | None, retries: Retries | None = None) -> Client:
        """A service with this key, or as nobody."""
        tell_retries(self.console)
        return Client(access.server, key, retries=retries, insecure=access.insecure, ca_file=access.ca_file)

    @contextmanager
    def signed_in(self, email: str, password: str, access: Access | None = None) -> Iterator[Client]:
        """The service as the customer who signs in, for this one command: the session ends with it."""
        access = access or self.access()
        with self.client(access, None) as nobody:
            token = nobody.sign_in(email, password).token
        with self.client(access, token) as client:
            try:
                yield client
            finally:
                client.sign_out()

    def _arguments(self) -> dict[str, Any]:
        settings = self.settings
        insecure = True if settings.insecure else None
        return {
            "server": settings.server,
            "api_key": settings.api_key,
            "ca_file": settings.ca_file,
            "insecure": insecure,
        }

    def _asks(self, server: str) -> None:
        """From now on hints name this service."""
        self.typed = Typed(self.typed.name, self.typed.again, server, self.typed.job)


def remember_settings(
    context: typer.Context,
    server: ServerOption = None,
    api_key: KeyOption = None,
    profile: ProfileOption = None,
    insecure: InsecureOption = False,
    ca_file: CaFileOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    yes: YesOption = False,
) -> None:
    """Train your own model on other people's home GPUs: datasets, packages, jobs, artifacts."""
    context.obj = Settings(server, api_key, profile, insecure, ca_file, as_json, quiet, yes)


def _typed(context: typer.Context, settings: Settings, values: dict[str, Any]) -> Typed:
    names: list[str] = []
    level: Any = context
    while level.parent is not None:
        names.insert(0, level.info_name)
        level = level.parent
    job = values.get("job")
    server = settings.server or "No service"  # until it is known which one
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
