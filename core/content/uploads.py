"""Which chunks a customer has sent, and the datasets and training packages that are made of them.

Only the store's side: bytes lie in blobs, what a package may hold is known by packages.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from ..clock import rfc3339
from ..errors import ApiError, ErrorCode, validation_failed
from ..events.events import EventKind, record
from ..protocol.content import FileEntry, Manifest
from ..protocol.uploads import ContentProblem, ContentStatus, StoredContent
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .contents import add_content, load_manifest
from .storage import check_quota, let_go

SQL = named_sql(__file__, "uploads")
NEWEST = 2**62


class UploadKind(StrEnum):
    """What is uploaded."""

    DATASET = "dataset"
    TRAINING_PACKAGE = "training_package"


NOT_FOUND = {
    UploadKind.DATASET: ErrorCode.DATASET_NOT_FOUND,
    UploadKind.TRAINING_PACKAGE: ErrorCode.PACKAGE_NOT_FOUND,
}
DELETED = "deleted"
KIND_WORDS = {UploadKind.DATASET: "dataset", UploadKind.TRAINING_PACKAGE: "training package"}


class Upload(msgspec.Struct, frozen=True):
    """A dataset or training package as it is stored; `content_id` is None until a single stream has arrived."""

    id: int
    public_id: str
    kind: UploadKind
    customer_id: int
    name: str
    version: int
    status: ContentStatus
    created_at: float
    content_id: int | None
    file_name: str | None
    reasons: list[ContentProblem]
    training: dict[str, Any] | None
    size_bytes: int | None
    file_count: int | None
    digest: str | None

    def shown(self) -> StoredContent:
        """As its customer sees it."""
        return StoredContent(
            id=self.public_id,
            name=self.name,
            version=self.version,
            status=self.status,
            created_at=rfc3339(self.created_at),
            size_bytes=self.size_bytes,
            file_count=self.file_count,
            digest=None if self.status is ContentStatus.UPLOADING else self.digest,
            reasons=self.reasons,
            training=self.training,
        )


def _upload(row: Row) -> Upload:
    values = dict(row)
    values["reasons"] = msgspec.json.decode(values["reasons"])
    values["training"] = msgspec.json.decode(values["training"]) if values["training"] else None
    return msgspec.convert(values, Upload)


# Chunks


def record_chunk(tx: Transaction, customer_id: int, digest: str, size_bytes: int, now: float) -> None:
    """Notes that a customer has sent a chunk; call it when the bytes are durable."""
    SQL.record_chunk(tx.connection, customer_id=customer_id, digest=digest, size_bytes=size_bytes, now=now)


def has_chunk(connection: Connection, customer_id: int, digest: str, size_bytes: int) -> bool:
    """Whether this customer has sent this chunk."""
    return not missing_of(connection, customer_id, {digest: size_bytes})


def missing_of(connection: Connection, customer_id: int, sizes: Mapping[str, int]) -> list[tuple[str, int]]:
    """Of chunks with their sizes in bytes, by digest: those that this customer has not sent, or not so long."""
    rows = SQL.missing_of_sizes(connection, customer_id=customer_id, sizes=msgspec.json.encode(sizes).decode())
    return [(row["digest"], row["size_bytes"]) for row in rows]


def is_announced(connection: Connection, customer_id: int, digest: str) -> bool:
    """Whether a dataset or package of this customer, not deleted, is made of this chunk."""
    return SQL.announced(connection, customer_id=customer_id, digest=digest) is not None


# Datasets and training packages


def create_upload(
    tx: Transaction,
    customer_id: int,
    kind: UploadKind,
    name: str,
    *,
    manifest: Manifest | None,
    file_name: str | None,
    storage_bytes: int,
    now: float,
    new_id: Callable[[], str],
) -> Upload:
    """A new upload, the next version of its name: with a manifest (checked), or the name of one file to come.

    Raises STORAGE_QUOTA_EXCEEDED.
    """
    content_id = None
    if manifest is not None:
        check_quota(tx.connection, customer_id, manifest, storage_bytes)
        content_id = add_content(tx, customer_id, manifest)
    public_id = new_id()
    SQL.insert_upload(
        tx.connection,
        public_id=public_id,
        kind=kind.value,
        customer_id=customer_id,
        name=name,
        content_id=content_id,
        file_name=file_name,
        now=now,
    )
    upload = get_upload(tx.connection, customer_id, kind, public_id)
    _tell(tx, upload, upload.status.value, now)
    return upload


def get_upload(connection: Connection, customer_id: int, kind: UploadKind, public_id: str) -> Upload:
    """A customer's own upload. Raises DATASET_NOT_FOUND or PACKAGE_NOT_FOUND."""
    row = SQL.upload_by_public_id(connection, customer_id=customer_id, kind=kind.value, public_id=public_id)
    if row is None:
        raise ApiError(NOT_FOUND[kind])
    return _upload(row)


