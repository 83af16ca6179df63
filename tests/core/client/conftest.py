from collections.abc import Iterator

import pytest
from stamina.instrumentation import set_on_retry_hooks

from core.client.customer import Client
from core.client.http import Retries
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
