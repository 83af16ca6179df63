"""What each report of a node does. Replays and superseded tokens change nothing, and are told so."""

from collections.abc import Callable, Iterable

import msgspec

from ..accounts.limits import limits_once
from ..content.contents import add_content
from ..content.manifest import CHUNK_SIZE_BYTES, ManifestLimits, check_manifest, is_digest
from ..content.uploads import missing_of
from ..errors import ApiError
from ..jobs.attempts import SQL as ATTEMPTS_SQL
from ..jobs.attempts import (
    Attempt,
    Ending,
    change_attempt,
    find_attempts,
    forget_stale_checkpoints,
    live_attempts_of_node,
)
from ..jobs.endings import fail_attempt, try_again, unit_began
from ..jobs.jobs import unit_progressed
from ..jobs.records import append_log, append_metrics
from ..jobs.units import Unit, load_units, move_unit
from ..protocol.content import Manifest
from ..protocol.customer import AttemptOutcome, UnitState
from ..protocol.node import (
    OUTPUT_FILES,
    URLS_PER_ANSWER,
    AnyReport,
    CheckpointReport,
    ChunkUpload,
    CompletedReport,
    ExitedReport,
    FailedReport,
    Fault,
    LogReport,
    MetricsReport,
    NeedUrlsReport,
    ReleasedReport,
    ReportAnswer,
    ReportStatus,
    StartedReport,
    StepReport,
)
from ..store.database import Transaction
from ..store.sqlite import Connection
from .assignment import Urls, more_urls
from .fairness import ReadyIndex

NewId = Callable[[], str]
REASON_CHARACTERS = 2_000
WALL_CLOCK = "wall_clock"


def is_leased(attempt: Attempt) -> bool:
    """Whether a live attempt has a lease that runs, and a node that has something to do for it."""
    return attempt.lease_expires_at is not None and attempt.result_content_id is None


class HeldAttempts:
    """The attempts that a node's call names, with their units, as they are at each moment of the call: read at once,
    and again only where a rule has changed them that gives nothing back. `leased`: all leases that the node had
    when it called, named or not."""

    def __init__(self, connection: Connection, node_id: int, named: Iterable[str]) -> None:
        self._connection = connection
        self._node_id = node_id
        self._named = set(named)
        live = {attempt.public_id: attempt for attempt in live_attempts_of_node(connection, node_id)}
        self.leased = {each.public_id for each in live.values() if is_leased(each)}
        self._attempts = {public_id: live[public_id] for public_id in self._named & live.keys()}
        self._units = load_units(connection, [attempt.unit_id for attempt in self._attempts.values()])
        self._unread = self._named - live.keys()

    def attempt(self, public_id: str) -> Attempt | None:
        """The node's attempt with this id, one of those named, if there is one."""
        if self._unread:
            found = find_attempts(self._connection, self._unread, self._node_id)
            self._units |= load_units(self._connection, {attempt.unit_id for attempt in found.values()})
            self._attempts |= found
            self._unread = set()
        return self._attempts.get(public_id)

    def unit(self, attempt: Attempt) -> Unit:
        """The unit of an attempt that `attempt` gave."""
        return self._units[attempt.unit_id]

    def keep(self, unit: Unit, attempt: Attempt) -> None:
        """Both are as they are now."""
        self._attempts[attempt.public_id] = attempt
        self._units[unit.id] = unit

    def forget(self, attempt: Attempt | None = None) -> None:
        """This attempt or its unit may have changed, or, without one, any."""
        self._unread |= self._named if attempt is None else {attempt.public_id}


class NamedChunks:
    """The chunks that a call's reports name, looked for at once for each customer."""

    def __init__(self, reports: Iterable[AnyReport | ReportAnswer]) -> None:
        self._sizes: dict[str, int] = {}
        for report in reports:
            if isinstance(report, CompletedReport | CheckpointReport):
                for digest, size in report.manifest.chunk_sizes().items():
                    if not is_digest(digest) or size > CHUNK_SIZE_BYTES:
                        continue  # `check_manifest` refuses its report
                    self._sizes[digest] = max(size, self._sizes.get(digest, 0))
        self._missing: dict[int, set[str]] = {}

    def missing(self, connection: Connection, customer_id: int, sizes: dict[str, int]) -> list[tuple[str, int]]:
        """Which of these chunks of one of the reports the customer has not sent, as (digest, size in bytes)."""
        found = self._missing.get(customer_id)
        if found is None:
            rows = missing_of(connection, customer_id, self._sizes)
            found = self._missing[customer_id] = {digest for digest, _ in rows}
        lacking = {digest: size for digest, size in sizes.items() if digest in found}
        # one report's size of a chunk may be more than was sent, and another's not
        return missing_of(connection, customer_id, lacking) if lacking else []

    def look_again(self) -> None:
        """Chunks may have been let go."""
        self._missing.clear()


