import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.accounts.customers import create_customer
from core.ids import uuid7
from core.store.database import Store

NOW = 1_775_001_600.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store.sqlite", now=NOW, busy_timeout_seconds=5)
    yield store
    store.close()


@pytest.fixture
def new_id() -> Callable[[], str]:
    numbers = itertools.count()
    return lambda: uuid7(NOW, lambda size: next(numbers).to_bytes(size, "big"))


@pytest.fixture
def customer_id(store: Store, new_id: Callable[[], str]) -> int:
    with store.transaction() as tx:
        return create_customer(tx, "ada@example.com", now=NOW, new_id=new_id).id
