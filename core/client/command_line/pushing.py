"""Sends a path as a dataset or a package and shows how it goes: what both push commands share."""

from pathlib import Path

from ...console import CommandError, Console, ExitCode
from ...console.words import counted, size_in_words
from ...content.chunking import Scan, scan
from ...errors import ApiError, ErrorCode, ErrorDetail
from ...protocol.uploads import ContentStatus, StoredContent
from ..customer import Client, ContentKind
from ..upload import upload
from .upload_memory import FolderMemory


def read(console: Console, path: Path) -> Scan:
    """Cut what lies at a path into chunks, showing how far it is."""
    with console.progress(f"Reading {path.name}") as line:
        found = scan(path, progress=line.update)
    if found.skipped:
        some = "An empty folder is" if len(found.skipped) == 1 else f"{len(found.skipped):,} empty folders are"
        console.warn(f"{some} left out: {', '.join(found.skipped[:3])}")
    if not found.manifest.files:
        raise CommandError(
            f"There is no file in {path}.", hint="Give a file, or a folder with files.", exit_code=ExitCode.ARGUMENTS
        )
    return found


def push(console: Console, client: Client, kind: ContentKind, name: str, found: Scan) -> StoredContent:
    """Upload and finalize. Raises PACKAGE_REJECTED or VALIDATION_FAILED if the service rejects what came."""
    console.info(f"{name}: {counted(found.manifest.file_count, 'file')}, {size_in_words(found.manifest.size_bytes)}")
    with console.progress(f"Sending {name}") as line:
        stored = upload(client, kind, name, found, memory=FolderMemory(), progress=line.update)
    if stored.status is ContentStatus.REJECTED:
        code = ErrorCode.PACKAGE_REJECTED if kind == "training-packages" else ErrorCode.VALIDATION_FAILED
        rows = [ErrorDetail(problem.message, file=problem.file, line=problem.line) for problem in stored.reasons]
        raise ApiError(code, f"The service rejected {name}.", details=rows)
    return stored
