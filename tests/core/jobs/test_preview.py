"""What a preview says is what a submit would do: price and time as earlier runs were, and every refusal."""

from typing import Any

import msgspec
import pytest

from core.accounts.limits import DEFAULTS, Limits
from core.content.uploads import UploadKind
from core.errors import ApiError
from core.jobs.preview import preview
from core.jobs.submit import plan_job, submit
from core.packages.training_toml import PackageTable, Param, ParamType, ResourcesTable, StrategyKind, TrainingToml
from core.protocol.customer import JobPreview, Sensitivity, SubmitJob
from tests.core.engine import Engine

TRAINING = TrainingToml(
    PackageTable("p"),
    ResourcesTable(cpu_ok=True),
    params={"lr": Param(ParamType.FLOAT, 0.1, 0.0, 1.0), "note": Param(ParamType.STRING)},
)


def request(engine: Engine, customer: int, **changes: Any) -> SubmitJob:
    """A job of one package and dataset, which are made the first time."""
    found = {
        kind: engine.one("SELECT public_id FROM uploads WHERE customer_id = ? AND kind = ?", customer, kind)
        for kind in ("dataset", "training_package")
    }
    if found["dataset"] is None:
        found["dataset"] = engine.upload(customer, UploadKind.DATASET, "d")
        found["training_package"] = engine.upload(customer, UploadKind.TRAINING_PACKAGE, "p", TRAINING)
    return SubmitJob(
        **{
            "name": "job",
            "dataset_id": found["dataset"],
            "training_package_id": found["training_package"],
            "required_vram_mb": 0,
            "required_disk_mb": 256,
            "max_runtime_seconds": 600,
            "sensitivity": Sensitivity.LOW_SENSITIVE,
            **changes,
        }
    )


def previewed(engine: Engine, customer: int, asked: SubmitJob, limits: Limits = DEFAULTS) -> JobPreview:
    connection = engine.store.connection
    plan = plan_job(connection, customer, asked, limits)
    return preview(connection, customer, asked, plan, [7] * len(plan.units), limits=limits, now=engine.now)


def submitted(engine: Engine, customer: int, asked: SubmitJob, limits: Limits = DEFAULTS) -> str:
    with engine.store.transaction() as tx:
        return submit(tx, engine.index, customer, asked, limits=limits, now=engine.now, new_id=engine.new_id).id


def test_without_earlier_runs_it_is_all_that_the_limits_allow(engine: Engine) -> None:
    customer = engine.customer()
    found = previewed(engine, customer, request(engine, customer))
    assert found.cost_micro == [4 * 200, 4 * 600 * 200] and found.cost == ["0.000800", "0.480000"]
    assert found.seconds == [4.0, 2400.0]
    assert {(unit.basis, unit.earlier_runs, unit.usual_seconds, unit.nodes_now) for unit in found.units} == {
        ("limits", 0, None, 7)
    }
    assert found.would_be_refused == []


def test_a_unit_for_a_gpu_that_may_do_without_one_costs_least_on_a_cpu(engine: Engine) -> None:
    customer = engine.customer()
    found = previewed(engine, customer, request(engine, customer, required_vram_mb=8000))
    assert found.units[1].cost_micro == [200, 600 * 2000]


