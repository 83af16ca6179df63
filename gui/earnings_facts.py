"""What an owner's earnings come to: sums by day and GPU, a usual day, energy and what it cost. Numbers, no words.

Only what was settled is counted, and what nobody told is None: nothing here is guessed but the usual day, which says
how many results it rests on. Days are UTC days, as the service counts them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from core.protocol.customer import UnitKind
from core.protocol.node_control import UnitStatus
from core.protocol.node_rules import Electricity
from core.protocol.owner import EarningRow, OwnerAttempt

from .attempt_words import JOULES_PER_KWH

LEAST_RESULTS = 5  # before as many nothing is predicted
LEAST_PROGRESS = 0.05  # of a unit, before which its pace says nothing


class Device(msgspec.Struct, frozen=True, order=True):
    """A GPU of a machine, or (None) its processors. Empty is what older versions of the service did not keep."""

    node_id: str = ""
    gpu_uuid: str = ""


class DeviceSum(msgspec.Struct, frozen=True):
    """What one device earned."""

    device: Device
    node_name: str
    earned_micro: int
    units: int
    seconds: float


class UsualDay(msgspec.Struct, frozen=True):
    """The mean of whole days with the least and the most, all in micro-credits; `results` units were paid on them."""

    mean_micro: int
    least_micro: int
    most_micro: int
    results: int


class Energy(msgspec.Struct, frozen=True):
    """What GPUs used for `told` of `units` units that ran on one; `cost` of these, None where a price isn't known."""

    joules: float
    told: int
    units: int
    cost: float | None

    @property
    def is_whole(self) -> bool:
        """Whether every one was told."""
        return self.told == self.units


def utc_days(count: int, now: datetime) -> list[str]:
    """The last `count` UTC days, the oldest first, today last."""
    today = now.astimezone(UTC).date()
    return [(today - timedelta(days=back)).isoformat() for back in reversed(range(count))]


def since(count: int, now: datetime) -> str:
    """When the first of these days began."""
    return f"{utc_days(count, now)[0]}T00:00:00+00:00"


def device_of(row: EarningRow) -> Device:
    return Device(row.node_id or "", row.gpu_uuid or "")


def by_device(rows: Iterable[EarningRow]) -> list[DeviceSum]:
    """One for each device that earned, the one with the most first."""
    sums: dict[Device, DeviceSum] = {}
    for row in rows:
        device = device_of(row)
        was = sums.get(device) or DeviceSum(device, row.node_name or "", 0, 0, 0.0)
        sums[device] = DeviceSum(
            device,
            was.node_name,
            was.earned_micro + row.earned_micro,
            was.units + row.units,
            was.seconds + row.seconds,
        )
    return sorted(sums.values(), key=lambda one: (-one.earned_micro, one.device))


def by_day(rows: Iterable[EarningRow], days: Sequence[str], devices: Sequence[Device]) -> list[list[int]]:
    """Micro-credits of each day, one a device; those of devices that aren't named stand in a last place together."""
    place = {device: number for number, device in enumerate(devices)}
    table = {day: [0] * (len(devices) + 1) for day in days}
    for row in rows:
        if row.date in table:
            table[row.date][place.get(device_of(row), len(devices))] += row.earned_micro
    return [table[day] for day in days]


def usual_day(rows: Iterable[EarningRow], today: date) -> UsualDay | None:
    """From whole days alone, those on which nothing was earned among them, since the first on which anything was.
    None before there is one; whoever shows it looks at `results`."""
    sums: dict[date, int] = {}
    results = 0
    for row in rows:
        day = date.fromisoformat(row.date)
        if day < today:
            sums[day] = sums.get(day, 0) + row.earned_micro
            results += row.units
    if not sums:
        return None
    first = min(sums)
    amounts = [sums.get(first + timedelta(days=number), 0) for number in range((today - first).days)]
    return UsualDay(round(sum(amounts) / len(amounts)), min(amounts), max(amounts), results)


def likely_micro(attempt: OwnerAttempt, unit: UnitStatus, ended: Iterable[OwnerAttempt]) -> int | None:
    """What a unit that runs is likely to earn: as much a second as those that its device was paid for, for as long as
    it will run at its pace, within its limit. None where that can't be said: before `LEAST_RESULTS` of them, before
    `LEAST_PROGRESS`, and where it went on with what another attempt had done, at a pace that nobody told."""
    if attempt.payment != "waiting" or unit.number > 1 or (unit.progress or 0.0) < LEAST_PROGRESS:
        return None
    device = (attempt.node_id, attempt.gpu_uuid)
    paid = [one for one in ended if one.payment == "paid" and (one.node_id, one.gpu_uuid) == device]
    seconds = sum(one.accepted_seconds for one in paid)
    if len(paid) < LEAST_RESULTS or not seconds or not unit.progress:
        return None
    whole_seconds = min(unit.running_seconds / unit.progress, unit.max_runtime_seconds)
    return round(whole_seconds * sum(one.earned_micro for one in paid) / seconds)


def nothing_by(attempts: Iterable[OwnerAttempt], words: Mapping[str, str]) -> list[tuple[str, int]]:
    """How many earned nothing, by the words of their ids, the most first."""
    counts: dict[str, int] = {}
    for attempt in attempts:
        if attempt.payment == "nothing":
            said = words[attempt.id]
            counts[said] = counts.get(said, 0) + 1
    return sorted(counts.items(), key=lambda one: -one[1])


def energy_of(attempts: Iterable[OwnerAttempt], electricity: Electricity | None) -> Energy:
    """Of what has ended and ran on a GPU: what the processor takes, no machine tells."""
    joules, told, units = 0.0, 0, 0
    cost: float | None = 0.0
    for attempt in attempts:
        if attempt.kind is not UnitKind.GPU or attempt.gpu_uuid is None or attempt.started_at is None:
            continue
        if attempt.finished_at is None:
            continue
        units += 1
        if attempt.energy_joules is None:
            continue
        told += 1
        joules += attempt.energy_joules
        one = cost_of(attempt, electricity)
        cost = None if one is None or cost is None else cost + one
    return Energy(joules, told, units, cost if told else None)


def cost_of(attempt: OwnerAttempt, electricity: Electricity | None) -> float | None:
    """What the power for one cost; None where its energy or the price isn't known."""
    if electricity is None or attempt.energy_joules is None or attempt.started_at is None:
        return None
    price = price_at(electricity, datetime.fromisoformat(attempt.started_at))
    return None if price is None else price * attempt.energy_joules / JOULES_PER_KWH


def price_at(electricity: Electricity, moment: datetime) -> float | None:
    """Of a kWh at that moment on this computer's wall. None where a command tells it: nobody kept what it said."""
    if electricity.command:
        return None
    here = moment.astimezone()
    minute = here.hour * 60 + here.minute
    for part in electricity.tariff:
        if here.weekday() in part.days and part.span.from_minute <= minute < part.span.to_minute:
            return part.price
    return electricity.price
