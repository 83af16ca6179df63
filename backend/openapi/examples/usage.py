"""Examples of credits and limits."""

import msgspec

from core.billing.export import COLUMNS
from core.protocol.customer import LedgerRow, UsageSummary
from core.protocol.usage import DayUsage, KindUsage, PackageUsage, UsageFigures

from ...routes.limits import LimitsAnswer, LimitUse, RunningTimeUse
from .example import FINISHED, JOB, PACKAGE, TRAIN, Example, page

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
_CELLS = (
    FINISHED,
    JOB,
    "tiny-mlp-fine-tune",
    PACKAGE,
    "tiny-mlp",
    TRAIN,
    "train",
    "gpu",
    "gpu-8g",
    "18.0",
    "36000",
    "0.036000",
    "0",
    "0.000000",
)
_ALL = msgspec.structs.asdict(
    UsageFigures(units_completed=4, units_uncharged=0, seconds=30.0, charged_micro=38_400, charged="0.038400")
)
_CPU = msgspec.structs.asdict(
    UsageFigures(units_completed=3, units_uncharged=0, seconds=12.0, charged_micro=2_400, charged="0.002400")
)
_GPU = msgspec.structs.asdict(
    UsageFigures(units_completed=1, units_uncharged=0, seconds=18.0, charged_micro=36_000, charged="0.036000")
)
_BY_PACKAGE = [PackageUsage(training_package_id=PACKAGE, name="tiny-mlp", version=1, **_ALL)]
_BY_KIND = [KindUsage(kind="cpu", **_CPU), KindUsage(kind="gpu", **_GPU)]

USAGE = {
    "usage_daily": page(DayUsage(date="2026-04-01", by_package=_BY_PACKAGE, by_kind=_BY_KIND, **_ALL)),
    "usage_export": Example(
        answer=f"{','.join(COLUMNS)}\r\n{','.join(_CELLS)}\r\n",
        query={"date_from": "2026-04-01", "date_to": "2026-04-30"},
    ),
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
            by_package=_BY_PACKAGE,
            by_kind=_BY_KIND,
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
