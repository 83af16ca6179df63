"""`serve`: runs the service in this process until it is told to stop."""

import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption

from ..data_folder import open_store, prepare_folder, serving_lock
from ..settings import (
    DEFAULT_CLIENT_DOMAIN,
    DEFAULT_LEASE_SECONDS,
    Settings,
    is_loopback,
    package_index_from,
    public_url_from,
)
from .options import DEFAULT_DATA_DIR, DataDir

DEFAULT_PORT = 8420


def serve(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = DEFAULT_PORT,
    public_url: Annotated[
        str, typer.Option("--public-url", metavar="URL", help="The address that customers and nodes use, if another.")
    ] = "",
    environment: Annotated[str, typer.Option("--environment", help="The word in API keys: sk_WORD_…")] = "alpha",
    client_domain: Annotated[
        str, typer.Option("--client-domain", metavar="URL", help="The origin whose pages may call the API.")
    ] = DEFAULT_CLIENT_DOMAIN,
    build: Annotated[str, typer.Option("--build", help="The build's name, as /meta shows it.")] = "dev",
    lease_seconds: Annotated[
        float, typer.Option("--lease-seconds", min=0.5, max=3600, help="How long a silent node keeps its work.")
    ] = DEFAULT_LEASE_SECONDS,
    package_index: Annotated[
        list[str] | None,
        typer.Option(
            "--package-index",
            metavar="URL",
            help="Where requirements are resolved instead of PyPI; may be repeated.",
        ),
    ] = None,
    wheels_dir: Annotated[
        Path | None,
        typer.Option(
            "--wheels-dir", metavar="DIR", exists=True, file_okay=False, help="Wheels that are tried before any index."
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None,
        typer.Option("--tls-cert", metavar="FILE", help="Speak https, showing this certificate chain (PEM)."),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's private key (PEM).")
    ] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Allow plain http to be reached from other machines.")
    ] = False,
    allow_loopback_webhooks: Annotated[
        bool,
        typer.Option("--allow-loopback-webhooks", help="For development: let webhooks go to this machine."),
    ] = False,
    no_webhooks: Annotated[
        bool,
        typer.Option(
            "--no-webhooks", help="Send nothing to customers' endpoints: what there is to tell waits for a later start."
        ),
    ] = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Write logs as JSON lines.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run the service: the API for customers and nodes at /api/v1."""
    console = Console.choose(json, quiet)
    if not environment.isascii() or not environment.isalnum():
        raise _bad("--environment takes ASCII letters and digits", "Give it like --environment alpha")
    from ..tls import certificate_from  # with the log, which is slow to load and no other command's

    certificate = certificate_from(tls_cert, tls_key)
    if certificate is None and not insecure:
        _refuse_plain_http(host, public_url)
    try:
        indexes = tuple(map(package_index_from, package_index or []))
    except ValueError as error:
        raise _bad(str(error), "Give it like --package-index https://packages.example.com/simple") from error
    # what is slow to load is loaded behind the checks, and never by the other commands
    from ..server import listen, run_server
    from ..server_log import configure_log

    folder = prepare_folder(data_dir)
    with serving_lock(folder), listen(host, port) as listening:
        port = listening.getsockname()[1]
        try:
            scheme = "http" if certificate is None else "https"
            url = public_url_from(public_url or None, host, port, scheme=scheme)
        except ValueError as error:
            raise _bad(str(error), "Give it like --public-url https://api.example.com") from error
        settings = Settings(
            data_dir=folder,
            host=host,
            port=port,
            public_url=url,
            environment=environment,
            client_domain=client_domain.rstrip("/"),
            build=build,
            lease_seconds=lease_seconds,
            package_indexes=indexes,
            wheels_dir=None if wheels_dir is None else wheels_dir.resolve(),
            behind_proxy=certificate is None and url.startswith("https:"),
            allow_loopback_webhooks=allow_loopback_webhooks,
            sends_webhooks=not no_webhooks,
        )
        configure_log(sys.stderr, as_json=log_json)
        store = open_store(folder, busy_timeout_seconds=0)

        def started() -> None:
            answer = {"url": url, "api_base_url": settings.api_base_url, "data_dir": str(folder), "pid": os.getpid()}
            human = f"Serving {settings.api_base_url} from {folder}. Ctrl-C stops it."
            console.result(answer, human=human, quiet=url)

        try:
            run_server(settings, store, listening, started, certificate)
        finally:
            store.close()


def _refuse_plain_http(host: str, public_url: str) -> None:
    """Raises CommandError where keys and data would go readably from machine to machine."""
    hint = "Speak https by --tls-cert and --tls-key, or behind a proxy that does: give its --public-url. Or --insecure."
    if not is_loopback(host):
        raise _bad(f"{host} is reached from other machines, and this server speaks plain http", hint)
    try:
        given = urlsplit(public_url)
        leaves = given.scheme == "http" and bool(given.hostname) and not is_loopback(given.hostname or "")
    except ValueError:
        return  # it is no address at all, and is refused for that
    if leaves:
        raise _bad(f"--public-url {public_url} is plain http to another machine", hint)


def _bad(message: str, hint: str) -> CommandError:
    return CommandError(message, hint=hint, exit_code=ExitCode.ARGUMENTS)
