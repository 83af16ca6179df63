"""How jobs, units and figures are said, in the language shown now. No widget here."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from core.client.job_follow import unit_name
from core.printable import printable
from core.protocol.customer import Attempt, AttemptOutcome, ComputeUnit, TrainingJob, UnitState

from .job_steps import Step
from .job_view import moment, seconds_between, waiting_since

translate = QCoreApplication.translate
UNKNOWN = "–"
GLYPH_OF_OUTCOME = {
    None: "running",
    AttemptOutcome.COMPLETED: "completed",
    AttemptOutcome.FAILED: "failed",
    AttemptOutcome.REFUSED: "rejected",
    AttemptOutcome.VERIFICATION_FAILED: "rejected",
    AttemptOutcome.RELEASED: "paused",
    AttemptOutcome.CANCELLED: "cancelled",
    AttemptOutcome.SUPERSEDED: "cancelled",
}


def credits(micro: int) -> str:
    """Three decimals; the whole is for a tooltip."""
    return f"{micro / 1_000_000:,.3f}"


def duration(seconds: float | None) -> str:
    """`0:41`, `1:52:40`; a dash for one that isn't known."""
    if seconds is None:
        return UNKNOWN
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def about_minutes(seconds: float) -> tuple[str, str]:
    """A guess as number and unit: `8`, `min`."""
    if seconds < 90:
        return str(max(1, round(seconds))), translate("jobs", "s")
    if seconds < 5400:
        return str(round(seconds / 60)), translate("jobs", "min")
    return f"{seconds / 3600:.1f}", translate("jobs", "h")


def size(size_bytes: float) -> str:
    """Bytes in powers of ten: `41.2 MB`."""
    amount = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def mib(amount: int) -> str:
    """`8,000 MiB`: a value as it goes to the service."""
    return f"{amount:,} MiB"


def clock(text: str | None) -> str:
    """The local time of day, `14:11:49`."""
    at = moment(text)
    return UNKNOWN if at is None else datetime.fromtimestamp(at).strftime("%H:%M:%S")


def day_and_time(text: str | None, now: float) -> str:
    """`today 14:02`, `yesterday 16:24`, else the date of the language."""
    at = moment(text)
    if at is None:
        return UNKNOWN
    then, today = datetime.fromtimestamp(at), datetime.fromtimestamp(now).date()
    hour = then.strftime("%H:%M")
    days = (today - then.date()).days
    if days == 0:
        return translate("jobs", "today {0}").format(hour)
    if days == 1:
        return translate("jobs", "yesterday {0}").format(hour)
    pattern = translate("jobs", "MMM d", "date of a job in Qt's date format")
    locale = QLocale()
    return f"{locale.toString(then.date(), pattern)} {hour}"  # type: ignore[call-overload]


def role_name(role: str) -> str:
    """A role as the head of a column; the service's word for one that isn't known here."""
    known = {
        "prepare": translate("jobs", "Prepare"),
        "train": translate("jobs", "Train"),
        "select": translate("jobs", "Select"),
        "average": translate("jobs", "Average"),
        "evaluate": translate("jobs", "Evaluate"),
        "package": translate("jobs", "Package"),
    }
    return known.get(role) or printable(role)


def step_name(step: Step) -> str:
    """`Train 1 of 2`, or `Prepare`."""
    if step.parts == 1:
        return role_name(step.role)
    return translate("jobs", "{0} {1} of {2}").format(role_name(step.role), step.part, step.parts)


def unit_label(unit: ComputeUnit) -> str:
    """The name in the unit's shape: `prepare`, `train-2`."""
    return printable(unit_name(unit))


def unit_measure(unit: ComputeUnit, units: Sequence[ComputeUnit], now: float) -> str:
    """The line under a unit's name: its share, its time, or what it waits for."""
    match unit.state:
        case UnitState.RUNNING:
            return f"{unit.progress:.0%}" if unit.progress > 0 else duration(_running(unit, now))
        case UnitState.READY:
            return duration(seconds_between(waiting_since(unit, units), None, now))
        case UnitState.BLOCKED:
            return needs_words(unit, units)
        case UnitState.FAILED:
            return translate("jobs", "failed")
        case UnitState.CANCELLED:
            return translate("jobs", "cancelled")
        case UnitState.LEASED:
            return translate("jobs", "starting")
    return duration(seconds_between(unit.started_at, unit.finished_at, now))


def needs_words(unit: ComputeUnit, units: Sequence[ComputeUnit]) -> str:
    """`needs 4`: how many units it still waits for."""
    left = sum(other.id in unit.needs and other.state is not UnitState.COMPLETED for other in units)
    return translate("jobs", "needs {0}").format(left)


def _running(unit: ComputeUnit, now: float) -> float | None:
    attempt = unit.attempts[-1] if unit.attempts else None
    return seconds_between(attempt.started_at if attempt else unit.started_at, None, now)


def where_words(unit: ComputeUnit) -> str:
    """The node that has it, or why none has."""
    if unit.state is UnitState.READY:
        return translate("jobs", "no able node is free")
    return printable(unit.node_label or "")


def attempt_words(attempt: Attempt) -> list[str]:
    """What an attempt did and how it ended, a line each."""
    lines: list[str] = []
    resumed, last = attempt.resumed_from_step, attempt.last_step
    if resumed is not None and last is not None:
        lines.append(translate("jobs", "From step {0} to {1}").format(f"{resumed:,}", f"{last:,}"))
    elif resumed is not None:
        lines.append(translate("jobs", "From step {0}").format(f"{resumed:,}"))
    elif last is not None:
        lines.append(translate("jobs", "At step {0}").format(f"{last:,}"))
    if attempt.reason and attempt.outcome is not AttemptOutcome.COMPLETED:
        lines.append(printable(attempt.reason))
    if attempt.limit is not None and attempt.measured is not None:
        measured, limit = f"{attempt.measured:,.0f}", f"{attempt.limit:,.0f}"
        if measured not in (attempt.reason or ""):
            lines.append(translate("jobs", "{0} measured, {1} allowed").format(measured, limit))
    if attempt.outcome not in (None, AttemptOutcome.COMPLETED):
        kept = translate("jobs", "Its checkpoint was used.")
        lines.append(kept if attempt.checkpoint_used else translate("jobs", "Not charged."))
    return lines


def outcome_word(outcome: AttemptOutcome | None) -> str:
    words = {
        None: translate("jobs", "Running"),
        AttemptOutcome.COMPLETED: translate("jobs", "Completed"),
        AttemptOutcome.FAILED: translate("jobs", "Failed"),
        AttemptOutcome.REFUSED: translate("jobs", "Refused by the node"),
        AttemptOutcome.VERIFICATION_FAILED: translate("jobs", "Not verified"),
        AttemptOutcome.LOST: translate("jobs", "Lost contact"),
        AttemptOutcome.RELEASED: translate("jobs", "Handed back by its owner"),
        AttemptOutcome.CANCELLED: translate("jobs", "Cancelled"),
        AttemptOutcome.SUPERSEDED: translate("jobs", "Another attempt was first"),
    }
    return words[outcome]


def job_name(job: TrainingJob) -> str:
    return printable(job.name)
