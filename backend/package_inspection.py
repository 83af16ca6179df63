"""Puts an uploaded package together in a temporary file and has it inspected, off the event loop; then what it
requires is resolved."""

import asyncio
import hashlib
import tempfile
from pathlib import Path

import msgspec

from core.content.blobs import BlobStore
from core.errors import ApiError, ErrorCode, ErrorDetail
from core.packages.inspect import inspect_package
from core.packages.training_toml import FILE_NAME, TrainingToml
from core.protocol.content import Manifest
from core.protocol.uploads import ContentProblem

from .context import Context
from .requirement_locks import Unresolvable

TEMPORARY_PREFIX = "inspecting-"
MAX_ZIP_BYTES = 600 << 20  # a little above what it may unpack to


class Finding(msgspec.Struct, frozen=True):
    """The problems of a package; without any, what its `training.toml` says, and the lock of what it requires, or None
    if that is nothing. `package_digest`: the SHA-256 of its zip, by which owners and operators know it."""

    reasons: list[ContentProblem] = []
    training: TrainingToml | None = None
    lock: str | None = None
    package_digest: str | None = None


async def inspect_upload(context: Context, name: str, manifest: Manifest) -> Finding:
    """What finalize has to know of a package; `name` is for one that says nothing of itself.

    Raises UNAVAILABLE where what it requires can't be resolved now.
    """
    async with context.inspections:
        found = await asyncio.to_thread(_inspect, context.blobs, name, manifest, context.settings.data_dir)
    if found.training is None or not found.training.package.requirements:
        return found
    package = found.training.package
    try:
        lock = await context.requirement_locks.lock(package.requirements, package.python)
    except Unresolvable as error:
        return Finding([ContentProblem(str(error), FILE_NAME)], package_digest=found.package_digest)
    return msgspec.structs.replace(found, lock=lock)


def _inspect(blobs: BlobStore, name: str, manifest: Manifest, folder: Path) -> Finding:
    with tempfile.TemporaryDirectory(prefix=TEMPORARY_PREFIX, dir=folder) as made:
        path, digest = Path(made, "package.zip"), hashlib.sha256()
        with path.open("wb") as file:
            for piece in blobs.read(list(manifest.files[0].chunks)):
                file.write(piece)
                digest.update(piece)
        try:
            found = inspect_package(path, name)
        except ApiError as error:
            if error.code is not ErrorCode.PACKAGE_REJECTED:
                raise
            rows = error.details or [ErrorDetail(error.message)]
            problems = [ContentProblem(row.message, row.file, row.line) for row in rows]
            return Finding(problems, package_digest=digest.hexdigest())
    return Finding(training=found.training, package_digest=digest.hexdigest())
