"""Chunks that several units of a node make alike."""

import hashlib
import itertools
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.transfers import trying_again
from agent.uploading import Uploader
from core.client.errors import ConnectionFailed
from core.client.node import NodeClient
from core.content.chunking import ChunkSource, SourceFile, SourcePart
from core.protocol.node import ChunkUpload

from .small_backend import CREDENTIAL, SmallBackend

DATA = b"what two units made"
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> ChunkSource:
    path = tmp_path / "model.bin"
    path.write_bytes(DATA)
    file = SourceFile(path, len(DATA), path.stat().st_mtime_ns)
    return ChunkSource(DIGEST, len(DATA), [SourcePart(file, 0, len(DATA))])


async def test_a_try_that_lasted_for_an_hour_is_followed_by_another(
    source: ChunkSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenacity.time", SimpleNamespace(monotonic=itertools.count(0.0, 3600.0).__next__))
    tries: list[int] = []

    async def breaks_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionFailed("The line broke.", hint="")

    await trying_again(2, longest_pause_seconds=0.01)(breaks_once)
    assert len(tries) == 2


async def test_bytes_that_another_unit_has_sent_since_the_server_was_asked_are_not_sent_again(
    source: ChunkSource,
) -> None:
    with SmallBackend() as backend:
        asked_by_each = ChunkUpload(DIGEST, len(DATA), backend.chunk_url(DIGEST))
        async with NodeClient(backend.url, CREDENTIAL) as client:
            uploader = Uploader(client)
            for _ in range(2):
                await uploader.upload([asked_by_each], lambda digest: source)
            assert backend.uploaded == [DIGEST]
            del backend.chunks[DIGEST]  # nobody needed it any more, and now it is made again
            await uploader.upload([asked_by_each], lambda digest: source)
        assert backend.uploaded == [DIGEST, DIGEST]