def get_upload_for_stream(connection: Connection, kind: UploadKind, public_id: str) -> Upload:
    """The upload that a signed URL names. Raises DATASET_NOT_FOUND or PACKAGE_NOT_FOUND."""
    row = SQL.upload_for_stream(connection, kind=kind.value, public_id=public_id)
    if row is None:
        raise ApiError(NOT_FOUND[kind])
    return _upload(row)


def list_uploads(
    connection: Connection, customer_id: int, kind: UploadKind, *, q: str | None, before: int | None, limit: int
) -> list[tuple[int, Upload]]:
    """A customer's uploads, newest first, each with the key to go on from. `q` finds in name and id."""
    rows = SQL.list_uploads(
        connection, customer_id=customer_id, kind=kind.value, q=q, before=before or NEWEST, limit=limit
    )
    return [(row["id"], _upload(row)) for row in rows]


def missing_page(connection: Connection, upload: Upload, *, after: str, limit: int) -> list[tuple[str, int]]:
    """The chunks an upload still lacks, as (digest, size in bytes), in the order of digests after `after`."""
    rows = SQL.missing_of_content(
        connection, content_id=upload.content_id, customer_id=upload.customer_id, after=after, limit=limit
    )
    return [(row["digest"], row["size_bytes"]) for row in rows]


def missing_count(connection: Connection, upload: Upload) -> int:
    """How many chunks an upload still lacks."""
    return int(SQL.missing_count(connection, content_id=upload.content_id, customer_id=upload.customer_id))


def check_complete(connection: Connection, upload: Upload) -> None:
    """Raises UPLOAD_INCOMPLETE, naming how many chunks are missing, unless all that was announced is there."""
    if upload.content_id is None:
        raise ApiError(
            ErrorCode.UPLOAD_INCOMPLETE,
            "nothing was sent to content_url yet",
            hint='Send the file: curl -T FILE "$content_url"',
        )
    missing = missing_count(connection, upload)
    if missing:
        raise ApiError(ErrorCode.UPLOAD_INCOMPLETE, f"{missing:,} chunk{'s are' if missing > 1 else ' is'} missing")


def attach_stream(tx: Transaction, upload: Upload, manifest: Manifest, *, storage_bytes: int, now: float) -> list[str]:
    """Makes the file that came in one stream the content of its upload; a later stream replaces an earlier one. Gives
    the digests of the earlier one that no customer has any more.

    Raises STATE_CONFLICT once the upload is finalized, STORAGE_QUOTA_EXCEEDED.
    """
    current = get_upload_for_stream(tx.connection, upload.kind, upload.public_id)
    if current.status is not ContentStatus.UPLOADING:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"this {KIND_WORDS[upload.kind]} is already {current.status.value}",
            hint="Create a new version and send the file there.",
        )
    orphans: list[str] = []
    if current.content_id is not None:
        SQL.set_content(tx.connection, upload_id=upload.id, content_id=None)
        orphans = let_go(tx, current.customer_id, current.content_id)
    check_quota(tx.connection, upload.customer_id, manifest, storage_bytes)
    for digest, size_bytes in manifest.chunk_sizes().items():
        record_chunk(tx, upload.customer_id, digest, size_bytes, now)
    content_id = add_content(tx, upload.customer_id, manifest)
    SQL.set_content(tx.connection, upload_id=upload.id, content_id=content_id)
    return orphans


