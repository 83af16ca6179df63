"""What a node's own history comes to on a day: how long it worked, what its GPUs took and what that cost. Numbers, no
words; nothing is guessed.

A unit that went over midnight counts for the part of its time that lies in the day, and its energy likewise.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from core.protocol.node_control import UnitStatus
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
    """Of today until `now`. `running` tells what those that aren't over have used so far."""
    begin, so_far = midnight(now), {unit.attempt_id: unit for unit in running}
    spans: list[tuple[datetime, datetime]] = []
    joules, told, units = 0.0, 0, 0
    cost: float | None = 0.0
    for unit in past:
        started = _moment(unit.started_at)
        if started is None:
            continue
        live = so_far.get(unit.attempt_id)
        ended = _moment(unit.ended_at) or (now if live is not None else started)
        first, last = max(started, begin), min(ended, now)
        if last <= first:
            continue
        spans.append((first, last))
        if unit.gpu_uuid is None:
            continue
        units += 1
        used = unit.energy_joules if unit.ended_at is not None or live is None else live.energy_joules
        if used is None:
            continue
        told += 1
        used *= (last - first) / (ended - started)
        joules += used
        price = None if electricity is None else price_at(electricity, first)
        cost = None if price is None or cost is None else cost + price * used / JOULES_PER_KWH
    return WorkOfDay(_covered(spans), Energy(joules, told, units, cost if told else None), is_whole)


def _covered(spans: list[tuple[datetime, datetime]]) -> float:
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
