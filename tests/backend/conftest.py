from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.server_process import BackendServer, Customer


@pytest.fixture(scope="session")
def backend_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """One running server for all tests that change nothing of the server itself."""
    server = BackendServer(tmp_path_factory.mktemp("backend") / "data")
    server.start()
    yield server
    server.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[BackendServer]:
    """A server to be stopped, killed and started again; it is not started yet."""
    server = BackendServer(tmp_path / "data", "--lease-seconds", "5")
    yield server
    server.close()


@pytest.fixture
def customer(backend_server: BackendServer) -> Customer:
    """A customer with credits and a key that may do all."""
    return backend_server.new_customer()
