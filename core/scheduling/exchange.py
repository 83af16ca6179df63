"""The exchange: one call of a node, whole. Reports are applied, leases renewed, directives and new leases given."""

from collections.abc import Callable, Iterator

import msgspec

from ..content.blobs import BlobStore
from ..content.contents import MissingContent
from ..errors import ApiError
from ..jobs.attempts import SQL as ATTEMPTS_SQL
from ..jobs.attempts import Attempt, find_attempts, live_attempts_of_node
from ..jobs.endings import fail_unit
from ..jobs.units import Unit, load_unit, load_units
from ..nodes.enrollment import protocol_refusal
from ..nodes.nodes import Node, heard, is_revoked
from ..nodes.self_tests import note_self_test
from ..protocol.customer import JobFailure, UnitState
from ..protocol.node import (
    AnyReport,
    Directive,
    DirectiveKind,
    ExchangeRequest,
    ExchangeResponse,
    FreeResources,
    Lease,
    NodeSettings,
    ReportAnswer,
    ReportStatus,
    decode_report,
)
from ..store.database import Transaction
from ..store.sqlite import Connection, Row
from .assignment import Urls, build_lease, find_contents, needs_of
from .completion import Arrived, accept_at_once
from .fairness import ReadyIndex
from .forgetting import has_to_forget, note_forgotten, tell_to_forget
from .leases import Leased, Leasing, first_candidates, lease_units, renew
from .reports import HeldAttempts, NamedChunks, Reporting, apply_report, is_leased

MOST_LEASES = 16
MOST_FORGOTTEN = 1_000
CONTENT_MISSING = "content_missing"


class Exchanging(msgspec.Struct, frozen=True):
    """What an exchange is made with."""

    index: ReadyIndex
    blobs: BlobStore
    urls: Urls
    settings: NodeSettings
    now: float
    new_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]

    @property
    def leasing(self) -> Leasing:
        """The part that leases need."""
        return Leasing(self.settings, self.now, self.new_id, self.random_bytes)


class Exchanged(msgspec.Struct, frozen=True):
    """The answer, the node as it now is, attempts whose result is to be verified, digests of chunks that nobody has
    any more, and the refusal of a node whose protocol is no longer spoken."""

    response: ExchangeResponse
    node: Node
    to_verify: list[int]
    orphans: list[str]
    refusal: ApiError | None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say, so that a node that may wait should."""
        r = self.response
        return not (r.answers or r.directives or r.resent or r.leases)


def exchange(tx: Transaction, node: Node, request: ExchangeRequest, using: Exchanging) -> Exchanged:
    """Applies all that a node says and gives it what there is. A node whose protocol is no longer spoken finishes what
    it holds and gets nothing more: its answer carries the refusal."""
    refusal = protocol_refusal(request.protocol)
    node = heard(tx, node, request, using.now)
    wants = request.max_leases if refusal is None else 0
    ahead = None if request.free is None or wants <= 0 else _read_ahead(tx, node, request.free, wants, using)
    reports = [_decoded(raw) for raw in request.reports]
    named = {held.attempt_id: held.token for held in request.attempts}
    known_limits = _known_limits(request)
    spoken = {r.attempt_id: r.token for r in reports if not isinstance(r, ReportAnswer)}
    held = HeldAttempts(tx.connection, node.id, [*named, *spoken])
    live, directives = _renew_named(tx, held, named, spoken, known_limits, using)
    reporting = Reporting(
        held, NamedChunks(reports), using.index, using.urls, using.now, using.new_id, known_limits, {}, []
    )
    answers = [
        report if isinstance(report, ReportAnswer) else apply_report(tx, report, reporting) for report in reports
    ]
    to_verify = accept_at_once(tx, using.index, _arrived(reporting), using.blobs, using.now, using.new_id)
    whole_call = request.max_leases > 0 or request.wait_seconds > 0
    resent = _resent(tx, node, named, using) if whole_call and not named.keys() >= held.leased else []
    leases = [] if ahead is None else _lease(tx, node, ahead, using)
    note_forgotten(tx, node.id, request.forgotten[:MOST_FORGOTTEN])
    if request.self_test is not None:
        note_self_test(tx, node.id, request.self_test, using.now)
    if whole_call and has_to_forget(tx.connection, node.id, using.now):
        directives += tell_to_forget(tx, node.id, using.now)
    response = ExchangeResponse(answers, directives, live, resent, leases)
    return Exchanged(response, node, to_verify, reporting.orphans, refusal)


def _arrived(reporting: Reporting) -> Iterator[Arrived]:
    """The results of a call that still wait to be looked at after all of its reports."""
    for public_id, manifest in reporting.results.items():
        attempt = reporting.held.attempt(public_id)
        if attempt is not None and attempt.live and attempt.result_content_id is not None:
            unit = reporting.held.unit(attempt)
            if unit.state == UnitState.VERIFYING:
                yield Arrived(unit, attempt, attempt.result_content_id, manifest)


class _Ahead(msgspec.Struct, frozen=True):
    """What a node has free, how many leases it may get, and the units that come first for it with what they need: read
    before the call's reports write anything, since a query of what was written has it written at once."""

    free: FreeResources
    most: int
    candidates: dict[int, Unit]
    needs: dict[int, list[Row]]


