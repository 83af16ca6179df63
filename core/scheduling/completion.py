"""A result is looked at before it counts: every chunk there and right, every file hashed; then it is accepted.

Hashing reads bytes and belongs in a thread; accepting is a transaction. The backend joins the two.
"""

import hashlib
from collections.abc import Callable

import msgspec

from ..content.blobs import BlobStore
from ..content.uploads import load_manifest
from ..errors import ApiError, ErrorCode
from ..jobs.artifacts import Result
from ..jobs.attempts import SQL as ATTEMPTS_SQL
from ..jobs.attempts import Ending, load_attempt
from ..jobs.endings import complete_unit, try_again
from ..jobs.units import load_unit
from ..protocol.content import Manifest
from ..protocol.customer import AttemptOutcome, UnitState
from ..protocol.node import Fault
from ..store.database import Transaction
from ..store.sqlite import Connection
from .fairness import SQL, ReadyIndex

NewId = Callable[[], str]
NOT_THE_NAMED_BYTES = (ErrorCode.NOT_FOUND, ErrorCode.CHUNK_MISMATCH)


class Unverified(msgspec.Struct, frozen=True):
    """Files of a result that are to be hashed; `checkpoint` tells the newest checkpoint from the outputs."""

    content_id: int
    manifest: Manifest
    checkpoint: bool


class Verdict(msgspec.Struct, frozen=True):
    """What looking at a result gave: its parts with hashes, or what is wrong with it."""

    results: list[Result]
    problem: str | None


def waiting_for_verification(connection: Connection) -> list[int]:
    """Attempts whose result was taken but not looked at, such as when the server was stopped in between."""
    return [row["id"] for row in SQL.verifying(connection)]


def parts_of_result(connection: Connection, attempt_id: int) -> list[Unverified]:
    """The outputs of an attempt, and the newest checkpoint of its unit."""
    attempt = load_attempt(connection, attempt_id)
    parts: list[Unverified] = []
    if attempt.result_content_id is not None:
        manifest = load_manifest(connection, attempt.result_content_id)
        parts.append(Unverified(attempt.result_content_id, manifest, checkpoint=False))
    newest = ATTEMPTS_SQL.newest_checkpoint(connection, unit_id=attempt.unit_id)
    if newest is not None:
        parts.append(Unverified(newest["content_id"], load_manifest(connection, newest["content_id"]), checkpoint=True))
    return parts


def verify(parts: list[Unverified], blobs: BlobStore) -> Verdict:
    """Hashes every file from its chunks. Runs for as long as the bytes take: call it in a thread.

    Raises ApiError when this server's own disk refuses: that is no fault of the node's, and is tried again.
    """
    results: list[Result] = []
    for part in parts:
        hashes: dict[str, str] = {}
        for entry in part.manifest.files:
            digest, size = hashlib.sha256(), 0
            try:
                for piece in blobs.read(list(entry.chunks)):
                    digest.update(piece)
                    size += len(piece)
            except ApiError as error:
                if error.code not in NOT_THE_NAMED_BYTES:
                    raise
                return Verdict([], f"{entry.path} can't be read back: {error.message}")
            if size != entry.size_bytes:
                return Verdict([], f"{entry.path} has {size} bytes, {entry.size_bytes} were named")
            hashes[entry.path] = digest.hexdigest()
        results.append(Result(part.content_id, part.manifest, hashes, part.checkpoint))
    return Verdict(results, None)


def conclude(tx: Transaction, index: ReadyIndex, attempt_id: int, verdict: Verdict, now: float, new_id: NewId) -> None:
    """Accepts a verified result, or tries again elsewhere. An attempt that has ended meanwhile is passed over."""
    attempt = load_attempt(tx.connection, attempt_id)
    unit = load_unit(tx.connection, attempt.unit_id)
    if not attempt.live or unit.state != UnitState.VERIFYING:
        return
    if verdict.problem is None:
        complete_unit(tx, index, unit, attempt, verdict.results, now, new_id)
        return
    reason = f"the result was not accepted: {verdict.problem}"
    ending = Ending(AttemptOutcome.VERIFICATION_FAILED, reason, Fault.NODE, "verification")
    try_again(tx, index, unit, attempt, ending, now, new_id)
