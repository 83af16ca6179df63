"""The exchange: one call of a node, whole. Reports are applied, leases renewed, directives and new leases given."""

from collections.abc import Callable

import msgspec

from ..errors import ApiError
from ..jobs.attempts import Attempt, find_attempts, live_attempts_of_node
from ..jobs.units import load_units
from ..nodes.enrollment import protocol_refusal
from ..nodes.nodes import Node, heard
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
from ..store.sqlite import Connection
from .assignment import Urls, build_lease, needs_of
from .fairness import ReadyIndex
from .leases import Leased, Leasing, lease_units, renew
from .reports import HeldAttempts, NamedChunks, Reporting, apply_report, is_leased

MOST_LEASES = 16


class Exchanging(msgspec.Struct, frozen=True):
    """What an exchange is made with."""

    index: ReadyIndex
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
    reports = [_decoded(raw) for raw in request.reports]
    named = {held.attempt_id: held.token for held in request.attempts}
    spoken = {r.attempt_id: r.token for r in reports if not isinstance(r, ReportAnswer)}
    held = HeldAttempts(tx.connection, node.id, [*named, *spoken])
    live, directives = _renew_named(tx, held, named, spoken, using)
    reporting = Reporting(held, NamedChunks(reports), using.index, using.urls, using.now, using.new_id, [], [])
    answers = [
        report if isinstance(report, ReportAnswer) else apply_report(tx, report, reporting) for report in reports
    ]
    whole_call = request.max_leases > 0 or request.wait_seconds > 0
    resent = _resent(tx, node, named, using) if whole_call and not named.keys() >= held.leased else []
    leases: list[Lease] = []
    if request.free is not None and request.max_leases > 0 and refusal is None:
        leases = lease_more(tx, node, request.free, request.max_leases, using)
    response = ExchangeResponse(answers, directives, live, resent, leases)
    return Exchanged(response, node, reporting.to_verify, reporting.orphans, refusal)


def lease_more(tx: Transaction, node: Node, free: FreeResources, most: int, using: Exchanging) -> list[Lease]:
    """New leases for a node, up to so many; also for one that has waited."""
    leased = lease_units(tx, using.index, node, free, min(most, MOST_LEASES), using.leasing)
    return _build_leases(tx, leased, using)


def _build_leases(tx: Transaction, leased: list[Leased], using: Exchanging) -> list[Lease]:
    needs = needs_of(tx, [one.unit.id for one in leased]) if leased else {}
    return [
        build_lease(
            tx,
            one.unit,
            one.attempt,
            needs[one.unit.id],
            using.urls,
            max(0.0, (one.attempt.lease_expires_at or 0.0) - using.now),
        )
        for one in leased
    ]


def news_for(connection: Connection, node: Node, request: ExchangeRequest) -> list[Directive]:
    """Directives about the attempts a waiting node holds."""
    directives = []
    found = find_attempts(connection, [held.attempt_id for held in request.attempts], node.id)
    for held in request.attempts:
        directive = _directive(found.get(held.attempt_id), held.attempt_id, held.token)
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
    tx: Transaction, held: HeldAttempts, named: dict[str, str], spoken: dict[str, str], using: Exchanging
) -> tuple[dict[str, float], list[Directive]]:
    """Renews the leases of the attempts a call names (with their tokens), by themselves or in a report."""
    live: dict[str, float] = {}
    directives: list[Directive] = []
    for attempt_id, token in {**spoken, **named}.items():
        attempt = held.attempt(attempt_id)
        directive = _directive(attempt, attempt_id, token)
        if directive is None and attempt is not None:
            renewed = renew(tx, using.index, held.unit(attempt), attempt, using.leasing)
            held.keep(renewed.unit, renewed.attempt)
            live[attempt_id] = using.settings.lease_seconds
        elif directive is not None and attempt_id in named:
            directives.append(directive)
    return live, directives


def _directive(attempt: Attempt | None, attempt_id: str, token: str) -> Directive | None:
    """What a node should do about an attempt it names; None while it may go on."""
    if attempt is None or attempt.token != token:
        return Directive(DirectiveKind.FORGET.value, attempt_id, "the server knows no such attempt of this node")
    if attempt.outcome is None:
        return None
    return Directive(DirectiveKind.CANCEL.value, attempt_id, f"the attempt has ended: {attempt.outcome}")


def _resent(tx: Transaction, node: Node, named: dict[str, str], using: Exchanging) -> list[Lease]:
    """Live leases that the node did not name: the reply that brought them was lost. Of an attempt whose result is
    here the node has nothing more to do."""
    live = live_attempts_of_node(tx.connection, node.id)
    lost = [attempt for attempt in live if attempt.public_id not in named and is_leased(attempt)]
    units = load_units(tx.connection, [attempt.unit_id for attempt in lost])
    return _build_leases(tx, [Leased(units[attempt.unit_id], attempt) for attempt in lost], using)
