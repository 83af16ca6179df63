"""What the tests of the build scripts share."""

from pathlib import Path

import pytest

from tests.build_scripts.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout that isn't installed yet; its path holds a space and a letter outside ASCII."""
    folder = tmp_path / "a chéckout"
    folder.mkdir()
    return Checkout(folder)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that is installed, for tests that leave it so."""
    checkout = Checkout(tmp_path_factory.mktemp("installed"))
    ended = checkout.run("python", "-c", "pass")
    assert ended.returncode == 0, ended.stderr
    return checkout
