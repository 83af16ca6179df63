"""Backends and nodes in processes of their own that are there at once: forked from one that has all imported."""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.backend.server_process import BackendServer

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, "backend.data_folder", "backend.server", "agent.command_line"])


def _serve(data_dir: Path, port: int, lease_seconds: float, started: Connection) -> None:
    """What `gpu-agent-backend serve` does. Imports what the forked process has already, and a test need not have."""
    from backend.data_folder import open_store, prepare_folder, serving_lock
    from backend.server import listen, run_server
    from backend.settings import Settings

    folder = prepare_folder(data_dir)
    with serving_lock(folder), listen("127.0.0.1", port) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(data_dir=folder, host="127.0.0.1", port=port, public_url=url, lease_seconds=lease_seconds)
        store = open_store(folder, busy_timeout_seconds=0)
        try:
            run_server(settings, store, listening, lambda: started.send(url))
        finally:
            store.close()


def _run_node(arguments: Sequence[str], environment: dict[str, str], log: Path) -> None:
    """What `gpu-agent-node` does."""
    import agent.command_line

    os.environ.update(environment)
    sys.argv = ["gpu-agent-node", *arguments]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    agent.command_line.main()


@contextmanager
def quick_server(data_dir: Path, *, port: int = 0, lease_seconds: float = 5.0) -> Iterator[BackendServer]:
    """The server of this folder, killed at the end; fails if it can't be started there."""
    heard, says = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_serve, args=(data_dir, port, lease_seconds, says))
    process.start()
    says.close()
    server = BackendServer(data_dir)
    try:
        server.url = heard.recv()
        yield server
    finally:
        server.close()
        heard.close()
        _end(process, kill=True)


@contextmanager
def quick_node(arguments: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[BaseProcess]:
    """A node with these arguments, told to stop at the end."""
    process = _FORKS.Process(target=_run_node, args=(arguments, environment, log))
    process.start()
    try:
        yield process
    finally:
        _end(process, kill=False)


def _end(process: BaseProcess, *, kill: bool) -> None:
    if kill:
        process.kill()
    else:
        process.terminate()
    process.join()
