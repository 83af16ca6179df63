"""What a computer's GPUs did on a day, as it is drawn and said: moments, names and words. No widget here."""

from collections import defaultdict
from datetime import date, datetime, tzinfo

import msgspec
from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node_control import NodeStatus
from core.protocol.node_day import DayLane, DaySpan, Doing, NodeDay

from .gpu_names import short_model
from .node_words import duration_words

_HOURS = 24


class Span(msgspec.Struct, frozen=True):
    """From a moment to another, in Unix seconds."""

    doing: Doing
    begins: float
    ends: float


class Lane(msgspec.Struct, frozen=True):
    """One GPU's spans, in order and apart, under its name."""

    name: str
    spans: tuple[Span, ...]


class ShownDay(msgspec.Struct, frozen=True):
    """`hours` are the moments at which the clock on the wall shows 0 to 24: the first and the last are the day's. A
    `zone` None is the machine's."""

    hours: tuple[float, ...]
    lanes: tuple[Lane, ...]
    zone: tzinfo | None = None

    @property
    def begins(self) -> float:
        return self.hours[0]

    @property
    def ends(self) -> float:
        return self.hours[-1]


def shown_day(told: NodeDay, status: NodeStatus | None, zone: tzinfo | None = None) -> ShownDay | None:
    """The day as its node tells it, with the names that its GPUs have now; None for one that tells no day."""
    try:
        day = date.fromisoformat(told.day)
        begins, ends = _moment(told.begins_at), _moment(told.ends_at)
        hours = [datetime(day.year, day.month, day.day, hour, tzinfo=zone).timestamp() for hour in range(1, _HOURS)]
    except (ValueError, OverflowError):
        return None
    if not begins < ends or not all(begins <= hour <= ends for hour in hours):
        return None  # of another zone's clock
    lanes = tuple(Lane(_name(lane, status), _spans(lane.spans, begins, ends)) for lane in told.lanes)
    return ShownDay((begins, *hours, ends), lanes, zone)


def doing_words(doing: Doing) -> str:
    """As the legend has it."""
    known = {
        Doing.WORKING: _tr("working"),
        Doing.WAITING: _tr("shared, waiting for work"),
        Doing.PAUSED_BY_YOU: _tr("paused by you"),
        Doing.PAUSED_BY_RULE: _tr("paused by a rule"),
        Doing.OUTSIDE_HOURS: _tr("outside your hours"),
        Doing.NOT_CONNECTED: _tr("not connected"),
    }
    return known.get(doing) or printable(doing)


def span_words(day: ShownDay, lane: Lane, span: Span) -> str:
    """`GPU 0 · 13:48–14:13 · paused by a rule · 25 min`."""
    begins, ends = _clock(day, span.begins), _clock(day, span.ends)
    return " · ".join((lane.name, f"{begins}–{ends}", doing_words(span.doing), duration_words(span.ends - span.begins)))


def lane_words(lane: Lane) -> str:
    """`GPU 0: working 56 min, paused by you 7 h`: how long in all."""
    seconds: defaultdict[Doing, float] = defaultdict(float)
    for span in lane.spans:
        seconds[span.doing] += span.ends - span.begins
    told = [f"{doing_words(doing)} {duration_words(seconds[doing])}" for doing in Doing if doing in seconds]
    return _tr("{0}: {1}").format(lane.name, ", ".join(told))


def _spans(told: list[DaySpan], begins: float, ends: float) -> tuple[Span, ...]:
    """What lies in the day and comes after what is before it in the list: a node is believed no disorder."""
    spans: list[Span] = []
    at = begins
    for one in told:
        try:
            span = Span(one.doing, max(at, _moment(one.begins_at)), min(ends, _moment(one.ends_at)))
        except ValueError:
            continue
        if span.begins < span.ends:
            spans.append(span)
            at = span.ends
    return tuple(spans)


def _name(lane: DayLane, status: NodeStatus | None) -> str:
    if lane.gpu_uuid is None:
        return _tr("CPU")
    numbers = {gpu.uuid: number for number, gpu in enumerate(status.gpus if status is not None else ())}
    if lane.gpu_uuid in numbers:
        return _tr("GPU {0}").format(numbers[lane.gpu_uuid])
    return short_model(lane.gpu or lane.gpu_uuid)  # not there any more


def _clock(day: ShownDay, moment: float) -> str:
    return "24:00" if moment >= day.ends else f"{datetime.fromtimestamp(moment, day.zone):%H:%M}"


def _moment(time: str) -> float:
    """Raises ValueError."""
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None:
        raise ValueError(f"{time!r} has no zone")
    return moment.timestamp()


def _tr(text: str) -> str:
    return QCoreApplication.translate("day", text)