class Reporting(msgspec.Struct, frozen=True):
    """What reports are applied with. `known_limits` are the running times in seconds that the node allows its attempts;
    `results` gathers the manifests of results that have arrived whole, both by the attempts' public ids, `orphans` the
    digests of chunks that nobody has any more."""

    held: HeldAttempts
    chunks: NamedChunks
    index: ReadyIndex
    urls: Urls
    now: float
    new_id: NewId
    known_limits: dict[str, float]
    results: dict[str, Manifest]
    orphans: list[str]


_OVER = {AttemptOutcome.LOST, AttemptOutcome.SUPERSEDED, AttemptOutcome.CANCELLED, AttemptOutcome.RELEASED}


def apply_report(tx: Transaction, report: AnyReport, using: Reporting) -> ReportAnswer:
    """Applies one report of an attempt that its node holds, and answers it."""
    attempt = using.held.attempt(report.attempt_id)
    if attempt is None or attempt.token != report.token:
        return _answer(report, ReportStatus.SUPERSEDED, "this token is not good for an attempt of this node")
    if attempt.outcome is not None:
        over = attempt.outcome in _OVER
        status = ReportStatus.SUPERSEDED if over else ReportStatus.REPLAYED
        return _answer(report, status, f"the attempt has ended: {attempt.outcome}")
    if attempt.result_content_id is not None and not isinstance(report, LogReport | MetricsReport):
        return _answer(report, ReportStatus.REPLAYED, "the result is here and is being looked at")
    unit = using.held.unit(attempt)
    if isinstance(report, ExitedReport | CompletedReport | FailedReport | ReleasedReport) and report.energy_joules:
        tx.update("attempts", attempt.id, energy_joules=report.energy_joules)
    match report:
        case StartedReport():
            return _started(tx, unit, attempt, report, using)
        case ExitedReport():
            return _exited(tx, unit, attempt, report, using)
        case CompletedReport():
            return _completed(tx, unit, attempt, report, using)
        case NeedUrlsReport():
            found = more_urls(tx, unit, attempt, report.digests, using.urls)
            return msgspec.structs.replace(_answer(report, ReportStatus.ACCEPTED), urls=found)
    using.held.forget(None if isinstance(report, FailedReport | ReleasedReport) else attempt)
    match report:
        case StepReport():
            return _step(tx, unit, attempt, report, using.now)
        case LogReport():
            append_log(tx, unit, attempt, report.lines, limits_once(tx, unit.customer_id), using.now)
            return _answer(report, ReportStatus.ACCEPTED)
        case MetricsReport():
            append_metrics(tx, unit, attempt, report.points, limits_once(tx, unit.customer_id), using.now)
            return _answer(report, ReportStatus.ACCEPTED)
        case CheckpointReport():
            return _checkpoint(tx, unit, attempt, report, using)
        case FailedReport():
            return _failed(tx, unit, attempt, report, using)
        case ReleasedReport():
            ending = Ending(AttemptOutcome.RELEASED, _clipped(report.reason), Fault.NODE, "released")
            try_again(tx, using.index, unit, attempt, ending, using.now, using.new_id)
            return _answer(report, ReportStatus.ACCEPTED)


def _answer(report: AnyReport, status: ReportStatus, message: str = "") -> ReportAnswer:
    return ReportAnswer(report.attempt_id, report.number, status, message)


def _clipped(text: str) -> str:
    return text[:REASON_CHARACTERS].encode("utf-8", "replace").decode()


def _accepted_seconds(unit: Unit, attempt: Attempt, claimed_seconds: float, now: float) -> float:
    """The backend's own seconds since `started`, never more than the node claims or the hold covers."""
    if attempt.started_at is None:
        return 0.0
    return max(0.0, min(now - attempt.started_at, claimed_seconds, float(unit.planned_seconds)))


def _started(tx: Transaction, unit: Unit, attempt: Attempt, report: StartedReport, using: Reporting) -> ReportAnswer:
    if attempt.started_at is not None:
        return _answer(report, ReportStatus.REPLAYED)
    attempt = change_attempt(tx, attempt, started_at=using.now)
    if unit.state == UnitState.LEASED:
        unit = move_unit(tx, using.index, unit, UnitState.RUNNING, using.now)
        unit_began(tx, unit, using.now)
    using.held.keep(unit, attempt)
    return _answer(report, ReportStatus.ACCEPTED)


def _exited(tx: Transaction, unit: Unit, attempt: Attempt, report: ExitedReport, using: Reporting) -> ReportAnswer:
    if attempt.exited_at is not None:
        return _answer(report, ReportStatus.REPLAYED)
    seconds = max(attempt.accepted_seconds, _accepted_seconds(unit, attempt, report.run_seconds, using.now))
    tx.update("attempts", attempt.id, exit_code=report.exit_code)
    using.held.keep(unit, change_attempt(tx, attempt, exited_at=using.now, accepted_seconds=seconds))
    return _answer(report, ReportStatus.ACCEPTED)


