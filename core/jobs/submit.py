"""From a request to a job: what it names is looked up, planned, priced, held and written, or refused whole."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial

import msgspec

from ..accounts.limits import Limits, check_may_submit
from ..billing.rates import RateCard, rate_card
from ..billing.settle import hold
from ..clock import MICRO_PER_CREDIT, credits_text
from ..errors import ApiError, ErrorCode, validation_failed
from ..nodes.blocks import check_not_blocked
from ..packages.training_toml import StrategyKind, TrainingToml
from ..planning.estimate import check_request, hold_micro, resolve_params, unit_rate
from ..planning.offered import check_offered
from ..planning.plan import PlanInput, PlannedUnit
from ..planning.strategies.single import plan_single
from ..protocol.customer import JobStatus, SubmitJob, TrainingJob, UnitState
from ..store.database import Transaction
from ..store.sqlite import Connection
from ..webhooks.endpoints import find_named, name_for_job
from .jobs import SQL, move_job, present
from .ready import ReadyQueue, ReadyUnit
from .starting_points import StartingPoints, find_ready, find_starting_points
from .units import SQL as UNITS_SQL

NewId = Callable[[], str]


class JobPlan(msgspec.Struct, frozen=True):
    """A request with all that it names found, and its units. `data_bytes` is the size of its dataset."""

    dataset_id: int
    package_id: int
    package_digest: str | None
    training: TrainingToml
    data_bytes: int
    params: dict[str, object]
    start: StartingPoints
    webhook_ids: list[int]
    units: list[PlannedUnit]


def check_submit(request: SubmitJob, limits: Limits) -> None:
    """What can be said of a request by itself. Raises VALIDATION_FAILED, PLAN_INFEASIBLE."""
    check_request(request, limits)
    if request.max_credits is not None:
        _max_micro(request.max_credits)
    if request.webhook_ids and len(request.webhook_ids) > limits.webhooks:
        raise validation_failed(webhook_ids=f"names more than {limits.webhooks}, and no more webhooks are allowed")


def plan_job(connection: Connection, customer_id: int, request: SubmitJob, limits: Limits) -> JobPlan:
    """What a submit of this request would make. Raises as `submit` does, but for limits and credits."""
    check_submit(request, limits)
    dataset = find_ready(connection, customer_id, "dataset", request.dataset_id)
    package = find_ready(connection, customer_id, "training_package", request.training_package_id)
    check_not_blocked(connection, package["package_digest"])
    training = msgspec.json.decode(package["training"], type=TrainingToml)
    check_offered(request, training)
    start = find_starting_points(connection, customer_id, request)
    webhooks = find_named(connection, customer_id, request.webhook_ids or [])
    params = resolve_params(training, request.params)
    data_bytes = dataset["size_bytes"]
    units = plan_single(PlanInput(request, training, data_bytes, start.input_bytes))
    digest = package["package_digest"]
    return JobPlan(dataset["id"], package["id"], digest, training, data_bytes, params, start, webhooks, units)


def _max_micro(text: str) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise validation_failed(max_credits='a decimal number of credits as a string, such as "2.5"') from None
    if not amount.is_finite() or amount < 0 or amount > 10**9:
        raise validation_failed(max_credits="0 to 1000000000 credits")
    return int(amount * MICRO_PER_CREDIT)


def max_credits_refusal(request: SubmitJob, total_micro: int) -> ApiError | None:
    """CREDIT_INSUFFICIENT when the plan may cost more than its own request allows. Raises VALIDATION_FAILED."""
    if request.max_credits is None or total_micro <= _max_micro(request.max_credits):
        return None
    return ApiError(
        ErrorCode.CREDIT_INSUFFICIENT,
        f"the job may need {credits_text(total_micro)} credits, above its max_credits of {request.max_credits}",
        hint="Raise max_credits, or lower max_runtime_seconds or required_vram_mb.",
    )


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

    Raises VALIDATION_FAILED, PLAN_INFEASIBLE, DATASET_NOT_FOUND, PACKAGE_NOT_FOUND, ARTIFACT_NOT_FOUND,
    WEBHOOK_NOT_FOUND, STATE_CONFLICT, RATE_LIMITED, DAILY_TASK_LIMIT_EXCEEDED, CREDIT_INSUFFICIENT.
    """
    connection = tx.connection
    plan = plan_job(connection, customer_id, request, limits)
    check_may_submit(tx, customer_id, limits, len(plan.units), now)
    card = rate_card(connection)
    total = sum(hold_micro(unit, card) for unit in plan.units)
    if refusal := max_credits_refusal(request, total):
        raise refusal
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
        strategy=msgspec.json.encode({"kind": StrategyKind.SINGLE.value}).decode(),
        params=msgspec.json.encode(plan.params).decode(),
        inputs=msgspec.json.encode(plan.start.inputs).decode(),
        start_checkpoint_artifact_id=plan.start.checkpoint_artifact_id,
        priority=priority,
        now=now,
    )
    name_for_job(tx, job_id, plan.webhook_ids)
    hold(tx, customer_id, job_id, total, key=f"hold:{job_id}:submit", now=now, new_id=new_id)
    _write_units(tx, queue, customer_id, job_id, plan.units, card, priority, now, new_id)
    move_job(tx, job_id, JobStatus.QUEUED, now)
    return present(connection, SQL.job(connection, customer_id=customer_id, job_id=public_id), now)


def _write_units(
    tx: Transaction,
    queue: ReadyQueue,
    customer_id: int,
    job_id: int,
    units: list[PlannedUnit],
    card: RateCard,
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
        rate = unit_rate(unit, card)
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
            held_micro=hold_micro(unit, card),
            cpu_rate_micro=card.cpu.micro_per_second,
            now=now,
        )
        for position in unit.needs:
            UNITS_SQL.add_need(connection, unit_id=unit_id, needs_id=ids[position])
        ids.append(unit_id)
        if state == UnitState.READY:
            ready = ReadyUnit(unit_id, class_id, customer_id, priority)
            tx.after_commit(partial(queue.add, ready))
