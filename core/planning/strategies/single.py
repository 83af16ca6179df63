"""One training on one node: prepare → train → evaluate → package, always these four."""

from ...protocol.customer import UnitKind
from ..plan import PlanInput, PlannedUnit, Role, UnitClass, UnitSpec

PLATFORM_MEMORY_MB = 512
PLATFORM_MAX_SECONDS = 600
ENVIRONMENT_MB = 512
MIB = 2**20


def plan_single(given: PlanInput) -> list[PlannedUnit]:
    """The four units, in order. Without a script of the package's own, prepare and evaluate run the platform's."""
    package = given.training.package
    train_kind = UnitKind.GPU if given.request.required_vram_mb else UnitKind.CPU
    prepare = (
        _custom(given, Role.PREPARE, package.prepare, UnitKind.CPU, [])
        if package.prepare
        else _platform(given, Role.PREPARE, "prepare.py", [])
    )
    train = _custom(given, Role.TRAIN, package.entry, train_kind, [0])
    evaluate = (
        _custom(given, Role.EVALUATE, package.evaluate, train_kind, [0, 1])
        if package.evaluate
        else _platform(given, Role.EVALUATE, "evaluate.py", [0, 1])
    )
    return [prepare, train, evaluate, _platform(given, Role.PACKAGE, "collect.py", [0, 1, 2])]


def _disk_mb(given: PlanInput, input_bytes: int) -> int:
    """Scratch, the assembled data, and the environment."""
    environment = ENVIRONMENT_MB if given.training.package.requirements else 0
    return given.request.required_disk_mb + -(-(given.data_bytes + input_bytes) // MIB) + environment


def _custom(given: PlanInput, role: Role, script: str, kind: UnitKind, needs: list[int]) -> PlannedUnit:
    resources = given.training.resources
    vram_mb = given.request.required_vram_mb if kind == UnitKind.GPU else 0
    unit_class = UnitClass(
        kind=kind,
        vram_mb=vram_mb,
        memory_mb=resources.memory_mb,
        disk_mb=_disk_mb(given, given.input_bytes),
        cpus=resources.cpus,
        cpu_ok=resources.cpu_ok,
        python=given.training.package.python,
        sensitivity=given.request.sensitivity,
    )
    spec = UnitSpec(
        script=script,
        stage=False,
        requirements=list(given.training.package.requirements),
        python=given.training.package.python,
        memory_mb=resources.memory_mb,
        scratch_mb=given.request.required_disk_mb,
        cpus=resources.cpus,
        vram_mb=vram_mb,
        checkpoint_every_seconds=resources.checkpoint_every_seconds,
        with_checkpoint_of=[Role.TRAIN.value] if role == Role.EVALUATE else [],
    )
    return PlannedUnit(role, 0, 1, 0, unit_class, spec, needs, given.request.max_runtime_seconds)


def _platform(given: PlanInput, role: Role, script: str, needs: list[int]) -> PlannedUnit:
    unit_class = UnitClass(
        kind=UnitKind.CPU,
        vram_mb=0,
        memory_mb=PLATFORM_MEMORY_MB,
        disk_mb=_disk_mb(given, 0),
        cpus=1,
        cpu_ok=False,
        python=">=3.11",
        sensitivity=given.request.sensitivity,
    )
    spec = UnitSpec(
        script=script,
        stage=True,
        memory_mb=PLATFORM_MEMORY_MB,
        scratch_mb=given.request.required_disk_mb,
        with_checkpoint_of=[Role.TRAIN.value] if role == Role.EVALUATE else [],
    )
    return PlannedUnit(role, 0, 1, 0, unit_class, spec, needs, PLATFORM_MAX_SECONDS)
