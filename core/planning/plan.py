"""The nouns of a plan: units with what they ask of a node, what they run, and what they wait for."""

from enum import StrEnum

import msgspec

from ..packages.training_toml import TrainingToml
from ..protocol.customer import Sensitivity, SubmitJob, UnitKind


class Role(StrEnum):
    """What a unit is for."""

    PREPARE = "prepare"
    TRAIN = "train"
    EVALUATE = "evaluate"
    PACKAGE = "package"


class UnitClass(msgspec.Struct, frozen=True):
    """What a unit asks of a node. Units that ask the same share a class, which is what matching looks at.

    `disk_mb` is scratch, data and environment together.
    """

    kind: UnitKind
    vram_mb: int
    memory_mb: int
    disk_mb: int
    cpus: int
    cpu_ok: bool
    python: str
    sensitivity: Sensitivity


class UnitSpec(msgspec.Struct, frozen=True):
    """What a unit runs: a script of the package, or (`stage`) one of the platform's, and its own limits."""

    script: str
    stage: bool
    requirements: list[str] = []
    python: str = ">=3.11"
    memory_mb: int = 1024
    scratch_mb: int = 1024
    cpus: int = 1
    vram_mb: int = 0
    checkpoint_every_seconds: float = 30.0
    with_checkpoint_of: list[str] = []


class PlannedUnit(msgspec.Struct, frozen=True):
    """A unit of the DAG. `needs` are positions in the plan, always of earlier units."""

    role: Role
    index: int
    count: int
    round: int
    unit_class: UnitClass
    spec: UnitSpec
    needs: list[int]
    max_seconds: int


class PlanInput(msgspec.Struct, frozen=True):
    """All that a plan is made from: the bytes of its dataset, and of the datasets it names beside it."""

    request: SubmitJob
    training: TrainingToml
    data_bytes: int
    input_bytes: int = 0
