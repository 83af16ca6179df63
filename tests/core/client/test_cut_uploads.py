"""An upload to a real backend that is killed in the middle goes on without sending anything again."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from stamina.instrumentation import set_on_retry_hooks

from core.client.command_line.upload_memory import FolderMemory
from core.client.customer import Client
from core.client.errors import ConnectionFailed
from core.client.http import Retries
from core.client.upload import upload
from core.content.chunking import scan
from core.protocol.uploads import ContentStatus
from tests.core.client.live_backend import LiveBackend

CHUNK = 8 << 20
FAST = Retries(attempts=2, seconds=2.0)


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[LiveBackend]:
    set_on_retry_hooks([])
    running = LiveBackend(tmp_path)
    yield running
    running.close()
    set_on_retry_hooks(None)


def counting(backend: LiveBackend, accepted: Counter[str]) -> Client:
    """A client that notes every chunk that the server said it has."""

    def note(response: httpx.Response) -> None:
        if response.request.method == "PUT" and response.is_success:
            accepted[response.request.url.path] += 1

    client = Client(backend.url, backend.key, retries=FAST)
    client.http.event_hooks = {"response": [note]}
    return client


@pytest.mark.full
def test_an_upload_cut_in_the_middle_resumes_without_resending(backend: LiveBackend, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(7 * CHUNK + 5))
    memory = FolderMemory(tmp_path / "memory")
    first: Counter[str] = Counter()

    def kill_after_three(done: int, total: int) -> None:
        if len(first) >= 3 and backend.child.exit_code is None:
            backend.kill()

    with counting(backend, first) as client, pytest.raises(ConnectionFailed):
        upload(client, "datasets", "big", scan(path), memory=memory, progress=kill_after_three, retries=FAST)
    assert 3 <= len(first) < 8
    backend.start()
    second: Counter[str] = Counter()
    with counting(backend, second) as client:
        stored = upload(client, "datasets", "big", scan(path), memory=memory, retries=FAST)
        listed = client.list_content("datasets").data
    assert stored.status is ContentStatus.READY and [row.id for row in listed] == [stored.id]
    assert not set(first) & set(second), "what the server had said it has was not sent again"
    assert set((first + second).values()) == {1} and len(first + second) <= 8
