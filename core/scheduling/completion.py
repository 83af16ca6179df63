"""A result is looked at before it counts: every chunk there and right, every file's hash known; then it is accepted.

Hashing reads bytes and belongs in a thread; accepting is a transaction. The backend joins the two.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping

import msgspec

from ..content.blobs import BlobStore
from ..content.contents import load_contents
from ..errors import ApiError, ErrorCode
from ..jobs.artifacts import Result
from ..jobs.attempts import SQL as ATTEMPTS_SQL
from ..jobs.attempts import Attempt, Ending, load_attempt, load_attempts
from ..jobs.endings import Accepted, complete_units, try_again
from ..jobs.units import Unit, load_unit, load_units
from ..protocol.content import FileEntry, Manifest
from ..protocol.customer import AttemptOutcome, UnitState
from ..protocol.node import Fault
from ..store.database import Transaction
from ..store.sqlite import Connection
from .fairness import SQL, ReadyIndex

NewId = Callable[[], str]
FILES_AT_ONCE = 16
_NOTHING = hashlib.sha256().hexdigest()
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


def parts_of_results(connection: Connection, attempt_ids: Iterable[int]) -> dict[int, list[Unverified]]:
    """By attempt: its outputs, and the newest checkpoint of its unit."""
    attempts = load_attempts(connection, attempt_ids).values()
    units = msgspec.json.encode([attempt.unit_id for attempt in attempts]).decode()
    rows = ATTEMPTS_SQL.newest_checkpoints(connection, unit_ids=units)
    checkpoints = {row["unit_id"]: row["content_id"] for row in rows}
    outputs = [attempt.result_content_id for attempt in attempts if attempt.result_content_id is not None]
    contents = load_contents(connection, [*outputs, *checkpoints.values()])
    parts: dict[int, list[Unverified]] = {}
    for attempt in attempts:
        found = parts[attempt.id] = []
        if attempt.result_content_id is not None:
            manifest = contents[attempt.result_content_id].manifest
            found.append(Unverified(attempt.result_content_id, manifest, checkpoint=False))
        content_id = checkpoints.get(attempt.unit_id)
        if content_id is not None:
            found.append(Unverified(content_id, contents[content_id].manifest, checkpoint=True))
    return parts


def _known_hash(entry: FileEntry, blobs: BlobStore) -> str | None:
    """The SHA-256 of a file if nothing has to be read for it: one that is all of a chunk has the chunk's, which this
    server made when the bytes came."""
    if not entry.chunks:
        return _NOTHING
    chunk = whole_chunk(entry)
    return chunk if chunk is not None and blobs.size(chunk) == entry.size_bytes else None


def _known_hashes(manifest: Manifest, blobs: BlobStore) -> dict[str, str] | None:
    """That of every file by path, or None when one has to be read. Raises ApiError when this server's disk refuses."""
    hashes: dict[str, str] = {}
    for entry in manifest.files:
        known = _known_hash(entry, blobs)
        if known is None:
            return None
        hashes[entry.path] = known
    return hashes


def _hashes_at_once(manifest: Manifest, blobs: BlobStore) -> dict[str, str] | None:
    """The same where a disk that refuses makes no difference: the result is taken, and looked at when it answers."""
    try:
        return _known_hashes(manifest, blobs)
    except ApiError:
        return None


def bytes_to_hash(parts: list[Unverified]) -> int:
    """How much `verify` reads."""
    return sum(entry.size_bytes for part in parts for entry in part.manifest.files if whole_chunk(entry) is None)


def whole_chunk(entry: FileEntry) -> str | None:
    """The digest of the one chunk that is all of a file, if it is made of one from its beginning. Whether the chunk
    goes on after the file's end is for the store of chunks to say."""
    if len(entry.chunks) == 1 and entry.chunks[0].offset == 0:
        return entry.chunks[0].digest
    return None


def verify(parts: list[Unverified], blobs: BlobStore) -> Verdict:
    """The SHA-256 of every file; those not known yet are read, for as long as that takes: call it in a thread.

    Raises ApiError when this server's own disk refuses: that is no fault of the node's, and is tried again.
    """
    results: list[Result] = []
    for part in parts:
        hashes: dict[str, str] = {}
        for entry in part.manifest.files:
            known = _known_hash(entry, blobs)
            if known is not None:
                hashes[entry.path] = known
                continue
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


class Arrived(msgspec.Struct, frozen=True):
    """A result that has just been reported, its unit and attempt as they are in the store."""

    unit: Unit
    attempt: Attempt
    content_id: int
    manifest: Manifest


def accept_at_once(
    tx: Transaction, index: ReadyIndex, arrived: Iterable[Arrived], blobs: BlobStore, now: float, new_id: NewId
) -> list[int]:
    """Accepts results for which nothing has to be read, in the transaction that took them. Gives the attempts of the
    others, which are to be verified: also where there may be a checkpoint, or many files to be looked for."""
    accepted: list[Accepted] = []
    to_verify: list[int] = []
    for one in arrived:
        is_small = one.manifest.file_count <= FILES_AT_ONCE
        is_first = one.unit.attempts == 1 and one.attempt.checkpoint_through == 0
        hashes = _hashes_at_once(one.manifest, blobs) if is_small and is_first else None
        if hashes is None:
            to_verify.append(one.attempt.id)
        else:
            result = Result(one.content_id, one.manifest, hashes, checkpoint=False)
            accepted.append(Accepted(one.unit, one.attempt, [result]))
    complete_units(tx, index, accepted, now, new_id)
    return to_verify


def conclude(tx: Transaction, index: ReadyIndex, verdicts: Mapping[int, Verdict], now: float, new_id: NewId) -> None:
    """Accepts results (by attempt) that were looked at, or tries again elsewhere. Attempts that have ended meanwhile
    are passed over."""
    attempts = load_attempts(tx.connection, verdicts)
    units = load_units(tx.connection, {attempt.unit_id for attempt in attempts.values()})
    accepted: dict[int, Accepted] = {}
    for attempt_id, verdict in verdicts.items():
        attempt = attempts[attempt_id]
        unit = units[attempt.unit_id]
        if verdict.problem is None and attempt.live and unit.state == UnitState.VERIFYING:
            accepted.setdefault(unit.id, Accepted(unit, attempt, verdict.results))
    complete_units(tx, index, list(accepted.values()), now, new_id)
    for attempt_id, verdict in verdicts.items():
        if verdict.problem is not None:
            _refuse(tx, index, attempt_id, verdict.problem, now, new_id)


def _refuse(tx: Transaction, index: ReadyIndex, attempt_id: int, problem: str, now: float, new_id: NewId) -> None:
    attempt = load_attempt(tx.connection, attempt_id)
    unit = load_unit(tx.connection, attempt.unit_id)
    if attempt.live and unit.state == UnitState.VERIFYING:
        reason = f"the result was not accepted: {problem}"
        ending = Ending(AttemptOutcome.VERIFICATION_FAILED, reason, Fault.NODE, "verification")
        try_again(tx, index, unit, attempt, ending, now, new_id)
