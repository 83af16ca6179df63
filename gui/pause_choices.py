"""How long an owner may pause, reckoned in local time. No Qt; the clock is handed in."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

MORNING = time(8, 0)


class PauseFor(StrEnum):
    """What the menus offer."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    UNTIL_I_SAY = "until_i_say"


def now_here() -> datetime:
    """Now by the machine's clock, without a zone, so that tomorrow is reckoned by the zone's own rules: an offset from
    UTC, which is what Python would give, is another one after a change of the clocks."""
    return datetime.now()


def pause_ends_at(choice: PauseFor, now: datetime) -> datetime | None:
    """When the pause ends, in the time zone of `now` (none: the machine's); None: when the owner says so."""
    match choice:
        case PauseFor.HOUR:
            return (now.astimezone(UTC) + timedelta(hours=1)).astimezone(now.tzinfo)  # an hour that passes
        case PauseFor.TOMORROW:
            return datetime.combine(now.date() + timedelta(days=1), MORNING, now.tzinfo)
        case PauseFor.UNTIL_I_SAY:
            return None


def pause_seconds(choice: PauseFor, now: datetime) -> float | None:
    """How long that is, in seconds that pass; a change of the clocks on the way is reckoned with."""
    ends_at = pause_ends_at(choice, now)
    return None if ends_at is None else max(0.0, ends_at.timestamp() - now.timestamp())


def clock_words(moment: datetime, now: datetime) -> str:
    """`15:13` today, else with its date: `11-25 08:00`, `2027-01-01 08:00`. Digits only, the same in every language."""
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}" if moment.year == now.year else f"{moment:%Y-%m-%d %H:%M}"
