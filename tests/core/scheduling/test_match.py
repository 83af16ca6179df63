"""What a node lacks for a unit, in words, and where on it the unit would run."""

import pytest

from core.planning.plan import UnitClass
from core.protocol.customer import Sensitivity, UnitKind
from core.protocol.node import FreeGpu, FreeResources
from core.scheduling.match import Lack, Placement, after_taking, place, python_matches

CPU = UnitClass(UnitKind.CPU, 0, 1024, 2000, 2, False, ">=3.11", Sensitivity.PUBLIC)
GPU = UnitClass(UnitKind.GPU, 8000, 1024, 2000, 2, False, ">=3.11", Sensitivity.PUBLIC)


def node(**fields: object) -> FreeResources:
    given: dict[str, object] = {"cpus": 2, "memory_mb": 1024, "disk_mb": 2000, "pythons": ["3.11.7"], **fields}
    return FreeResources(**given)  # type: ignore[arg-type]


def lacks(found: Placement | list[Lack]) -> list[str]:
    return [lack.requirement for lack in found] if isinstance(found, list) else []


def test_a_node_with_just_enough_fits() -> None:
    assert place(CPU, node()) == Placement(None)


@pytest.mark.parametrize(
    ("fields", "lack"),
    [
        ({"cpus": 1}, "cpus"),
        ({"memory_mb": 1023}, "memory"),
        ({"disk_mb": 1999}, "disk"),
        ({"pythons": ["3.10.2"]}, "python"),
        ({"pythons": []}, "python"),
        ({"sensitivities": ("low_sensitive",)}, "sensitivity"),
    ],
)
def test_each_requirement_that_is_not_met_is_named(fields: dict[str, object], lack: str) -> None:
    assert lacks(place(CPU, node(**fields))) == [lack]


def test_all_that_is_lacking_is_named_at_once() -> None:
    assert lacks(place(GPU, node(cpus=0, memory_mb=0))) == ["vram", "memory", "cpus"]


def test_a_gpu_unit_with_cpu_ok_needs_memory_for_its_vram_where_there_is_no_gpu() -> None:
    unit = UnitClass(UnitKind.GPU, 8000, 1024, 2000, 2, True, ">=3.11", Sensitivity.PUBLIC)
    assert lacks(place(unit, node(memory_mb=7999))) == ["memory"]
    assert place(unit, node(memory_mb=8000)) == Placement(None)
    assert lacks(place(unit, node(memory_mb=8000, gpus=[FreeGpu("g", "small", 4000, 4000)]))) == ["vram"]


def test_what_is_taken_is_no_longer_free() -> None:
    free = node(gpus=[FreeGpu("a", "m", 9000, 9000), FreeGpu("b", "m", 9000, 9000)])
    left = after_taking(GPU, Placement("a"), free)
    assert (left.cpus, left.memory_mb, left.disk_mb, [g.uuid for g in left.gpus]) == (0, 0, 0, ["b"])


def test_an_odd_python_requirement_matches_nothing() -> None:
    assert not python_matches("newest please", "3.11.7")


@pytest.mark.parametrize("version", ["", "new", "9" * 5000, "3.11\0"])
def test_a_python_that_a_node_made_up_matches_nothing(version: str) -> None:
    assert not python_matches(">=3.11", version)
