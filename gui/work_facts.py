"""What a node's own history comes to on a day: how long it worked, what its GPUs took and what that cost. Numbers, no
words; nothing is guessed.

A unit that went over midnight counts for the part of its time that lies in the day, and its energy likewise.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from core.protocol.node_control import UnitStatus
from core.protocol.node_day import Doing, NodeDay
from core.protocol.node_history import PastUnit
from core.protocol.node_rules import Electricity

from .attempt_words import JOULES_PER_KWH
from .earnings_facts import Energy, price_at


class WorkOfDay(msgspec.Struct, frozen=True):
    """`seconds`: how long at least one unit ran. `is_whole`: all units of the day are known."""

    seconds: float
    energy: Energy
    is_whole: bool


def midnight(now: datetime) -> datetime:
    """When the day of `now` began by its own clock. `now` is local, with its zone."""
    return datetime(now.year, now.month, now.day).astimezone()


def is_before(unit: PastUnit, day: datetime) -> bool:
    """Whether it was over before that day."""
    ended = _moment(unit.ended_at)
    return ended is not None and ended < day


def work_of_day(
    past: Iterable[PastUnit],
    running: Sequence[UnitStatus],
    electricity: Electricity | None,
    now: datetime,
    *,
    is_whole: bool = True,
) -> WorkOfDay:
    """Of today until `now`. `running` tells of those that aren't over, which `past` may not know yet."""
    begin = midnight(now)
    runs = [run for run in _runs(past, running, now) if run.ended > max(run.started, begin)]
    joules, told = 0.0, 0
    cost: float | None = 0.0
    for run in runs:
        if not run.on_gpu or run.joules is None:
            continue
        first = max(run.started, begin)
        used = run.joules * ((run.ended - first) / (run.ended - run.started))
        told += 1
        joules += used
        price = None if electricity is None else price_at(electricity, first)
        cost = None if price is None or cost is None else cost + price * used / JOULES_PER_KWH
    energy = Energy(joules, told, sum(run.on_gpu for run in runs), cost if told else None)
    return WorkOfDay(_covered((max(run.started, begin), run.ended) for run in runs), energy, is_whole)


def shared_seconds(day: NodeDay) -> float:
    """How long at least one GPU of it was shared on a day, working or waiting for work, until it was told."""
    spans = [span for lane in day.lanes for span in lane.spans if span.doing in (Doing.WORKING, Doing.WAITING)]
    ends = [(_moment(span.begins_at), _moment(span.ends_at)) for span in spans]
    return _covered((begin, end) for begin, end in ends if begin is not None and end is not None)


class _Run(msgspec.Struct, frozen=True):
    """What was started, until it ended or until now."""

    started: datetime
    ended: datetime
    on_gpu: bool
    joules: float | None


def _runs(past: Iterable[PastUnit], running: Sequence[UnitStatus], now: datetime) -> Iterator[_Run]:
    live = {unit.attempt_id: unit for unit in running}
    for row in past:
        started, ended = _moment(row.started_at), _moment(row.ended_at)
        if started is not None and ended is not None:
            yield _Run(started, min(ended, now), row.gpu_uuid is not None, row.energy_joules)
            live.pop(row.attempt_id, None)
    for unit in live.values():
        if unit.running_seconds > 0:
            started = now - timedelta(seconds=unit.running_seconds)
            yield _Run(started, now, unit.gpu_uuid is not None, unit.energy_joules)


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds that at least one of them covers."""
    seconds, reached = 0.0, None
    for first, last in sorted(spans):
        begin = first if reached is None else max(first, reached)
        if last > begin:
            seconds += (last - begin).total_seconds()
            reached = last
    return seconds


def _moment(time: str | None) -> datetime | None:
    """A time of the node's; one that can't be read is unknown."""
    if time is None:
        return None
    try:
        return datetime.fromisoformat(time)
    except ValueError:
        return None
