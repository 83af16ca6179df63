"""Artifacts: one file each that a job made, named `<role>[-<index>]/<path>`, unique within the job."""

import hashlib
import posixpath
import re
from collections.abc import Callable

import msgspec

from ..clock import rfc3339
from ..content.contents import load_manifest
from ..errors import ApiError, ErrorCode
from ..events.events import EventKind, record
from ..protocol.content import ChunkRef, FileEntry, Manifest
from ..protocol.customer import Artifact, ArtifactType
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .attempts import Attempt
from .records import log_text
from .retention import expires_at, is_over
from .units import Unit

SQL = named_sql(__file__, "artifacts")
METRICS_FILE = "metrics.jsonl"
CHECKPOINT_FOLDER = "checkpoint"
OUTPUT_FOLDER = "output"
LOG_NAME = re.compile(r"attempt-[0-9]+\.log")
PICKLE_SUFFIXES = frozenset({".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".bin"})


class Result(msgspec.Struct, frozen=True):
    """A set of files that became part of a unit's result, with the SHA-256 of each by path."""

    content_id: int
    manifest: Manifest
    sha256: dict[str, str]
    checkpoint: bool


class ArtifactSource(msgspec.Struct, frozen=True):
    """What a download URL is made from."""

    id: int
    name: str
    size_bytes: int
    sha256: str


class ArtifactBytes(msgspec.Struct, frozen=True):
    """Where an artifact's bytes are: its text, or slices of chunks in order."""

    name: str
    size_bytes: int
    text: bytes | None
    chunks: list[ChunkRef]


def may_run_code(path: str) -> bool:
    """Whether a file of this name may hold pickles, which run code when loaded. NumPy's own formats refuse them by
    default and don't count."""
    return posixpath.splitext(path)[1].lower() in PICKLE_SUFFIXES


def artifact_name(label: str, path: str, *, checkpoint: bool) -> str:
    """The name within the job. An output that lies where checkpoints and logs are named gives way to them."""
    if checkpoint:
        return f"{label}/{CHECKPOINT_FOLDER}/{path}"
    if path.split("/", 1)[0] in (CHECKPOINT_FOLDER, OUTPUT_FOLDER) or LOG_NAME.fullmatch(path):
        return f"{label}/{OUTPUT_FOLDER}/{path}"
    return f"{label}/{path}"


def add_results(
    tx: Transaction, unit: Unit, attempt: Attempt, results: list[Result], now: float, new_id: Callable[[], str]
) -> None:
    """Makes an artifact of every file of a completed unit."""
    for result in results:
        for entry in result.manifest.files:
            _add(
                tx,
                unit,
                artifact_type=_type_of(entry, checkpoint=result.checkpoint),
                name=artifact_name(unit.label, entry.path, checkpoint=result.checkpoint),
                attempt=attempt.number,
                content_id=result.content_id,
                path=entry.path,
                size_bytes=entry.size_bytes,
                sha256=result.sha256[entry.path],
                now=now,
                new_id=new_id,
            )


def forget_results(tx: Transaction, unit: Unit) -> None:
    """Removes the artifacts of a unit whose result was invalidated, but its logs: URLs to them are good no more."""
    SQL.forget_results(tx.connection, unit_id=unit.id)


def add_log(tx: Transaction, unit: Unit, attempt: Attempt, now: float, new_id: Callable[[], str]) -> None:
    """Makes the log of an attempt that has ended an artifact. One that never began and wrote nothing has none."""
    text = log_text(tx.connection, unit.id, attempt.number) if unit.log_number else b""
    if not text and attempt.started_at is None:
        return
    _add(
        tx,
        unit,
        artifact_type=ArtifactType.LOGS,
        name=f"{unit.label}/attempt-{attempt.number}.log",
        attempt=attempt.number,
        content_id=None,
        path=None,
        size_bytes=len(text),
        sha256=hashlib.sha256(text).hexdigest(),
        now=now,
        new_id=new_id,
    )


def _type_of(entry: FileEntry, *, checkpoint: bool) -> ArtifactType:
    if checkpoint:
        return ArtifactType.CHECKPOINT
    return ArtifactType.METRICS if entry.path == METRICS_FILE else ArtifactType.OUTPUT


def _add(
    tx: Transaction,
    unit: Unit,
    *,
    artifact_type: ArtifactType,
    name: str,
    attempt: int,
    content_id: int | None,
    path: str | None,
    size_bytes: int,
    sha256: str,
    now: float,
    new_id: Callable[[], str],
) -> None:
    public_id = new_id()
    columns = {
        "public_id": public_id,
        "job_id": unit.job_id,
        "unit_id": unit.id,
        "type": artifact_type.value,
        "name": name,
        "attempt": attempt,
        "content_id": content_id,
        "path": path,
        "size_bytes": size_bytes,
        "sha256": sha256,
        "may_run_code": may_run_code(name),
        "created_at": now,
    }
    tx.insert("artifacts", **columns)
    payload = {
        "artifact_id": public_id,
        "type": artifact_type.value,
        "name": name,
        "size_bytes": size_bytes,
        "compute_unit_id": unit.public_id,
    }
    record(tx, EventKind.ARTIFACT, payload, customer_id=unit.customer_id, job_id=unit.job_id, now=now)


def artifacts_of_job(
    connection: Connection, job_id: int, *, after: int | None, limit: int, keep_seconds: float
) -> list[tuple[int, Artifact]]:
    """A job's artifacts in the order they were made, each with the key to go on from."""
    rows = SQL.artifacts_of_job(connection, job_id=job_id, after=after or 0, limit=limit)
    return [(row["id"], _shown(row, keep_seconds)) for row in rows]


def artifacts_of_ids(connection: Connection, ids: list[str], *, keep_seconds: float) -> list[Artifact]:
    """Those of these artifacts that are there, by their public ids."""
    rows = SQL.artifacts_of_ids(connection, ids=msgspec.json.encode(ids).decode())
    return [_shown(row, keep_seconds) for row in rows]


def _shown(row: Row, keep_seconds: float) -> Artifact:
    return Artifact(
        id=row["public_id"],
        type=ArtifactType(row["type"]),
        name=row["name"],
        compute_unit_id=row["unit_public_id"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        may_run_code=bool(row["may_run_code"]),
        open=bool(row["is_open"]),
        created_at=rfc3339(row["created_at"]),
        expires_at=rfc3339(expires_at(row["created_at"], row["finished_at"], keep_seconds)),
    )


def artifact_source(connection: Connection, customer_id: int, job_id: str, artifact_id: str) -> ArtifactSource:
    """The artifact, if it is this customer's, open and still kept. Raises ARTIFACT_NOT_FOUND, STATE_CONFLICT."""
    row = SQL.artifact(connection, customer_id=customer_id, job_id=job_id, artifact_id=artifact_id)
    if row is None:
        raise ApiError(ErrorCode.ARTIFACT_NOT_FOUND)
    if is_over(row["retention"]):
        raise ApiError(
            ErrorCode.ARTIFACT_NOT_FOUND,
            "this artifact is no longer kept",
            hint="Its expires_at is past. Run the job again if you need the file: POST /customer/training-jobs",
        )
    if not row["is_open"]:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            "this artifact opens when its compute unit is completed",
            hint="Wait for the unit: GET /customer/training-jobs/:id/compute-units",
        )
    return ArtifactSource(row["id"], row["name"], row["size_bytes"], row["sha256"])


def artifact_bytes(connection: Connection, artifact_id: int) -> ArtifactBytes:
    """Where the bytes of an artifact are. Raises ARTIFACT_NOT_FOUND when it is gone since its URL was signed."""
    row = SQL.artifact_source(connection, id=artifact_id)
    if row is None:
        raise ApiError(ErrorCode.ARTIFACT_NOT_FOUND)
    if row["content_id"] is None:
        text = log_text(connection, row["unit_id"], row["attempt"])
        return ArtifactBytes(row["name"], len(text), text, [])
    manifest = load_manifest(connection, row["content_id"])
    for entry in manifest.files:
        if entry.path == row["path"]:
            return ArtifactBytes(row["name"], entry.size_bytes, None, list(entry.chunks))
    raise ApiError(ErrorCode.ARTIFACT_NOT_FOUND)
