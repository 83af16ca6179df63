"""Examples of datasets and training packages."""

from typing import Any

from core.protocol.content import ChunkRef, FileEntry
from core.protocol.customer import DownloadUrl
from core.protocol.uploads import (
    ContentFile,
    ContentStatus,
    ContentUpload,
    CreateContent,
    DownloadRequest,
    MissingChunk,
    StoredContent,
)

from .example import CREATED, DATASET, DIGEST, PACKAGE, SERVICE_URL, Example, page

SIZE_BYTES = 1_482_093
_UPLOAD_URL = f"{SERVICE_URL}/content/eyJtYXkiOiJwdXQifQ.c2lnbmF0dXJl"
_DOWNLOAD_URL = f"{SERVICE_URL}/content/eyJtYXkiOiJnZXQifQ.c2lnbmF0dXJl"


def _training() -> dict[str, Any]:
    return {"package": {"name": "tiny-mlp", "entry": "train.py", "python": ">=3.11"}, "params": {}}


def _stored(id: str, name: str, *, training: dict[str, Any] | None) -> StoredContent:
    return StoredContent(
        id=id,
        name=name,
        version=1,
        status=ContentStatus.READY,
        created_at=CREATED,
        size_bytes=SIZE_BYTES,
        file_count=1,
        digest=DIGEST,
        reasons=[],
        training=training,
    )


def _of_kind(kind: str, id: str, name: str, file: str, *, training: dict[str, Any] | None) -> dict[str, Example]:
    stored = _stored(id, name, training=training)
    entry = FileEntry(file, SIZE_BYTES, [ChunkRef(DIGEST, 0, SIZE_BYTES)])
    missing = MissingChunk(DIGEST, SIZE_BYTES, _UPLOAD_URL)
    upload = ContentUpload(
        id=id,
        name=name,
        version=1,
        status=ContentStatus.UPLOADING,
        created_at=CREATED,
        size_bytes=SIZE_BYTES,
        file_count=1,
        digest=None,
        reasons=[],
        chunk_size_bytes=8_388_608,
        missing_chunks=[missing],
        missing_count=1,
        content_url=None,
    )
    return {
        f"list_{kind}s": page(stored),
        f"get_{kind}": Example(answer=stored),
        f"delete_{kind}": Example(),
        f"list_{kind}_files": page(ContentFile(file, SIZE_BYTES, [ChunkRef(DIGEST, 0, SIZE_BYTES)])),
        f"{kind}_download_url": Example(
            DownloadRequest(path=file),
            DownloadUrl(_DOWNLOAD_URL, "2026-04-01T09:15:00.000Z", file, SIZE_BYTES),
        ),
        f"create_{kind}": Example(CreateContent(name=name, files=[entry]), upload),
        f"list_{kind}_missing_chunks": page(missing, limit=1000),
        f"finalize_{kind}": Example(answer=stored),
    }


CONTENT = {
    **_of_kind("dataset", DATASET, "digits", "digits.csv", training=None),
    **_of_kind("training_package", PACKAGE, "tiny-mlp", "tiny-mlp.zip", training=_training()),
}
