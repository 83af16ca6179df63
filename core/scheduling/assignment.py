"""What a leased attempt needs, written out for its node: files with their URLs, limits, where it goes on from."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice

import msgspec

from ..accounts.limits import limits_once
from ..content.contents import MissingContent, StoredManifest, load_content, load_contents
from ..jobs.artifacts import CHECKPOINT_FOLDER
from ..jobs.attempts import SQL as ATTEMPTS_SQL
from ..jobs.attempts import Attempt
from ..jobs.jobs import NO_INPUTS
from ..jobs.jobs import SQL as JOBS_SQL
from ..jobs.units import SQL as UNITS_SQL
from ..jobs.units import Unit, unit_label
from ..planning.plan import Role
from ..protocol.content import Manifest
from ..protocol.node import URLS_PER_ANSWER, Content, Lease, StartCheckpoint, UnitLimits
from ..store.database import Transaction
from ..store.sqlite import Row
from .fairness import SQL


class Urls(msgspec.Struct, frozen=True):
    """How signed URLs are made: to GET a chunk `(digest, size_bytes)`, and to PUT one for a customer
    `(customer_id, digest, size_bytes)`."""

    get_chunk: Callable[[str, int], str]
    put_chunk: Callable[[int, str, int], str]


class _Needed(msgspec.Struct, frozen=True):
    """A set of files a unit needs, by what it is to it: `package`, `data`, `checkpoint`, or the name of an input."""

    place: str
    manifest: Manifest
    digest: str
    step: int | None = None


def needs_of(tx: Transaction, unit_ids: Iterable[int]) -> dict[int, list[Row]]:
    """By unit, the units it needs. Their results, which many units may share, are read at once."""
    needs: dict[int, list[Row]] = {unit_id: [] for unit_id in unit_ids}
    if not needs:
        return needs
    results: set[int] = set()
    for row in UNITS_SQL.needs_of(tx.connection, ids=msgspec.json.encode(list(needs)).decode()):
        needs[row["unit_id"]].append(row)
        if row["result_content_id"] is not None:
            results.add(row["result_content_id"])
    for content_id, content in load_contents(tx.connection, results).items() if results else ():
        tx.once(("content", content_id), partial(_itself, content))
    return needs


def _itself(content: StoredManifest) -> StoredManifest:
    return content


def _needed(tx: Transaction, unit: Unit, attempt: Attempt, needs: list[Row]) -> Iterator[_Needed]:
    job = _contents_of_job(tx, unit.job_id)
    if not unit.spec.stage:
        yield _found(tx, "package", job["package_content_id"])
    yield _found(tx, "data", job["data_content_id"])
    if not unit.spec.stage and job["inputs"] != NO_INPUTS:
        for row in JOBS_SQL.inputs_of_job(tx.connection, job_id=unit.job_id):
            yield _found(tx, f"inputs/{row['name']}", row["content_id"])
    start = _start_checkpoint(tx, unit, attempt, job)
    if start is not None:
        yield _found(tx, "checkpoint", start["content_id"], start["step"])
    for row in needs:
        label = unit_label(row["role"], row["number"], row["count"])
        newest = None
        if row["role"] in unit.spec.with_checkpoint_of:
            newest = ATTEMPTS_SQL.newest_checkpoint(tx.connection, unit_id=row["id"])
        if row["result_content_id"] is not None:
            outputs = _found(tx, f"inputs/{label}", row["result_content_id"])
            yield outputs if newest is None else _without_checkpoint_folder(outputs)
        if newest is not None:
            yield _found(tx, f"inputs/{label}/{CHECKPOINT_FOLDER}", newest["content_id"], newest["step"])


def _start_checkpoint(tx: Transaction, unit: Unit, attempt: Attempt, job: Row) -> Row | None:
    """Where an attempt goes on from: a checkpoint of its own unit, or, before there is one, the job's for training."""
    row: Row | None = None
    if attempt.start_checkpoint_id is not None:
        row = ATTEMPTS_SQL.checkpoint(tx.connection, id=attempt.start_checkpoint_id)
    elif unit.role == Role.TRAIN and job["start_checkpoint_artifact_id"] is not None:
        row = JOBS_SQL.start_checkpoint(
            tx.connection, id=job["start_checkpoint_artifact_id"], customer_id=unit.customer_id
        )
    return row


def find_contents(tx: Transaction, unit: Unit) -> None:
    """Has what a unit's lease takes from its job ready in this transaction; that something is missing is found when the
    lease is made."""
    job = _contents_of_job(tx, unit.job_id)
    with suppress(MissingContent):
        _content(tx, job["data_content_id"])
        if not unit.spec.stage:
            _content(tx, job["package_content_id"])


def _contents_of_job(tx: Transaction, job_id: int) -> Row:
    """Its params, the keys of its dataset's and package's files, and the lock of what the package requires."""
    row: Row = tx.once(("contents of job", job_id), lambda: JOBS_SQL.contents_of_job(tx.connection, job_id=job_id))
    return row