def _step(tx: Transaction, unit: Unit, attempt: Attempt, report: StepReport, now: float) -> ReportAnswer:
    ATTEMPTS_SQL.set_step(tx.connection, id=attempt.id, step=report.step, of=report.of, now=now)
    if report.of:
        is_first = attempt.last_step is None
        unit_progressed(tx, unit, min(1.0, report.step / report.of), now, is_first=is_first)
    return _answer(report, ReportStatus.ACCEPTED)


def _missing(
    tx: Transaction, unit: Unit, report: AnyReport, manifest: Manifest, using: Reporting
) -> ReportAnswer | None:
    """What is still to be sent of a manifest, with URLs for the first 1,000 chunks; None when all is there."""
    missing = using.chunks.missing(tx.connection, unit.customer_id, manifest.chunk_sizes())
    if not missing:
        return None
    uploads = [
        ChunkUpload(digest, size, using.urls.put_chunk(unit.customer_id, digest, size))
        for digest, size in missing[:URLS_PER_ANSWER]
    ]
    return ReportAnswer(
        report.attempt_id, report.number, ReportStatus.MISSING, missing=uploads, missing_count=len(missing)
    )


def _checked(tx: Transaction, unit: Unit, manifest: Manifest) -> str | None:
    """What is wrong with a manifest a node sent, if anything."""
    most = limits_once(tx, unit.customer_id).output_bytes_per_unit
    try:
        check_manifest(manifest, ManifestLimits(max_files=OUTPUT_FILES, max_size_bytes=most))
    except ApiError as error:
        return error.message
    return None


def _checkpoint(
    tx: Transaction, unit: Unit, attempt: Attempt, report: CheckpointReport, using: Reporting
) -> ReportAnswer:
    if report.checkpoint <= attempt.checkpoint_through:
        return _answer(report, ReportStatus.REPLAYED)
    if problem := _checked(tx, unit, report.manifest):
        return _answer(report, ReportStatus.REFUSED, problem)
    missing = _missing(tx, unit, report, report.manifest, using)
    if missing is not None:
        return missing
    content_id = add_content(tx, unit.customer_id, report.manifest)
    seconds = _accepted_seconds(unit, attempt, report.run_seconds, using.now)
    tx.insert(
        "checkpoints",
        unit_id=unit.id,
        attempt_id=attempt.id,
        number=report.checkpoint,
        step=report.step,
        content_id=content_id,
        accepted_seconds=seconds,
        created_at=using.now,
    )
    ATTEMPTS_SQL.set_checkpoint(tx.connection, id=attempt.id, checkpoint_through=report.checkpoint)
    using.orphans.extend(forget_stale_checkpoints(tx, unit))
    using.chunks.look_again()
    return _answer(report, ReportStatus.ACCEPTED)


def _completed(
    tx: Transaction, unit: Unit, attempt: Attempt, report: CompletedReport, using: Reporting
) -> ReportAnswer:
    if unit.state != UnitState.RUNNING or attempt.exited_at is None:
        return _answer(report, ReportStatus.REFUSED, "the attempt was not started, or has not said that it exited")
    if problem := _checked(tx, unit, report.manifest):
        ending = Ending(AttemptOutcome.VERIFICATION_FAILED, problem, Fault.NODE, "verification")
        using.held.forget()
        try_again(tx, using.index, unit, attempt, ending, using.now, using.new_id)
        return _answer(report, ReportStatus.REFUSED, problem)
    missing = _missing(tx, unit, report, report.manifest, using)
    if missing is not None:
        return missing
    content_id = add_content(tx, unit.customer_id, report.manifest)
    attempt = change_attempt(tx, attempt, result_content_id=content_id)
    using.held.keep(move_unit(tx, using.index, unit, UnitState.VERIFYING, using.now), attempt)
    using.results[attempt.public_id] = report.manifest
    return _answer(report, ReportStatus.ACCEPTED)


def _failed(tx: Transaction, unit: Unit, attempt: Attempt, report: FailedReport, using: Reporting) -> ReportAnswer:
    ending = Ending(
        AttemptOutcome.FAILED,
        _clipped(report.message),
        report.fault,
        report.code[:40],
        report.exit_code,
        report.limit,
        report.measured,
    )
    if _was_stopped_too_early(unit, report, using):
        reason = f"{ending.reason}; the node had not heard yet that its customer gave it more time"
        ending = msgspec.structs.replace(ending, fault=Fault.NODE, reason=_clipped(reason))
        try_again(tx, using.index, unit, attempt, ending, using.now, using.new_id)
    elif report.fault == Fault.CUSTOMER:
        fail_attempt(tx, using.index, unit, attempt, ending, using.now, using.new_id)
    else:
        try_again(tx, using.index, unit, attempt, ending, using.now, using.new_id)
    return _answer(report, ReportStatus.ACCEPTED)


def _was_stopped_too_early(unit: Unit, report: FailedReport, using: Reporting) -> bool:
    """Whether a node ended the code at a limit that was extended before it could hear of that."""
    known_seconds = using.known_limits.get(report.attempt_id)
    return report.code == WALL_CLOCK and known_seconds is not None and known_seconds < unit.planned_seconds