def _read_ahead(tx: Transaction, node: Node, free: FreeResources, wants: int, using: Exchanging) -> _Ahead:
    most = min(wants, MOST_LEASES)
    candidates = first_candidates(tx, using.index, node, free, most)
    needs = needs_of(tx, candidates)
    for unit in candidates.values():
        find_contents(tx, unit)
    return _Ahead(free, most, candidates, needs)


def lease_more(tx: Transaction, node: Node, free: FreeResources, most: int, using: Exchanging) -> list[Lease]:
    """New leases for a node that has waited, up to so many; none if it was revoked meanwhile."""
    if is_revoked(tx.connection, node):
        return []
    return _lease(tx, node, _read_ahead(tx, node, free, most, using), using)


def _lease(tx: Transaction, node: Node, ahead: _Ahead, using: Exchanging) -> list[Lease]:
    leased = lease_units(tx, using.index, node, ahead.free, ahead.most, using.leasing, ahead.candidates)
    return _build_leases(tx, leased, ahead.needs, using)


def _build_leases(tx: Transaction, leased: list[Leased], needs: dict[int, list[Row]], using: Exchanging) -> list[Lease]:
    """The leases; `needs` are those that were read. A unit whose files are no more fails with its job: nobody could run
    it, and whoever it was given to would be refused all else with it."""
    needs = needs | needs_of(tx, [one.unit.id for one in leased if one.unit.id not in needs])
    built: list[tuple[int, Lease]] = []
    incomplete: dict[int, Unit] = {}
    for one in leased:
        seconds_left = max(0.0, (one.attempt.lease_expires_at or 0.0) - using.now)
        try:
            lease = build_lease(tx, one.unit, one.attempt, needs[one.unit.id], using.urls, seconds_left)
        except MissingContent:
            incomplete.setdefault(one.unit.job_id, one.unit)
        else:
            built.append((one.unit.job_id, lease))
    for unit in incomplete.values():
        failure = JobFailure(
            unit.public_id,
            CONTENT_MISSING,
            "files that this needs are no longer kept",
            suggestion="Upload them again and start a new job.",
        )
        fail_unit(tx, using.index, load_unit(tx.connection, unit.id), failure, using.now, using.new_id)
    return [lease for job_id, lease in built if job_id not in incomplete]


def news_for(connection: Connection, node: Node, request: ExchangeRequest) -> list[Directive]:
    """Directives about the attempts a waiting node holds."""
    directives = []
    found = find_attempts(connection, [held.attempt_id for held in request.attempts], node.id)
    units = load_units(connection, [attempt.unit_id for attempt in found.values() if attempt.live])
    for held in request.attempts:
        attempt = found.get(held.attempt_id)
        directive = _directive(connection, attempt, held.attempt_id, held.token)
        if directive is None and attempt is not None:
            directive = _extension(units[attempt.unit_id], attempt, held.max_runtime_seconds)
        if directive is not None:
            directives.append(directive)
    return directives


