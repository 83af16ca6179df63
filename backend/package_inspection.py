"""Puts an uploaded package together in a temporary file and has it inspected, off the event loop."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from core.content.blobs import BlobStore
from core.errors import ApiError, ErrorCode, ErrorDetail
from core.packages.inspect import inspect_package
from core.protocol.content import Manifest
from core.protocol.customer import ContentProblem

from .context import Context

TEMPORARY_PREFIX = "inspecting-"
MAX_ZIP_BYTES = 600 << 20  # a little above what it may unpack to


async def inspect_upload(
    context: Context, name: str, manifest: Manifest
) -> tuple[list[ContentProblem], dict[str, Any] | None]:
    """The problems of a package; without any, what its `training.toml` says, or the defaults under `name`."""
    async with context.inspections:
        return await asyncio.to_thread(_inspect, context.blobs, name, manifest, context.settings.data_dir)


def _inspect(
    blobs: BlobStore, name: str, manifest: Manifest, folder: Path
) -> tuple[list[ContentProblem], dict[str, Any] | None]:
    with tempfile.TemporaryDirectory(prefix=TEMPORARY_PREFIX, dir=folder) as made:
        path = Path(made, "package.zip")
        with path.open("wb") as file:
            for piece in blobs.read(list(manifest.files[0].chunks)):
                file.write(piece)
        try:
            found = inspect_package(path, name)
        except ApiError as error:
            if error.code is not ErrorCode.PACKAGE_REJECTED:
                raise
            rows = error.details or [ErrorDetail(error.message)]
            return [ContentProblem(row.message, row.file, row.line) for row in rows], None
    return [], msgspec.to_builtins(found.training)
