"""Ceilings that a plan may not pass, the parameters it is given, and what it would cost."""

import math
from typing import Any

from ..accounts.limits import Limits
from ..billing.rates import Rate, RateCard
from ..billing.settle import cost_micro
from ..errors import ApiError, ErrorCode, ErrorDetail
from ..packages.training_toml import Param, TrainingToml
from ..protocol.customer import SubmitJob
from .plan import PlannedUnit

MOST_PRIORITY = 100


def check_request(request: SubmitJob, limits: Limits) -> None:
    """Raises VALIDATION_FAILED with a row for each bad field, PLAN_INFEASIBLE for those above the ceilings."""
    bad: list[ErrorDetail] = []
    high: list[ErrorDetail] = []
    name = request.name
    if not name.strip() or len(name) > limits.max_name_characters or not name.isprintable():
        bad.append(ErrorDetail(f"1 to {limits.max_name_characters} printable characters", field="name"))
    least = {"required_vram_mb": 0, "required_disk_mb": 0, "max_runtime_seconds": 1}
    most = {
        "required_vram_mb": limits.max_vram_mb,
        "required_disk_mb": limits.max_disk_mb,
        "max_runtime_seconds": limits.max_runtime_seconds,
    }
    for field, low in least.items():
        value = getattr(request, field)
        if value < low:
            bad.append(ErrorDetail(f"{low} or more", field=field))
        elif value > most[field]:
            high.append(ErrorDetail(f"{value} is above the ceiling of {most[field]}", field=field))
    if request.priority is not None and abs(request.priority) > MOST_PRIORITY:
        bad.append(ErrorDetail(f"-{MOST_PRIORITY} to {MOST_PRIORITY}", field="priority"))
    if bad:
        raise ApiError(ErrorCode.VALIDATION_FAILED, details=bad)
    if high:
        raise ApiError(ErrorCode.PLAN_INFEASIBLE, details=high)


def resolve_params(training: TrainingToml, given: dict[str, Any] | None) -> dict[str, Any]:
    """The parameters a job runs with: the package's defaults, and over them what the customer gave.

    Raises VALIDATION_FAILED with a row for each that the package does not name or that is out of its bounds. A package
    without parameters takes whatever it is given.
    """
    given = given or {}
    if not training.params:
        return dict(given)
    rows: list[ErrorDetail] = []
    for name, value in given.items():
        param = training.params.get(name)
        if param is None:
            known = ", ".join(sorted(training.params))
            rows.append(ErrorDetail(f"the package has no such parameter; it has {known}", field=f"params.{name}"))
        elif problem := _param_problem(param, value):
            rows.append(ErrorDetail(problem, field=f"params.{name}"))
    if rows:
        raise ApiError(ErrorCode.VALIDATION_FAILED, details=rows)
    defaults = {name: param.default for name, param in training.params.items() if param.default is not None}
    return {**defaults, **given}


def _param_problem(param: Param, value: Any) -> str | None:
    if param.type == "bool":
        return None if isinstance(value, bool) else "true or false"
    if param.type == "string":
        return None if isinstance(value, str) else "a string"
    if param.type == "choice":
        return None if value in (param.choices or []) else f"one of {param.choices}"
    number = int if param.type == "int" else (int, float)
    if isinstance(value, bool) or not isinstance(value, number) or not math.isfinite(value):
        return "a whole number" if param.type == "int" else "a finite number"
    if param.min is not None and value < param.min:
        return f"{param.min} or more"
    if param.max is not None and value > param.max:
        return f"{param.max} or less"
    return None


def unit_rate(unit: PlannedUnit, card: RateCard) -> Rate:
    """The rate a planned unit is held at."""
    return card.rate_for(unit.unit_class.kind.value, unit.unit_class.vram_mb)


def hold_micro(unit: PlannedUnit, card: RateCard) -> int:
    """What is set aside for a planned unit: its rate for its longest time."""
    return cost_micro(unit_rate(unit, card).micro_per_second, unit.max_seconds)
