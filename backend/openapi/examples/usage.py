"""Examples of credits and limits."""

from core.protocol.customer import LedgerRow, UsageSummary

from ...routes.limits import LimitsAnswer, LimitUse, RunningTimeUse
from .example import FINISHED, JOB, TRAIN, Example, page

_CHARGE = LedgerRow(
    id="01964f0e-7c00-7a31-9c52-0d5a4f1be007",
    created_at=FINISHED,
    kind="charge",
    amount_micro=-36_000,
    amount="-0.036000",
    balance_micro=999_961_600,
    balance="999.961600",
    training_job_id=JOB,
    job_name="tiny-mlp-fine-tune",
    compute_unit_id=TRAIN,
    role="train",
    seconds=18.0,
    rate_class="gpu-8g",
    note=None,
)

USAGE = {
    "ledger": page(_CHARGE),
    "usage_summary": Example(
        answer=UsageSummary(
            month="2026-04",
            units_completed=4,
            units_uncharged=0,
            seconds=30.0,
            charged_micro=38_400,
            charged="0.038400",
            balance_micro=999_961_600,
            balance="999.961600",
            held_micro=0,
            held="0.000000",
        )
    ),
    "limits": Example(
        answer=LimitsAnswer(
            [
                LimitUse("active_jobs", 3, 1, 2, None),
                LimitUse("units_per_day", 200, 4, 196, "2026-04-02T00:00:00.000Z"),
            ],
            RunningTimeUse(7, 26.4, 0.0, slowed=False),
        )
    ),
}
