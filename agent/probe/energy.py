"""Joules that each GPU has used, counted up from the first reading. Pure; who asks the driver is in gpus.py."""

import msgspec

_LONGEST_STRETCH_SECONDS = 60.0


class _Reading(msgspec.Struct, frozen=True):
    at: float
    millijoules: int | None
    watts: float | None
    joules: float


class EnergyMeter:
    """By the driver's own counter where the card has one, else by power over the time between two readings."""

    def __init__(self) -> None:
        self._last: dict[str, _Reading] = {}

    def read(self, uuid: str, *, millijoules: int | None, watts: float | None, now: float) -> float | None:
        """Joules up to now (monotonic seconds), never less than before; None where the card tells neither.

        A counter that has gone back is one that began anew with its driver: that stretch counts by its power.
        """
        if millijoules is None and watts is None:
            return None
        last = self._last.get(uuid)
        used = 0.0 if last is None else _between(last, millijoules, watts, now)
        joules = used + (0.0 if last is None else last.joules)
        self._last[uuid] = _Reading(now, millijoules, watts, joules)
        return joules


def _between(last: _Reading, millijoules: int | None, watts: float | None, now: float) -> float:
    if millijoules is not None and last.millijoules is not None and millijoules >= last.millijoules:
        return (millijoules - last.millijoules) / 1000
    known = [power for power in (last.watts, watts) if power is not None]
    seconds = now - last.at
    if not known or not 0 < seconds <= _LONGEST_STRETCH_SECONDS:  # the machine slept, or nobody looked
        return 0.0
    return sum(known) / len(known) * seconds
