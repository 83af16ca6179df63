"""Chunks that several units of a node make alike."""

import hashlib
from pathlib import Path

import pytest

from agent.uploading import Uploader
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
