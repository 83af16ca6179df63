"""What a request may ask for, the parameters it is given, and the four units of `single`."""

from typing import Any

import pytest

from core.accounts.limits import DEFAULTS
from core.billing.rates import DEFAULT_CARD
from core.errors import ApiError, ErrorCode
from core.packages.training_toml import PackageTable, Param, ParamType, ResourcesTable, TrainingToml
from core.planning.estimate import check_request, hold_micro, resolve_params
from core.planning.plan import PlanInput, PlannedUnit
from core.planning.strategies.single import plan_single
from core.protocol.customer import Sensitivity, SubmitJob

PARAMS = {
    "lr": Param(ParamType.FLOAT, 0.05, 0.0001, 1.0),
    "epochs": Param(ParamType.INT, 10, 1, 100),
    "shuffle": Param(ParamType.BOOL, True),
    "note": Param(ParamType.STRING),
    "optimiser": Param(ParamType.CHOICE, "sgd", choices=["sgd", "adam"]),
}


def request(**fields: Any) -> SubmitJob:
    given: dict[str, Any] = {
        "name": "tiny",
        "dataset_id": "d",
        "training_package_id": "p",
        "required_vram_mb": 0,
        "required_disk_mb": 1024,
        "max_runtime_seconds": 600,
        "sensitivity": Sensitivity.LOW_SENSITIVE,
    }
    return SubmitJob(**{**given, **fields})


def refused(**fields: Any) -> tuple[ErrorCode, list[str | None]]:
    with pytest.raises(ApiError) as error:
        check_request(request(**fields), DEFAULTS)
    return error.value.code, [row.field for row in error.value.details]


def test_every_bad_field_has_its_row() -> None:
    code, fields = refused(name=" ", required_vram_mb=-1, required_disk_mb=-1, max_runtime_seconds=0, priority=101)
    assert code == ErrorCode.VALIDATION_FAILED
    assert fields == ["name", "required_vram_mb", "required_disk_mb", "max_runtime_seconds", "priority"]


@pytest.mark.parametrize("name", ["x" * 201, "bell\x07", "nul\x00", "line\nbreak"])
def test_a_name_that_can_not_be_shown_is_refused(name: str) -> None:
    assert refused(name=name) == (ErrorCode.VALIDATION_FAILED, ["name"])


def test_what_is_above_a_ceiling_is_infeasible() -> None:
    high = {"required_vram_mb": 196_609, "required_disk_mb": 1_048_577, "max_runtime_seconds": 604_801}
    assert refused(**high) == (ErrorCode.PLAN_INFEASIBLE, list(high))
    check_request(request(**{name: value - 1 for name, value in high.items()}), DEFAULTS)


def test_defaults_stand_where_nothing_is_given() -> None:
    training = TrainingToml(PackageTable("p"), params=PARAMS)
    assert resolve_params(training, {"lr": 0.1}) == {"lr": 0.1, "epochs": 10, "shuffle": True, "optimiser": "sgd"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", "fast"),
        ("lr", True),
        ("lr", float("nan")),
        ("lr", 2.0),
        ("lr", 0.00001),
        ("epochs", 1.5),
        ("epochs", 0),
        ("shuffle", 1),
        ("note", 5),
        ("optimiser", "lion"),
        ("momentum", 0.9),
    ],
)
def test_a_parameter_of_the_wrong_type_out_of_bounds_or_unknown_is_named(name: str, value: object) -> None:
    with pytest.raises(ApiError) as error:
        resolve_params(TrainingToml(PackageTable("p"), params=PARAMS), {name: value})
    assert error.value.code == ErrorCode.VALIDATION_FAILED
    assert [row.field for row in error.value.details] == [f"params.{name}"]


def test_a_package_without_parameters_takes_what_it_is_given() -> None:
    assert resolve_params(TrainingToml(PackageTable("p")), {"anything": [1]}) == {"anything": [1]}


def plan(package: PackageTable, vram_mb: int = 0) -> list[PlannedUnit]:
    training = TrainingToml(package, ResourcesTable(memory_mb=2048, cpus=2))
    return plan_single(PlanInput(request(required_vram_mb=vram_mb), training, data_bytes=3 * 2**20))


def test_single_is_always_these_four_units() -> None:
    for package in (PackageTable("p"), PackageTable("p", prepare="prepare.py", evaluate="evaluate.py")):
        units = plan(package)
        assert [unit.role for unit in units] == ["prepare", "train", "evaluate", "package"]
        assert [unit.needs for unit in units] == [[], [0], [0, 1], [0, 1, 2]]


def test_scripts_the_package_lacks_are_the_platforms_on_cpu() -> None:
    own = plan(PackageTable("p", prepare="p.py", evaluate="e.py"), vram_mb=8000)
    assert [(unit.spec.script, unit.unit_class.kind.value) for unit in own] == [
        ("p.py", "cpu"),
        ("train.py", "gpu"),
        ("e.py", "gpu"),
        ("collect.py", "cpu"),
    ]
    assert [unit.spec.stage for unit in own] == [False, False, False, True]
    bare = plan(PackageTable("p"), vram_mb=8000)
    assert [(unit.spec.script, unit.unit_class.kind.value) for unit in bare] == [
        ("prepare.py", "cpu"),
        ("train.py", "gpu"),
        ("evaluate.py", "cpu"),
        ("collect.py", "cpu"),
    ]


def test_disk_is_scratch_and_data_and_environment_together() -> None:
    assert plan(PackageTable("p"))[1].unit_class.disk_mb == 1024 + 3
    assert plan(PackageTable("p", requirements=["numpy"]))[1].unit_class.disk_mb == 1024 + 3 + 512


def test_a_hold_is_the_rate_for_the_longest_time() -> None:
    assert hold_micro(plan(PackageTable("p"))[1], DEFAULT_CARD) == 200 * 600
    assert hold_micro(plan(PackageTable("p"), vram_mb=8000)[1], DEFAULT_CARD) == 2000 * 600
