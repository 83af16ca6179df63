from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.server_process import BackendServer

from .bench import Bench
from .nvml.fake_nvml import FakeNvml, InThisProcess, build, compiler


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


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fake NVML, built once."""
    if compiler() is None:
        pytest.skip("a C compiler is needed for the fake NVML")
    return build(tmp_path_factory.mktemp("nvml"))


@pytest.fixture
def fake(nvml_library: Path, tmp_path: Path) -> FakeNvml:
    """Three GPUs, for programs that are started with its environment."""
    folder = tmp_path / "nvml"
    folder.mkdir()
    return FakeNvml(folder, nvml_library)


@pytest.fixture
def driver(fake: FakeNvml) -> Iterator[FakeNvml]:
    """Three GPUs, for this process."""
    with InThisProcess(fake) as here:
        yield here