def _decoded(raw: msgspec.Raw) -> AnyReport | ReportAnswer:
    """A report, or the answer to one that this version does not understand."""
    try:
        return decode_report(raw)
    except msgspec.ValidationError as error:
        try:
            name = msgspec.json.decode(raw, type=_Named)
        except msgspec.ValidationError:
            name = _Named()
        return ReportAnswer(name.attempt_id, name.number, ReportStatus.UNKNOWN, str(error))


class _Named(msgspec.Struct, frozen=True):
    """The part of a report that names its answer."""

    attempt_id: str = ""
    number: int = 0


def _renew_named(
    tx: Transaction,
    held: HeldAttempts,
    named: dict[str, str],
    spoken: dict[str, str],
    known_limits: dict[str, float],
    using: Exchanging,
) -> tuple[dict[str, float], list[Directive]]:
    """Renews the leases of the attempts a call names (with their tokens), by themselves or in a report."""
    live: dict[str, float] = {}
    directives: list[Directive] = []
    for attempt_id, token in {**spoken, **named}.items():
        attempt = held.attempt(attempt_id)
        directive = _directive(tx.connection, attempt, attempt_id, token)
        if directive is None and attempt is not None:
            renewed = renew(tx, using.index, held.unit(attempt), attempt, using.leasing)
            held.keep(renewed.unit, renewed.attempt)
            live[attempt_id] = using.settings.lease_seconds
            extension = _extension(renewed.unit, renewed.attempt, known_limits.get(attempt_id))
            if extension is not None:
                directives.append(extension)
        elif directive is not None and attempt_id in named:
            directives.append(directive)
    return live, directives


def _directive(connection: Connection, attempt: Attempt | None, attempt_id: str, token: str) -> Directive | None:
    """What a node should do about an attempt it names; None while it may go on."""
    if attempt is None or attempt.token != token:
        return Directive(DirectiveKind.FORGET.value, attempt_id, "the server knows no such attempt of this node")
    if attempt.outcome is None:
        return None
    blocked: str | None = ATTEMPTS_SQL.reason_if_blocked(connection, id=attempt.id)
    reason = f"the attempt has ended: {attempt.outcome}" if blocked is None else blocked
    return Directive(DirectiveKind.CANCEL.value, attempt_id, reason)


def _known_limits(request: ExchangeRequest) -> dict[str, float]:
    """The running time that the node allows each attempt it names, in seconds, where it says so."""
    limits = {held.attempt_id: held.max_runtime_seconds for held in request.attempts}
    return {attempt_id: seconds for attempt_id, seconds in limits.items() if seconds is not None}


def _extension(unit: Unit, attempt: Attempt, known_seconds: float | None) -> Directive | None:
    """What a node is told whose attempt may run longer than it knows. Code that has ended needs no more time."""
    if known_seconds is None or attempt.exited_at is not None or known_seconds >= unit.planned_seconds:
        return None
    return Directive(
        DirectiveKind.EXTEND.value,
        attempt.public_id,
        "its customer gave it more time",
        max_runtime_seconds=float(unit.planned_seconds),
    )


def _resent(tx: Transaction, node: Node, named: dict[str, str], using: Exchanging) -> list[Lease]:
    """Live leases that the node did not name: the reply that brought them was lost. Of an attempt whose result is
    here the node has nothing more to do."""
    live = live_attempts_of_node(tx.connection, node.id)
    lost = [attempt for attempt in live if attempt.public_id not in named and is_leased(attempt)]
    units = load_units(tx.connection, [attempt.unit_id for attempt in lost])
    return _build_leases(tx, [Leased(units[attempt.unit_id], attempt) for attempt in lost], {}, using)
