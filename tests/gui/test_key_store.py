"""Where keys lie, and what happens where no keyring answers."""

import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.errors
import pytest

from gui.key_store import KeyStore
from tests.gui.keyrings import InMemory

ADDRESS = "https://example.org"


class NeverAnswers(InMemory):
    """A locked wallet whose question nobody sees. `let_go` frees its threads."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.let_go.wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.let_go.wait()


class Locked(InMemory):
    """A wallet that refuses."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("the wallet is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("the wallet is locked")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def use(backend: InMemory) -> InMemory:
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
        return backend

    yield use


async def test_a_key_is_kept_in_the_keyring_and_in_no_file(tmp_path: Path, use: Any) -> None:
    backend, store = use(InMemory()), KeyStore(tmp_path)
    await store.put(ADDRESS, "sk_1")
    assert await store.get(ADDRESS) == "sk_1"
    assert list(backend.kept.values()) == ["sk_1"]
    assert not store.file.exists()
    assert store.problem == ""
    await store.forget(ADDRESS)
    await store.forget(ADDRESS)
    assert await store.get(ADDRESS) is None


async def test_a_keyring_that_never_answers_is_given_up_and_a_private_file_takes_its_place(
    tmp_path: Path, use: Any
) -> None:
    backend, store = use(NeverAnswers()), KeyStore(tmp_path, seconds=0.05)
    try:
        assert await store.get(ADDRESS) is None
        await store.put(ADDRESS, "sk_1")
        assert await store.get(ADDRESS) == "sk_1"
    finally:
        waiting = [one for one in threading.enumerate() if one.name == "keyring"]
        backend.let_go.set()
        for thread in waiting:
            thread.join()
    assert "no answer" in store.problem
    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600
    assert await KeyStore(tmp_path, seconds=0.05).get(ADDRESS) == "sk_1"


async def test_a_locked_keyring_is_named_as_the_reason_for_the_file(tmp_path: Path, use: Any) -> None:
    use(Locked())
    store = KeyStore(tmp_path)
    await store.put(ADDRESS, "sk_1")
    assert await store.get(ADDRESS) == "sk_1"
    assert "locked" in store.problem


async def test_where_the_system_has_no_keyring_a_private_file_serves(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    await store.put(ADDRESS, "sk_1")
    await store.put("https://other.example", "sk_2")
    assert store.problem == "this system has no keyring"
    assert await store.get(ADDRESS) == "sk_1"
    await store.forget(ADDRESS)
    assert await store.get(ADDRESS) is None
    assert await store.get("https://other.example") == "sk_2"


async def test_a_file_of_nonsense_is_no_crash(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.file.write_text("{")
    assert await store.get(ADDRESS) is None
    assert str(store.file) in store.problem


async def test_a_key_moves_out_of_the_file_once_a_keyring_serves(tmp_path: Path, use: Any) -> None:
    await KeyStore(tmp_path).put(ADDRESS, "sk_old")
    use(InMemory())
    store = KeyStore(tmp_path)
    assert await store.get(ADDRESS) == "sk_old"
    await store.put(ADDRESS, "sk_new")
    assert "sk_old" not in store.file.read_text()
    assert await store.get(ADDRESS) == "sk_new"
