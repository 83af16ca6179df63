"""What ceilings leave of a machine, and which leases they don't allow."""

import msgspec
import pytest

from agent.capacity import cpu_slots
from agent.events import MachineSeen
from agent.policy.ceilings import MORE_THAN_SHARED, PACKAGE_NOT_TAKEN, SENSITIVITY_NOT_TAKEN, breach, shared_of
from core.protocol.node import FreeGpu, Lease
from core.protocol.node_rules import GpuRules, Rules
from tests.agent.bench import a_lease

GPUS = [FreeGpu("GPU-1", "A", 24_000, 20_000), FreeGpu("GPU-2", "B", 12_000, 12_000)]
MACHINE = MachineSeen(cpus=8, memory_mb=16_000, disk_mb=50_000, gpus=GPUS)
DIGEST = "9c" * 32


def lease(**limits: int) -> Lease:
    plain = a_lease(gpu_uuid="GPU-1", package_digest=DIGEST, sensitivity="low_sensitive")
    return msgspec.structs.replace(plain, limits=msgspec.structs.replace(plain.limits, **limits))


def test_without_ceilings_all_of_the_machine_is_shared() -> None:
    assert shared_of(MACHINE, Rules(), frozenset()) == MACHINE


def test_ceilings_and_paused_gpus_are_taken_off() -> None:
    rules = Rules(cpus=6, cpu_percent=50, disk_mb=10_000, gpus={"GPU-1": GpuRules(vram_mb=8_000)})
    shared = shared_of(MACHINE, rules, {"GPU-2"})
    assert (shared.cpus, shared.disk_mb) == (4, 10_000)
    assert [(gpu.uuid, gpu.vram_free_mb, gpu.vram_total_mb) for gpu in shared.gpus] == [("GPU-1", 8_000, 24_000)]


def test_a_share_of_few_processors_is_one_and_none_is_none() -> None:
    two = msgspec.structs.replace(MACHINE, cpus=2)
    assert shared_of(two, Rules(cpu_percent=10), frozenset()).cpus == 1
    none = shared_of(two, Rules(cpus=0), frozenset())
    assert (none.cpus, cpu_slots(none)) == (0, 0)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (Rules(blocked_packages=[DIGEST]), PACKAGE_NOT_TAKEN),
        (Rules(sensitivities=("public",)), SENSITIVITY_NOT_TAKEN),
        (Rules(cpus=3), MORE_THAN_SHARED),
        (Rules(disk_mb=511), MORE_THAN_SHARED),
        (Rules(gpus={"GPU-1": GpuRules(vram_mb=7_999)}), MORE_THAN_SHARED),
        (Rules(cpus=4, disk_mb=512, gpus={"GPU-1": GpuRules(vram_mb=8_000), "GPU-2": GpuRules(vram_mb=1)}), None),
    ],
)
def test_a_lease_over_a_ceiling_beside_what_runs_is_refused(rules: Rules, words: str | None) -> None:
    asked, beside = lease(cpus=2, vram_mb=8_000), lease(cpus=2)
    assert breach(asked, [beside], rules) == words


@pytest.mark.parametrize("limit", ["cpus", "memory_mb", "disk_mb", "vram_mb"])
def test_limits_below_nothing_are_refused_since_they_would_make_room_for_others(limit: str) -> None:
    assert breach(lease(**{limit: -1}), [], Rules()) == MORE_THAN_SHARED


def test_a_server_that_tells_no_sensitivity_is_taken_at_its_word_on_what_was_offered() -> None:
    assert breach(a_lease(sensitivity=""), [], Rules(sensitivities=("public",))) is None


def test_a_lease_of_the_platform_has_no_package_that_could_be_blocked() -> None:
    assert breach(a_lease(package_digest=""), [], Rules(blocked_packages=[DIGEST])) is None
