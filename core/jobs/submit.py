"""From a request to a job: what it names is looked up, planned, priced, held and written, or refused whole."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial

import msgspec

from ..accounts.limits import Limits, check_may_submit
from ..billing.ledger import balance
from ..billing.settle import cost_micro, hold
from ..clock import MICRO_PER_CREDIT, credits_text
from ..errors import ApiError, ErrorCode, validation_failed
from ..nodes.blocks import check_not_blocked
from ..packages.training_toml import StrategyKind, TrainingToml
from ..planning.estimate import check_request, hold_micro, resolve_params, unit_rate
from ..planning.plan import PlanInput, PlannedUnit
from ..planning.strategies.single import plan_single
from ..protocol.customer import (
    ContentStatus,
    JobPreview,
    JobStatus,
    StrategySpec,
    SubmitJob,
    TrainingJob,
    UnitKind,
    UnitState,
)
from ..protocol.customer import (
    PlannedUnit as PlannedUnitView,
)
from ..store.database import Transaction
from ..store.sqlite import Connection, Row
from .jobs import SQL, move_job, present
from .ready import ReadyQueue, ReadyUnit
from .units import SQL as UNITS_SQL

NewId = Callable[[], str]


class _Plan(msgspec.Struct, frozen=True):
    """A request with all that it names found, and its units."""

    dataset_id: int
    package_id: int
    params: dict[str, object]
    units: list[PlannedUnit]


def _find_ready(connection: Connection, customer_id: int, kind: str, public_id: str) -> Row:
    row: Row | None = SQL.ready_upload(connection, customer_id=customer_id, kind=kind, public_id=public_id)
    if row is None:
        raise ApiError(ErrorCode.DATASET_NOT_FOUND if kind == "dataset" else ErrorCode.PACKAGE_NOT_FOUND)
    if row["status"] != ContentStatus.READY:
        words = kind.replace("_", " ")
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"the {words} is {row['status']}, not ready",
            hint=f"Send its missing chunks and finalize the {words} first.",
        )
    return row


def _plan(connection: Connection, customer_id: int, request: SubmitJob, limits: Limits) -> _Plan:
    check_request(request, limits)
    if request.inputs or request.initial_checkpoint_artifact_id:
        unknown = {"inputs": request.inputs, "initial_checkpoint_artifact_id": request.initial_checkpoint_artifact_id}
        raise validation_failed(**{name: "not offered by this version" for name, value in unknown.items() if value})
    dataset = _find_ready(connection, customer_id, "dataset", request.dataset_id)
    package = _find_ready(connection, customer_id, "training_package", request.training_package_id)
    check_not_blocked(connection, package["package_digest"])
    training = msgspec.json.decode(package["training"], type=TrainingToml)
    kind = request.strategy.kind if request.strategy else training.strategy.kind
    if kind != StrategyKind.SINGLE:
        raise validation_failed(strategy=f"{kind} is not offered by this version; single is")
    params = resolve_params(training, request.params)
    units = plan_single(PlanInput(request, training, dataset["size_bytes"]))
    return _Plan(dataset["id"], package["id"], params, units)


def _max_micro(text: str) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise validation_failed(max_credits='a decimal number of credits as a string, such as "2.5"') from None
    if not amount.is_finite() or amount < 0 or amount > 10**9:
        raise validation_failed(max_credits="0 to 1000000000 credits")
    return int(amount * MICRO_PER_CREDIT)


def submit(
    tx: Transaction,
    queue: ReadyQueue,
    customer_id: int,
    request: SubmitJob,
    *,
    limits: Limits,
    now: float,
    new_id: NewId,
) -> TrainingJob:
    """Accepts a job whole, with its projected cost held, or refuses it whole.

    Raises VALIDATION_FAILED, PLAN_INFEASIBLE, DATASET_NOT_FOUND, PACKAGE_NOT_FOUND, STATE_CONFLICT, RATE_LIMITED,
    DAILY_TASK_LIMIT_EXCEEDED, CREDIT_INSUFFICIENT.
    """
    connection = tx.connection
    plan = _plan(connection, customer_id, request, limits)
    check_may_submit(tx, customer_id, limits, len(plan.units), now)
    total = sum(hold_micro(unit) for unit in plan.units)
    if request.max_credits is not None and total > _max_micro(request.max_credits):
        raise ApiError(
            ErrorCode.CREDIT_INSUFFICIENT,
            f"the job may need {credits_text(total)} credits, above its max_credits of {request.max_credits}",
            hint="Raise max_credits, or lower max_runtime_seconds or required_vram_mb.",
        )
    strategy = request.strategy or StrategySpec()
    public_id = new_id()
    priority = request.priority or 0
    job_id = SQL.add_job(
        connection,
        public_id=public_id,
        customer_id=customer_id,
        name=request.name,
        dataset_id=plan.dataset_id,
        package_id=plan.package_id,
        required_vram_mb=request.required_vram_mb,
        required_disk_mb=request.required_disk_mb,
        max_runtime_seconds=request.max_runtime_seconds,
        sensitivity=request.sensitivity.value,
        strategy=msgspec.json.encode(strategy).decode(),
        params=msgspec.json.encode(plan.params).decode(),
        inputs="{}",
        priority=priority,
        now=now,
    )
    hold(tx, customer_id, job_id, total, key=f"hold:{job_id}:submit", now=now, new_id=new_id)
    _write_units(tx, queue, customer_id, job_id, plan.units, priority, now, new_id)
    move_job(tx, job_id, JobStatus.QUEUED, now)
    return present(connection, SQL.job(connection, customer_id=customer_id, job_id=public_id), now)


def _write_units(
    tx: Transaction,
    queue: ReadyQueue,
    customer_id: int,
    job_id: int,
    units: list[PlannedUnit],
    priority: int,
    now: float,
    new_id: NewId,
) -> None:
    connection = tx.connection
    ids: list[int] = []
    for unit in units:
        columns = {**msgspec.to_builtins(unit.unit_class), "cpu_ok": int(unit.unit_class.cpu_ok)}
        UNITS_SQL.intern_class(connection, **columns)
        class_id = UNITS_SQL.class_id(connection, **columns)
        state = UnitState.BLOCKED if unit.needs else UnitState.READY
        rate = unit_rate(unit)
        unit_id = UNITS_SQL.add_unit(
            connection,
            public_id=new_id(),
            job_id=job_id,
            customer_id=customer_id,
            class_id=class_id,
            role=unit.role.value,
            number=unit.index,
            count=unit.count,
            round=unit.round,
            state=state.value,
            priority=priority,
            waits_for=max((ids[position] for position in unit.needs), default=None),
            spec=msgspec.json.encode(unit.spec).decode(),
            planned_seconds=unit.max_seconds,
            rate_class=rate.rate_class,
            rate_micro=rate.micro_per_second,
            held_micro=hold_micro(unit),
            now=now,
        )
        for position in unit.needs:
            UNITS_SQL.add_need(connection, unit_id=unit_id, needs_id=ids[position])
        ids.append(unit_id)
        if state == UnitState.READY:
            ready = ReadyUnit(unit_id, class_id, customer_id, priority)
            tx.after_commit(partial(queue.add, ready))


def preview(
    connection: Connection,
    customer_id: int,
    request: SubmitJob,
    *,
    limits: Limits,
    nodes_now: Callable[[PlannedUnit], int],
) -> JobPreview:
    """The plan and its price; changes nothing. Raises as `submit` does, but for limits and credits."""
    plan = _plan(connection, customer_id, request, limits)
    total = sum(hold_micro(unit) for unit in plan.units)
    least = sum(cost_micro(unit_rate(unit).micro_per_second, 1) for unit in plan.units)
    has = balance(connection, customer_id)
    return JobPreview(
        units=[
            PlannedUnitView(
                kind=UnitKind(unit.unit_class.kind),
                role=unit.role.value,
                index=unit.index,
                needs=unit.needs,
                max_seconds=unit.max_seconds,
                hold_micro=hold_micro(unit),
                nodes_now=nodes_now(unit),
            )
            for unit in plan.units
        ],
        hold_micro=total,
        hold=credits_text(total),
        cost_micro=[least, total],
        balance_micro=has.available_micro,
        balance=credits_text(has.available_micro),
        strategies=[{"kind": "single", "offered": True}],
    )