def finish_upload(
    tx: Transaction,
    upload: Upload,
    *,
    reasons: list[ContentProblem],
    training: dict[str, Any] | None,
    lock: str | None = None,
    package_digest: str | None = None,
    now: float,
) -> Upload:
    """Makes an upload `ready`, or `rejected` when there are reasons. One that is finalized already stays as it is.

    `lock` is what a package's requirements were resolved to, with hashes; nodes get it with their leases.
    `package_digest` is the SHA-256 of a package's zip; without it that of its manifest stands for it.

    Raises UPLOAD_INCOMPLETE, and STATE_CONFLICT if its content has been replaced since it was looked at.
    """
    current = get_upload(tx.connection, upload.customer_id, upload.kind, upload.public_id)
    if current.status is not ContentStatus.UPLOADING:
        return current
    if current.content_id != upload.content_id:
        raise ApiError(ErrorCode.STATE_CONFLICT, "another file was sent meanwhile", hint="Finalize again.")
    check_complete(tx.connection, current)
    SQL.set_finalized(
        tx.connection,
        upload_id=upload.id,
        status=(ContentStatus.REJECTED if reasons else ContentStatus.READY).value,
        reasons=msgspec.json.encode(reasons).decode(),
        training=None if training is None else msgspec.json.encode(training).decode(),
        lock=lock,
        package_digest=package_digest or current.digest if upload.kind is UploadKind.TRAINING_PACKAGE else None,
        now=now,
    )
    finished = get_upload(tx.connection, upload.customer_id, upload.kind, upload.public_id)
    _tell(tx, finished, finished.status.value, now)
    return finished


def delete_upload(tx: Transaction, upload: Upload, *, now: float) -> list[str]:
    """Deletes an upload and lets go of its chunks; gives the digests that nobody has any more.

    The row stays for jobs that name it. Raises STATE_CONFLICT while an active job uses it.
    """
    job_id = SQL.active_job_using(tx.connection, upload_id=upload.id)
    if job_id is not None:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"job {job_id} uses this {KIND_WORDS[upload.kind]}",
            hint=f"Wait until the job has ended, or cancel it: POST /customer/training-jobs/{job_id}/cancel",
        )
    if SQL.mark_deleted(tx.connection, upload_id=upload.id, now=now):
        _tell(tx, upload, DELETED, now)
    return [] if upload.content_id is None else let_go(tx, upload.customer_id, upload.content_id)


def expire_uploads(tx: Transaction, *, days: int, now: float) -> list[str]:
    """Deletes uploads that were begun so many days ago (their customer's own limit, or `days`) and never finalized;
    gives the digests nobody has any more."""
    orphans: list[str] = []
    for row in list(SQL.unfinished_too_long(tx.connection, usual_days=days, now=now)):
        upload = _upload(row)
        SQL.mark_deleted(tx.connection, upload_id=upload.id, now=now)
        _tell(tx, upload, DELETED, now)
        if upload.content_id is not None:
            orphans += let_go(tx, upload.customer_id, upload.content_id)
    return orphans


def _tell(tx: Transaction, upload: Upload, status: str, now: float) -> None:
    """Writes the event of where an upload stands into its customer's stream."""
    payload = {f"{upload.kind}_id": upload.public_id, "name": upload.name, "version": upload.version, "status": status}
    record(tx, EventKind(upload.kind.value), payload, customer_id=upload.customer_id, job_id=None, now=now)


def check_new_upload(kind: UploadKind, name: str, manifest: Manifest | None, file_name: str | None) -> None:
    """Raises VALIDATION_FAILED for a create that is at odds with itself; lengths of names are a limit's business."""
    if (manifest is None) == (file_name is None):
        raise validation_failed(files="give either files or file_name")
    if not name.strip() or not name.isprintable():
        raise validation_failed(name="must have visible characters, and only printable ones")
    if manifest is not None and not manifest.files:
        raise validation_failed(files="must have at least one file")
    if manifest is not None and kind is UploadKind.TRAINING_PACKAGE and manifest.file_count != 1:
        raise validation_failed(files="a training package is one zip file")


def file_of(connection: Connection, upload: Upload, path: str) -> FileEntry:
    """One file of an upload that is ready. Raises STATE_CONFLICT before it is, NOT_FOUND for a path it doesn't have."""
    if upload.status is not ContentStatus.READY or upload.content_id is None:
        raise ApiError(ErrorCode.STATE_CONFLICT, f"this {KIND_WORDS[upload.kind]} is {upload.status.value}")
    for entry in load_manifest(connection, upload.content_id).files:
        if entry.path == path:
            return entry
    raise ApiError(ErrorCode.NOT_FOUND, "there is no file of this path", hint="List its files: GET …/files")
