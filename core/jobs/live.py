"""What a reader of a stream is told: events with the rows they name, a page at a time, and where the stream ends.

Nothing is kept between two pages: whoever reads slowly costs no memory. What an event tells of the moment it is told
(a unit with its attempts, what that means for its job) is read once a page, and stands in the last event it is of.
"""

from typing import Any

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..events.events import (
    EventKind,
    EventRow,
    Topic,
    events_of_customer,
    events_of_job,
    newest_of_customer,
    newest_of_job,
    topic_of_customer,
    topic_of_job,
)
from ..protocol.customer import JobStatus
from ..protocol.events import JobStanding
from ..store.sqlite import Connection
from .artifacts import artifacts_of_ids
from .jobs import SQL, job_credits, job_status, progress_of_all
from .read import unit_standings
from .records import line_range, point_range
from .transitions import ACTIVE_JOBS

EVENTS_A_PAGE = 50
PAGE_BYTES = 32_768  # and the event that goes beyond it: so much a reader who takes nothing may hold, twice
GAP = "gap"
_encoder = msgspec.json.Encoder()


class Told(msgspec.Struct, frozen=True):
    """One event as it goes out: its number, the name of its kind, and its JSON."""

    number: int
    kind: str
    data: bytes


class JobStream:
    """A job's events. Raises JOB_NOT_FOUND for one that is absent or another customer's. What it made is kept for
    `keep_seconds`."""

    def __init__(self, connection: Connection, customer_id: int, job_id: str, *, keep_seconds: float) -> None:
        row = SQL.job(connection, customer_id=customer_id, job_id=job_id)
        if row is None:
            raise ApiError(ErrorCode.JOB_NOT_FOUND)
        self._id: int = row["id"]
        self._keep_seconds = keep_seconds

    @property
    def topic(self) -> Topic:
        """What the store announces when there is more."""
        return topic_of_job(self._id)

    def newest(self, connection: Connection) -> int:
        """The number of the newest event."""
        return newest_of_job(connection, self._id)

    def page(self, connection: Connection, after: int, now: float) -> list[Told]:
        """Some events after this number, in order; none when all are told."""
        rows = events_of_job(connection, self._id, after=after, limit=EVENTS_A_PAGE)
        page = _read(connection, rows, after, self.newest(connection))
        _tell_units(connection, page, now, whole=True)
        _tell_artifacts(connection, page, self._keep_seconds)
        return [told.encoded() for told in page]

    def status(self, connection: Connection) -> JobStatus:
        """Where the job stands now."""
        return job_status(connection, self._id)

    def has_ended(self, connection: Connection) -> bool:
        """Whether no further event comes unless the job is retried. Ask when all that is there was told."""
        return self.status(connection) not in ACTIVE_JOBS


class CustomerStream:
    """The events of all of a customer's things: states of jobs, units, datasets and packages."""

    def __init__(self, customer_id: int) -> None:
        self._id = customer_id

    @property
    def topic(self) -> Topic:
        """What the store announces when there is more."""
        return topic_of_customer(self._id)

    def newest(self, connection: Connection) -> int:
        """The number of the newest event."""
        return newest_of_customer(connection, self._id)

    def page(self, connection: Connection, after: int, now: float) -> list[Told]:
        """Some events after this number, in order; none when all are told."""
        rows = events_of_customer(connection, self._id, after=after, limit=EVENTS_A_PAGE)
        page = _read(connection, rows, after, self.newest(connection))
        _tell_units(connection, page, now, whole=False)
        return [told.encoded() for told in page]

    def status(self, connection: Connection) -> None:
        """A customer's stream is of no one job."""

    def has_ended(self, connection: Connection) -> bool:
        """Never: something may always happen."""
        return False


Stream = JobStream | CustomerStream


class _Telling:
    """An event that is being put together."""

    def __init__(self, number: int, kind: str, job_key: int | None, body: dict[str, Any]) -> None:
        self.number = number
        self.kind = kind
        self.job_key = job_key
        self.body = body

    def encoded(self) -> Told:
        return Told(self.number, self.kind, _encoder.encode(self.body))


