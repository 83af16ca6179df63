"""Datasets and training packages over the wire: created, sent in chunks, finalized, listed, downloaded."""

from typing import Any

import msgspec

from .content import ChunkRef, FileEntry
from .customer import Request
from .open_enum import OpenStrEnum


class ContentStatus(OpenStrEnum):
    """Where a dataset or a training package stands."""

    UPLOADING = "uploading"
    READY = "ready"
    REJECTED = "rejected"


class CreateContent(Request, frozen=True, kw_only=True):
    """Begins an upload: `files` (a manifest), or `file_name` alone for one stream to `content_url`."""

    name: str
    files: list[FileEntry] | None = None
    file_name: str | None = None


class MissingChunk(msgspec.Struct, frozen=True):
    """A chunk to be sent, with the signed URL to PUT it to."""

    digest: str
    size_bytes: int
    upload_url: str


class ContentProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a package was rejected: one problem, where it is."""

    message: str
    file: str | None = None
    line: int | None = None


class StoredContent(msgspec.Struct, frozen=True):
    """A dataset or training package. `digest` is that of the manifest once it is whole."""

    id: str
    name: str
    version: int
    status: ContentStatus
    created_at: str
    size_bytes: int | None
    file_count: int | None
    digest: str | None
    reasons: list[ContentProblem]
    training: dict[str, Any] | None = None


class ContentUpload(StoredContent, frozen=True, kw_only=True):
    """The answer to a create: what has to be sent. `missing_chunks` is at most the first 1,000 of `missing_count`."""

    chunk_size_bytes: int
    missing_chunks: list[MissingChunk]
    missing_count: int
    content_url: str | None


class ContentFile(msgspec.Struct, frozen=True):
    """One file of a dataset or package, with the chunks it is made of."""

    path: str
    size_bytes: int
    chunks: list[ChunkRef]


class DownloadRequest(Request, frozen=True, kw_only=True):
    """Which file of a dataset or package to download."""

    path: str
