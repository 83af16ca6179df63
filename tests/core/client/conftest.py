from collections.abc import Iterator

import pytest
from stamina.instrumentation import set_on_retry_hooks

from core.client.customer import Client
from core.client.http import Retries
from tests.core.client.live_backend import LiveBackend
from tests.core.client.saying import TRAIN, ok, package
from tests.core.client.small_service import KEY, SmallService


@pytest.fixture
def service() -> Iterator[SmallService]:
    running = SmallService()
    yield running
    running.close()


@pytest.fixture
def client(service: SmallService) -> Iterator[Client]:
    set_on_retry_hooks([])
    with Client(service.url, KEY, retries=Retries(attempts=3, seconds=5.0)) as made:
        yield made
    set_on_retry_hooks(None)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBackend]:
    running = LiveBackend(tmp_path_factory.mktemp("live"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def dataset(backend: LiveBackend, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A dataset that is ready."""
    path = tmp_path_factory.mktemp("data") / "data.csv"
    path.write_text("1,2\n")
    pushed = ok(backend.command("datasets", "push", str(path), "--json"))
    assert pushed["status"] == "ready"
    return str(pushed["id"])


@pytest.fixture(scope="module")
def code(backend: LiveBackend, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A package that is ready, with one parameter."""
    toml = '[package]\nname = "code"\n[params.epochs]\ntype = "int"\ndefault = 3\n'
    path = package(tmp_path_factory.mktemp("code"), "code", TRAIN, toml)
    pushed = ok(backend.command("packages", "push", str(path), "--json"))
    assert (pushed["status"], pushed["name"]) == ("ready", "code")
    return str(pushed["id"])


@pytest.fixture(scope="module")
def job(backend: LiveBackend, dataset: str, code: str) -> str:
    """A job that no node will ever run."""
    submitted = ok(backend.command("jobs", "submit", "--dataset", dataset, "--package", code, "--json"))
    assert submitted["status"] == "queued" and submitted["name"] == "code"
    return str(submitted["id"])
