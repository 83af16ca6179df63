"""How times and amounts are written outside: RFC 3339 UTC with milliseconds, decimal strings of credits."""

from datetime import UTC, datetime

MICRO_PER_CREDIT = 1_000_000
DAY_SECONDS = 86_400.0


def rfc3339(seconds: float) -> str:
    """Unix seconds as `2026-04-01T00:00:00.000Z`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def rfc3339_or_none(seconds: float | None) -> str | None:
    """The same for a time that may be unknown."""
    return None if seconds is None else rfc3339(seconds)


def utc_day(seconds: float) -> str:
    """The UTC day a moment lies in, `2026-04-01`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def day_number(seconds: float) -> int:
    """The UTC day a moment lies in, counted from 1970."""
    return int(seconds // DAY_SECONDS)


def day_text(number: int) -> str:
    """A day by its number, `2026-04-01`."""
    return utc_day(number * DAY_SECONDS)


def credits_text(micro: int) -> str:
    """Micro-credits as the decimal string for people, `12.345678`."""
    whole, part = divmod(abs(micro), MICRO_PER_CREDIT)
    return f"{'-' if micro < 0 else ''}{whole}.{part:06d}"