def _read(connection: Connection, rows: list[EventRow], after: int, newest: int) -> list[_Telling]:
    """The rows as they are to be told, as many as fit a page (at least one), with an event for each gap."""
    page: list[_Telling] = []
    size = 0
    for row in rows:
        if row.number > after + 1:
            _add_gap(page, after + 1, row.number - 1, row.created_at)
        after = row.number
        body = _body(row)
        named = _rows_named(connection, row)
        if named is None:
            page.append(_Telling(after, row.kind.value, row.job_key, body))
        elif named.count < row.payload["last"] - row.payload["first"] + 1:
            _add_gap(page, after, after, row.created_at)  # the event is there, and what it would tell is gone
        else:
            page.append(_Telling(after, row.kind.value, row.job_key, {**body, named.field: msgspec.Raw(named.data)}))
            size += len(named.data)
        if size >= PAGE_BYTES:
            return page
    if not rows and newest > after:  # the newest themselves are gone
        _add_gap(page, after + 1, newest, None)
    return page


def _add_gap(page: list[_Telling], first: int, last: int, created_at: float | None) -> None:
    """Adds a gap, or makes that which ends the page longer."""
    if page and page[-1].kind == GAP:
        first = page.pop().body["from"]
    time = {} if created_at is None else {"time": rfc3339(created_at)}
    page.append(_Telling(last, GAP, None, {"number": last, **time, "from": first, "to": last}))


def _body(row: EventRow) -> dict[str, Any]:
    """What an event tells by itself."""
    body: dict[str, Any] = {"number": row.number, "time": rfc3339(row.created_at)}
    if row.job_id is not None:
        body["training_job_id"] = row.job_id
    payload = row.payload
    if row.kind in (EventKind.LOG, EventKind.METRIC):
        return {**body, "compute_unit_id": payload["compute_unit_id"], "attempt": payload["attempt"]}
    body |= payload
    if row.kind is EventKind.JOB and "held_micro" in payload:
        body["credits"] = job_credits(body.pop("held_micro"), body.pop("charged_micro"))
        for name in ("started_at", "finished_at"):
            body[name] = rfc3339_or_none(payload.get(name))
    return body


class _Named(msgspec.Struct, frozen=True):
    """Rows that an event names: the field they go in, how many there are, and their JSON."""

    field: str
    count: int
    data: bytes


def _rows_named(connection: Connection, row: EventRow) -> _Named | None:
    payload = row.payload
    if row.kind is EventKind.LOG:
        lines = line_range(connection, payload["compute_unit_id"], first=payload["first"], last=payload["last"])
        return _Named("lines", len(lines), _encoder.encode(lines))
    if row.kind is EventKind.METRIC and row.job_key is not None:
        points = point_range(connection, row.job_key, first=payload["first"], last=payload["last"])
        return _Named("points", len(points), _encoder.encode(points))
    return None


def _tell_units(connection: Connection, page: list[_Telling], now: float, *, whole: bool) -> None:
    """Adds what is known of units and their jobs at this moment: `whole` units, or the nodes' labels alone."""
    units = [told for told in page if told.kind == EventKind.UNIT.value]
    if not units:
        return
    standings = unit_standings(connection, [told.body["compute_unit_id"] for told in units])
    last_of_unit, last_of_job = {}, {}
    for told in units:
        standing = standings.get(told.body["compute_unit_id"])
        attempts = [] if standing is None else standing.attempts
        number = told.body["attempt"]
        told.body["node_label"] = next((one.node_label for one in attempts if one.number == number), None)
        if standing is not None and whole:
            last_of_unit[told.body["compute_unit_id"]] = (told, standing)
        if told.job_key is not None:
            last_of_job[told.job_key] = told
    for told, standing in last_of_unit.values():
        told.body["now"] = standing
    for job_key, progress in progress_of_all(connection, list(last_of_job), now).items():
        last_of_job[job_key].body["job"] = JobStanding(
            progress.rounded, progress.rounded_remaining, progress.units, progress.credits
        )


def _tell_artifacts(connection: Connection, page: list[_Telling], keep_seconds: float) -> None:
    """Adds what is known of artifacts at this moment; nothing to those that were taken back since."""
    told = {one.body["artifact_id"]: one for one in page if one.kind == EventKind.ARTIFACT.value}
    for artifact in artifacts_of_ids(connection, list(told), keep_seconds=keep_seconds) if told else ():
        told[artifact.id].body |= {
            "sha256": artifact.sha256,
            "may_run_code": artifact.may_run_code,
            "open": artifact.open,
            "created_at": artifact.created_at,
            "expires_at": artifact.expires_at,
        }