def _found(tx: Transaction, place: str, content_id: int, step: int | None = None) -> _Needed:
    content = _content(tx, content_id)
    return _Needed(place, content.manifest, content.digest, step)


def _content(tx: Transaction, content_id: int) -> StoredManifest:
    return tx.once(("content", content_id), lambda: load_content(tx.connection, content_id))


def _without_checkpoint_folder(outputs: _Needed) -> _Needed:
    """Outputs that lie where a unit finds the checkpoint give way to it."""
    kept = [entry for entry in outputs.manifest.files if entry.path.split("/", 1)[0] != CHECKPOINT_FOLDER]
    manifest = Manifest(kept)
    return msgspec.structs.replace(outputs, manifest=manifest, digest=manifest.digest)


def _with_urls(tx: Transaction, needed: _Needed, urls: Urls, most: int) -> Content:
    """The files with URLs of their chunks, so many at most; the same for all leases of a transaction."""

    def whole() -> Content:
        sizes = islice(needed.manifest.chunk_sizes().items(), URLS_PER_ANSWER)
        return Content(needed.digest, needed.manifest, {digest: urls.get_chunk(digest, size) for digest, size in sizes})

    content = tx.once(("with urls", needed.digest), whole)
    if len(content.urls) <= most:
        return content
    return msgspec.structs.replace(content, urls=dict(islice(content.urls.items(), most)))


def build_lease(
    tx: Transaction, unit: Unit, attempt: Attempt, needs: list[Row], urls: Urls, lease_seconds_left: float
) -> Lease:
    """The whole lease; `needs` are the unit's of `needs_of`. At most 1,000 URLs are in it, the rest is asked for by
    `need_urls`. Reads only. Raises MissingContent when files that the unit needs are no more."""
    class_id = unit.class_id
    kind: str = tx.ever(("kind of class", class_id), lambda: SQL.kind_of_class(tx.connection, id=class_id))
    sensitivity: str = tx.ever(
        ("sensitivity of class", class_id), lambda: SQL.sensitivity_of_class(tx.connection, id=class_id)
    )
    contents: dict[str, Content] = {}
    start: StartCheckpoint | None = None
    left = URLS_PER_ANSWER
    for needed in _needed(tx, unit, attempt, needs):
        content = _with_urls(tx, needed, urls, left)
        left -= len(content.urls)
        if needed.place == "checkpoint":
            start = StartCheckpoint(needed.step, content)
        else:
            contents[needed.place] = content
    spec = unit.spec
    limits = limits_once(tx, unit.customer_id)
    package = contents.pop("package", None)
    job = _contents_of_job(tx, unit.job_id)
    return Lease(
        attempt_id=attempt.public_id,
        token=attempt.token,
        unit_id=unit.public_id,
        number=attempt.number,
        lease_seconds_left=lease_seconds_left,
        unit_kind=kind,
        role=unit.role,
        index=unit.number,
        count=unit.count,
        round=unit.round,
        script=spec.script,
        stage=spec.stage,
        params=msgspec.json.decode(job["params"]),
        python=spec.python,
        requirements=spec.requirements,
        lock=job["lock"] if spec.requirements else None,
        limits=UnitLimits(
            max_runtime_seconds=float(unit.planned_seconds),
            memory_mb=spec.memory_mb,
            disk_mb=spec.scratch_mb,
            vram_mb=spec.vram_mb,
            cpus=spec.cpus,
            output_bytes=limits.output_bytes_per_unit,
            log_bytes=limits.log_bytes_per_unit,
            log_line_bytes=limits.log_line_bytes,
            metric_points=limits.metric_points_per_unit,
            checkpoint_every_seconds=spec.checkpoint_every_seconds,
        ),
        package_digest=job["package_digest"] or "" if package else "",
        package=package,
        data=contents.pop("data"),
        inputs={place.removeprefix("inputs/"): content for place, content in contents.items()},
        checkpoint=start,
        gpu_uuid=attempt.gpu_uuid,
        sensitivity=sensitivity,
    )


def more_urls(tx: Transaction, unit: Unit, attempt: Attempt, digests: list[str], urls: Urls) -> dict[str, str]:
    """Fresh URLs for chunks that the attempt's lease names, 1,000 at most; others, and what is no more, are passed
    over."""
    sizes: dict[str, int] = {}
    with suppress(MissingContent):
        for needed in _needed(tx, unit, attempt, needs_of(tx, [unit.id])[unit.id]):
            sizes.update(needed.manifest.chunk_sizes())
    wanted = [digest for digest in dict.fromkeys(digests) if digest in sizes]
    return {digest: urls.get_chunk(digest, sizes[digest]) for digest in wanted[:URLS_PER_ANSWER]}