def test_earlier_runs_of_the_same_package_are_its_basis_and_those_of_others_are_not(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    node = engine.node("n0")
    for seconds in (10.0, 30.0):
        submitted(engine, customer, request(engine, customer))
        while leases := node.exchange(most=1).leases:
            node.run(leases[0], seconds)
    found = previewed(engine, customer, request(engine, customer))
    assert {(unit.basis, unit.earlier_runs) for unit in found.units} == {("earlier_runs", 2)}
    assert found.units[1].seconds == [10.0, 30.0] and found.units[1].usual_seconds == 20.0
    assert found.cost_micro == [4 * 10 * 200, 4 * 30 * 200] and found.seconds == [40.0, 120.0]
    assert found.hold_micro == 4 * 600 * 200
    short = previewed(engine, customer, request(engine, customer, max_runtime_seconds=20))
    assert short.units[1].seconds == [10.0, 20.0]
    assert previewed(engine, other, request(engine, other)).units[1].basis == "limits"


@pytest.mark.parametrize(
    ("limits", "changes", "credits", "codes"),
    [
        ({"active_jobs": 0}, {}, 1000, ["RATE_LIMITED"]),
        ({"jobs_per_minute": 0}, {}, 1000, ["RATE_LIMITED"]),
        ({"units_per_day": 3}, {}, 1000, ["DAILY_TASK_LIMIT_EXCEEDED"]),
        ({}, {}, 0, ["CREDIT_INSUFFICIENT"]),
        ({}, {"max_credits": "0.1"}, 1000, ["CREDIT_INSUFFICIENT"]),
        (
            {"active_jobs": 0, "units_per_day": 0},
            {"max_credits": "0"},
            0,
            ["DAILY_TASK_LIMIT_EXCEEDED", "RATE_LIMITED", "CREDIT_INSUFFICIENT", "CREDIT_INSUFFICIENT"],
        ),
    ],
)
def test_what_would_be_refused_is_said_as_a_submit_says_it(
    engine: Engine, limits: dict[str, int], changes: dict[str, Any], credits: int, codes: list[str]
) -> None:
    customer = engine.customer(credits)
    own = msgspec.structs.replace(DEFAULTS, **limits)
    asked = request(engine, customer, **changes)
    found = previewed(engine, customer, asked, own).would_be_refused
    assert [refusal.code for refusal in found] == codes
    with pytest.raises(ApiError) as refused:
        submitted(engine, customer, asked, own)
    assert (refused.value.code, refused.value.message) == (found[0].code, found[0].message)
    assert engine.one("SELECT count(*) FROM unit_days") == 0


def test_every_strategy_is_offered_or_says_in_numbers_why_not(engine: Engine) -> None:
    customer = engine.customer()
    offers = {one.kind: one for one in previewed(engine, customer, request(engine, customer)).strategies}
    assert set(offers) == {kind.value for kind in StrategyKind}
    assert offers["single"].offered and offers["single"].reason is None
    refused = [one for one in offers.values() if not one.offered]
    assert len(refused) == 5 and all(one.reason and one.median_node_bytes_per_second is None for one in refused)
    assert "600 seconds would not need cutting" in str(offers["segments"].reason)
    assert "names 2, 1 of them with bounds" in str(offers["sweep"].reason)
    assert offers["diloco"].transfer_bytes is None
    node = engine.node("n0")
    submitted(engine, customer, request(engine, customer))
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    node.checkpoint(lease, 1, 5, 1.0)
    size = engine.one("SELECT max(size_bytes) FROM contents WHERE id IN (SELECT content_id FROM checkpoints)")
    node.exit(lease, 1.0)
    node.complete(lease)
    engine.conclude(node.to_verify)
    node.to_verify.clear()
    node.held.clear()
    node.run_all()
    offers = {one.kind: one for one in previewed(engine, customer, request(engine, customer)).strategies}
    assert offers["diloco"].transfer_bytes == 2 * size


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"strategy": {"kind": "sweep"}}, "strategy.kind"),
        ({"strategy": {"sweep": {"lr": [0.1]}}}, "strategy.sweep"),
        ({"strategy": {"metric": "loss"}}, "strategy.metric"),
        ({"strategy": {"direction": "min"}}, "strategy.direction"),
        ({"strategy": {"early_stop": {"after": 3}}}, "strategy.early_stop"),
        ({"strategy": {"segments": 4}}, "strategy.segments"),
    ],
)
def test_what_this_version_can_not_plan_is_refused_by_field(
    engine: Engine, changes: dict[str, Any], field: str
) -> None:
    customer = engine.customer()
    whole = {**msgspec.to_builtins(request(engine, customer)), **changes}
    with pytest.raises(ApiError) as refused:
        previewed(engine, customer, msgspec.convert(whole, SubmitJob))
    assert refused.value.code == "VALIDATION_FAILED"
    [row] = refused.value.details
    assert row.field == field and "not offered by this version" in row.message
