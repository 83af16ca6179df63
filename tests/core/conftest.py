"""The engine for tests of core: its invariants are checked at the end of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.engine import Engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh engine."""
    made = Engine(tmp_path)
    yield made
    made.check()
    made.store.close()
