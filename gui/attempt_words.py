"""How what ran on an owner's nodes is said: how it ended, why it earned what it did, where it ran. No widget here."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.customer import AttemptOutcome
from core.protocol.owner import OwnerAttempt

from .amounts import credit_words
from .job_view import seconds_between
from .job_words import GLYPH_OF_OUTCOME, UNKNOWN

JOULES_PER_KWH = 3_600_000
CPU = "cpu"  # what the service calls a machine's processors where a GPU has its UUID


def _mark(text: str) -> str:
    """English that is translated when it is shown."""
    return text


# The service's own sentences (core.jobs.owner_attempts), a test holds them together.
OWN_JOB = _mark("a job of your own: nothing is charged and nothing is earned")
TAKEN_BACK = _mark("its result turned out wrong, and what was paid for it was taken back")
CUSTOMERS_FAULT = _mark("the customer's code failed or passed a limit: that is not charged")
REASONS = (
    OWN_JOB,
    TAKEN_BACK,
    CUSTOMERS_FAULT,
    _mark("nothing was charged for it"),
    _mark("this node could not bring it to an end"),
    _mark("this node did not take it"),
    _mark("its result was not what it should be"),
    _mark("this node was not heard of in time, and another took it over"),
    _mark("it was given back before it ended, and none of its work is in the result"),
    _mark("you blocked its package"),
    _mark("the node was revoked"),
    _mark("its job was cancelled or failed elsewhere"),
    _mark("the operator blocked its package"),
    _mark("another attempt of the same unit was accepted"),
)


def attempt_glyph(attempt: OwnerAttempt) -> str | None:
    """The state whose glyph it wears; None where it is `LOST_ICON`."""
    if attempt.payment == "nothing" and attempt.reason == TAKEN_BACK:
        return "rejected"
    return None if is_lost(attempt) else GLYPH_OF_OUTCOME.get(attempt.outcome, "blocked")


LOST_ICON, LOST_COLOUR = "unplug", "warn"


def is_lost(attempt: OwnerAttempt) -> bool:
    """Whether its node was not heard of in time."""
    return attempt.outcome is AttemptOutcome.LOST


def outcome_words(attempt: OwnerAttempt) -> str:
    """`Paid`, `Given back`, `Customer's code failed`."""
    outcome, reason = attempt.outcome, attempt.reason
    if reason == TAKEN_BACK:
        return _tr("Taken back")
    if outcome is AttemptOutcome.COMPLETED and reason == OWN_JOB:
        return _tr("Your own job")
    if outcome is AttemptOutcome.FAILED and reason == CUSTOMERS_FAULT:
        return _tr("Customer's code failed")
    words = {
        None: _tr("Running"),
        AttemptOutcome.COMPLETED: _tr("Paid") if attempt.payment == "paid" else _tr("Completed"),
        AttemptOutcome.FAILED: _tr("Failed here"),
        AttemptOutcome.REFUSED: _tr("Refused here"),
        AttemptOutcome.VERIFICATION_FAILED: _tr("Result not accepted"),
        AttemptOutcome.LOST: _tr("Lost contact"),
        AttemptOutcome.RELEASED: _tr("Given back"),
        AttemptOutcome.CANCELLED: _tr("Cancelled"),
        AttemptOutcome.SUPERSEDED: _tr("Another was first"),
    }
    return words.get(outcome) or printable(str(outcome))


def reason_words(attempt: OwnerAttempt) -> str:
    """Why it earned what it did, or what it waits for; empty for one that was paid in full."""
    if attempt.payment == "nothing":
        return why_words(attempt.reason or "")
    if attempt.payment == "waiting":
        if attempt.outcome is None:
            return _tr("it earns when its unit is completed")
        return _tr("its checkpoint is kept: it earns its share if the unit is completed with it")
    if attempt.share is not None and attempt.share < 1:
        return _tr("{0} of the unit's time was done here").format(share_words(attempt.share))
    return ""


def why_words(reason: str) -> str:
    """A reason of the service in the language shown now; one that this program doesn't know stays as it came."""
    return _tr(reason) if reason in REASONS else printable(reason)


def share_words(share: float) -> str:
    """`59 %`; never 0 or 100 for what is a part."""
    percent = round(share * 100)
    return f"{min(99, max(1, percent)) if 0 < share < 1 else percent} %"


def earned_words(attempt: OwnerAttempt) -> str:
    """`0.680`, `waiting`."""
    return _tr("waiting") if attempt.payment == "waiting" else credit_words(attempt.earned_micro)


def kwh_words(joules: float | None) -> str:
    """`0.022`; a dash where no node told it."""
    if joules is None:
        return UNKNOWN
    kwh = joules / JOULES_PER_KWH
    return f"{kwh:,.3f}" if kwh < 10 else f"{kwh:,.2f}"


def seconds_of(attempt: OwnerAttempt, now: float) -> float | None:
    """How long it ran, or has run by `now`; None where it never began."""
    return seconds_between(attempt.started_at, attempt.finished_at, now)


def place_words(gpu_uuid: str | None, names: Mapping[str, str]) -> str:
    """The name of its GPU, a short id where none is known, or that it was none."""
    if gpu_uuid is None:
        return _tr("Processor")
    return names.get(gpu_uuid) or short_gpu(gpu_uuid)


def short_gpu(uuid: str) -> str:
    """`GPU-4f1c…`."""
    text = printable(uuid)
    return text if len(text) <= 9 else f"{text[:8]}…"


def _tr(text: str) -> str:
    return QCoreApplication.translate("attempts", text)
