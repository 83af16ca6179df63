from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.server_process import BackendServer

from .bench import Bench


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[BackendServer]:
    """A server for one test's nodes; it is not started yet."""
    server = BackendServer(tmp_path / "data", "--lease-seconds", "5")
    yield server
    server.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A brain with its journal."""
    bench = Bench(tmp_path / "journal.sqlite")
    yield bench
    bench.journal.close()
