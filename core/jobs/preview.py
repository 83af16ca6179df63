"""What a job would be if it were submitted: its plan, price and time as ranges, and what would stand in its way.

Ranges are those of the customer's earlier runs of the same package where there are any, else all that the limits allow.
"""

import msgspec

from ..accounts.limits import Limits, refusals_of_submit
from ..billing.ledger import balance
from ..billing.rates import RateCard, rate_card
from ..billing.settle import cost_micro, credit_refusal
from ..clock import credits_text
from ..errors import ApiError
from ..nodes.self_tests import median_line_rate
from ..planning.estimate import hold_micro, unit_rate
from ..planning.offered import strategy_offers
from ..planning.plan import PlannedUnit, Role
from ..protocol.customer import JobPreview, SubmitJob, UnitKind
from ..protocol.customer import PlannedUnit as PlannedUnitView
from ..protocol.preview import Refusal
from ..store.sqlite import Connection, named_sql
from .submit import JobPlan, max_credits_refusal

SQL = named_sql(__file__, "preview")
MOST_RUNS = 20
LEAST_SECONDS = 1.0
LIMITS_BASIS = "limits"
RUNS_BASIS = "earlier_runs"

Runs = dict[tuple[str, str], list[float]]


class _Range(msgspec.Struct, frozen=True):
    """How long a unit runs, in seconds: the least and the most, what is usual, and on how many runs that stands."""

    least: float
    most: float
    usual: float | None
    runs: int


def preview(
    connection: Connection,
    customer_id: int,
    request: SubmitJob,
    plan: JobPlan,
    nodes_now: list[int],
    *,
    limits: Limits,
    now: float,
) -> JobPreview:
    """The whole of it; changes nothing and uses up no limit. `nodes_now` are those that could run each unit now."""
    jobs = _earlier_jobs(connection, customer_id, plan.package_id)
    runs = _earlier_runs(connection, jobs)
    ranges = [_range(unit, runs) for unit in plan.units]
    card = rate_card(connection)
    costs = [_cost(unit, found, card) for unit, found in zip(plan.units, ranges, strict=True)]
    total = sum(hold_micro(unit, card) for unit in plan.units)
    cost = [sum(least for least, _ in costs), sum(most for _, most in costs)]
    has = balance(connection, customer_id)
    return JobPreview(
        units=[
            PlannedUnitView(
                kind=UnitKind(unit.unit_class.kind),
                role=unit.role.value,
                index=unit.index,
                needs=unit.needs,
                max_seconds=unit.max_seconds,
                hold_micro=hold_micro(unit, card),
                nodes_now=nodes,
                seconds=[found.least, found.most],
                usual_seconds=found.usual,
                cost_micro=list(priced),
                basis=RUNS_BASIS if found.runs else LIMITS_BASIS,
                earlier_runs=found.runs,
            )
            for unit, found, priced, nodes in zip(plan.units, ranges, costs, nodes_now, strict=True)
        ],
        hold_micro=total,
        hold=credits_text(total),
        cost_micro=cost,
        balance_micro=has.available_micro,
        balance=credits_text(has.available_micro),
        strategies=strategy_offers(
            plan.training,
            train_seconds=max((unit.max_seconds for unit in plan.units if unit.role == Role.TRAIN), default=0),
            data_bytes=plan.data_bytes,
            checkpoint_bytes=SQL.checkpoint_bytes(connection, job_ids=_json(jobs)),
            bytes_per_second=median_line_rate(connection, now),
        ),
        cost=[credits_text(amount) for amount in cost],
        seconds=[
            _longest_way(plan.units, [r.least for r in ranges]),
            _longest_way(plan.units, [r.most for r in ranges]),
        ],
        would_be_refused=_refusals(connection, customer_id, request, plan, total, limits, now),
    )


def _json(ids: list[int]) -> str:
    return msgspec.json.encode(ids).decode()


def _earlier_jobs(connection: Connection, customer_id: int, package_id: int) -> list[int]:
    digest = SQL.package_digest(connection, package_id=package_id)
    rows = SQL.earlier_jobs(connection, customer_id=customer_id, digest=digest, limit=MOST_RUNS)
    return [row["id"] for row in rows]


def _earlier_runs(connection: Connection, jobs: list[int]) -> Runs:
    """The seconds of earlier units, by role and kind."""
    runs: Runs = {}
    for row in SQL.earlier_seconds(connection, job_ids=_json(jobs)):
        runs.setdefault((row["role"], row["kind"]), []).append(row["accepted_seconds"])
    return runs


def _range(unit: PlannedUnit, runs: Runs) -> _Range:
    found = runs.get((unit.role.value, unit.unit_class.kind.value))
    longest = float(unit.max_seconds)
    if not found:
        return _Range(min(LEAST_SECONDS, longest), longest, None, 0)
    within = [min(seconds, longest) for seconds in found]
    usual = sum(within) / len(within)
    return _Range(round(min(within), 3), round(max(within), 3), round(usual, 3), len(within))


def _cost(unit: PlannedUnit, found: _Range, card: RateCard) -> tuple[int, int]:
    """The least and the most in micro-credits. A node without a GPU, where the unit may run on one, costs less."""
    rate = unit_rate(unit, card)
    cheapest = card.cpu if unit.unit_class.cpu_ok else rate
    least = cost_micro(min(rate.micro_per_second, cheapest.micro_per_second), found.least)
    return least, cost_micro(rate.micro_per_second, found.most)


def _longest_way(units: list[PlannedUnit], seconds: list[float]) -> float:
    """How long the plan takes if every unit starts when what it needs is done; without waiting and transfers."""
    done: list[float] = []
    for unit, own in zip(units, seconds, strict=True):
        done.append(own + max((done[need] for need in unit.needs), default=0.0))
    return round(max(done, default=0.0), 3)


def _refusals(
    connection: Connection, customer_id: int, request: SubmitJob, plan: JobPlan, total: int, limits: Limits, now: float
) -> list[Refusal]:
    """What a submit would be refused for at this moment, in the order in which it would be looked at."""
    found: list[ApiError | None] = [
        *refusals_of_submit(connection, customer_id, limits, len(plan.units), now),
        max_credits_refusal(request, total),
        credit_refusal(connection, customer_id, total),
    ]
    return [Refusal(error.code.value, error.message, error.hint) for error in found if error is not None]
