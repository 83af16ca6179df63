"""`training.toml`: what a package may say about itself, with the defaults. training_toml_reader reads it."""

from enum import StrEnum
from typing import Self

import msgspec

FILE_NAME = "training.toml"


class StrategyKind(StrEnum):
    """How a training is divided."""

    SINGLE = "single"
    SEGMENTS = "segments"
    SWEEP = "sweep"
    SHARDS = "shards"
    DILOCO = "diloco"
    CUSTOM = "custom"


class ParamType(StrEnum):
    """What a parameter's value is."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    STRING = "string"
    CHOICE = "choice"


class PackageTable(msgspec.Struct, frozen=True):
    """Name, scripts (relative POSIX paths), and what is installed for them. `version` is shown beside the name."""

    name: str
    version: str | None = None
    entry: str = "train.py"
    prepare: str | None = None
    evaluate: str | None = None
    python: str = ">=3.11"
    requirements: list[str] = []


class ResourcesTable(msgspec.Struct, frozen=True):
    """What a unit of this package needs. With `cpu_ok`, a node without a GPU may run its gpu units."""

    vram_mb: int = 0
    memory_mb: int = 1024
    cpus: int = 1
    cpu_ok: bool = False
    checkpoint_every_seconds: float = 30.0


class StrategyTable(msgspec.Struct, frozen=True):
    """How the training is divided unless the job says otherwise."""

    kind: StrategyKind = StrategyKind.SINGLE


class Param(msgspec.Struct, frozen=True):
    """A parameter that a job may set. Bounds are for numbers, `choices` for choices."""

    type: ParamType
    default: float | int | bool | str | None = None
    min: float | int | None = None
    max: float | int | None = None
    choices: list[str] | None = None
    help: str = ""


class VerifyTable(msgspec.Struct, frozen=True):
    """Whether a segment may be run again elsewhere, and how far the results may differ (relatively)."""

    replayable: bool = False
    tolerance: float = 1e-4


class TrainingToml(msgspec.Struct, frozen=True):
    """The whole of it, with defaults filled in."""

    package: PackageTable
    resources: ResourcesTable = ResourcesTable()
    strategy: StrategyTable = StrategyTable()
    params: dict[str, Param] = {}
    verify: VerifyTable = VerifyTable()

    @classmethod
    def default(cls, name: str) -> Self:
        """What stands for a package without a `training.toml`: `train.py` at its root."""
        return cls(PackageTable(name))
