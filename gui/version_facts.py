"""What the versions of a dataset don't say of themselves: what is new in each, and how many jobs use it. No Qt."""

from collections.abc import Sequence

import msgspec

from core.client.customer import AsyncClient, every_async
from core.protocol.content import ChunkRef
from core.protocol.uploads import ContentStatus, StoredContent

MOST_JOBS = 100
_MOST_FILES = 2_000  # of a version whose chunks are compared


class VersionFacts(msgspec.Struct, frozen=True):
    """`new_bytes`: in chunks that the version before doesn't have; None where it isn't known. `jobs`: that name this
    version, counted up to MOST_JOBS, with `more_jobs` where there are others."""

    new_bytes: int | None = None
    jobs: int | None = None
    more_jobs: bool = False


def version_before(versions: Sequence[StoredContent], content: StoredContent) -> StoredContent | None:
    """The one that a version was compared with when it was sent, if it is still there."""
    return next(
        (one for one in versions if one.version == content.version - 1 and one.status is ContentStatus.READY), None
    )


async def facts_of(client: AsyncClient, content: StoredContent, before: StoredContent | None) -> VersionFacts:
    """Asks the service for the jobs of a version, and for its files where they can be compared."""
    page = await client.list_jobs(dataset_id=content.id, limit=MOST_JOBS)
    new_bytes = None
    if content.version == 1:
        new_bytes = content.size_bytes
    elif before is not None and max(content.file_count or 0, before.file_count or 0) <= _MOST_FILES:
        had = {digest for digest, _ in await _pieces(client, before)}
        pieces = await _pieces(client, content)
        new_bytes = sum(size for (digest, _), size in pieces.items() if digest not in had)
    return VersionFacts(new_bytes, len(page.data), page.page.has_more)


async def _pieces(client: AsyncClient, content: StoredContent) -> dict[tuple[str, int], int]:
    """The bytes that files take of chunks, each once: by digest and offset, sizes in bytes."""
    files = every_async(lambda cursor: client.list_content_files("datasets", content.id, limit=100, cursor=cursor))
    return {
        (piece.digest, piece.offset): piece.size_bytes
        async for file in files
        for piece in msgspec.convert(file.chunks, list[ChunkRef])
    }
