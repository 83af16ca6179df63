"""Why a job failed, in words and numbers, and what a new job would have to ask for."""

import math

from core.printable import printable
from core.protocol.customer import AttemptOutcome, TrainingJob, UnitState
from gui.job_view import JobView
from gui.job_words import translate, unit_label

_STEP_MB = 1_000
_SPARE = 1.1
_COMMAND = "gpu-agent-client "


def failure_words(view: JobView) -> tuple[str, str]:
    """A title with the unit and the numbers, and a line with the cause, what was kept and what would help."""
    job = view.job
    failure = job.failure if job is not None else None
    if failure is None:
        return "", ""
    unit = view.unit(failure.compute_unit_id)
    message = printable(failure.message)
    title = f"{unit_label(unit)}: {message}" if unit is not None else message
    parts: list[str] = []
    if failure.measured is not None and failure.limit is not None:
        numbers = translate("jobs", "It took {0}; {1} was allowed.")
        parts.append(numbers.format(f"{failure.measured:,.0f}", f"{failure.limit:,.0f}"))
    newest = unit.attempts[-1] if unit is not None and unit.attempts else None
    if newest is not None and newest.outcome is AttemptOutcome.FAILED and newest.last_step is not None:
        parts.append(translate("jobs", "It ended at step {0}.").format(f"{newest.last_step:,}"))
    if failure.suggestion:
        says = translate("jobs", "Its log says more.")  # in place of a command to read it, which a window needs not
        parts.append(says if _COMMAND in failure.suggestion else printable(failure.suggestion))
    kept = [unit_label(one) for one in view.units if one.state is UnitState.COMPLETED]
    if kept:
        words = translate("jobs", "Kept and yours: what {0} made.")
        parts.append(words.format(", ".join(kept[:3]) + (" …" if len(kept) > 3 else "")))
    return title, " ".join(parts)


def memory_to_ask(job: TrainingJob) -> int | None:
    """MiB of VRAM that a new job should ask for, in whole thousands over what was measured; None where memory of a
    GPU is not what ended this one."""
    failure = job.failure
    if failure is None or failure.measured is None or failure.limit is None or not job.required_vram_mb:
        return None
    if failure.limit != job.required_vram_mb or failure.measured <= failure.limit:
        return None
    return math.ceil(failure.measured * _SPARE / _STEP_MB) * _STEP_MB
