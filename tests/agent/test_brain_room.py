"""A node's own look at what it is leased: a server may be mistaken, or mean ill."""

import msgspec
import pytest

from agent.events import MachineSeen
from agent.instructions import Fetch
from core.protocol.node import FreeGpu, ReleasedReport, UnitLimits

from .bench import Bench, a_lease

MACHINE = MachineSeen(
    cpus=4, memory_mb=8192, disk_mb=50_000, gpus=[FreeGpu("GPU-1", "A10", 24_000, 23_000)], memory_most_mb=10_000
)
LIMITS = UnitLimits(max_runtime_seconds=600, memory_mb=4096, disk_mb=256, vram_mb=0, cpus=2)


@pytest.fixture
def bench(bench: Bench) -> Bench:
    bench.feed(MACHINE)
    return bench


def limits(**changes: int) -> UnitLimits:
    return msgspec.structs.replace(LIMITS, **changes)


@pytest.mark.parametrize("gpu_uuid", [None, "GPU-1"])
@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (limits(cpus=5), "it asks for more processors than are free"),
        (limits(memory_mb=8193), "it asks for more memory than is free"),
        (limits(memory_mb=2**60), "it asks for more memory than is free"),
    ],
)
def test_a_lease_of_more_than_is_offered_is_given_back(
    bench: Bench, gpu_uuid: str | None, asked: UnitLimits, why: str
) -> None:
    bench.answer_poll(a_lease(limits=asked, gpu_uuid=gpu_uuid))
    assert not bench.take_all(Fetch)
    assert bench.report(ReleasedReport).reason == why


def test_a_lease_of_all_that_is_offered_is_taken(bench: Bench) -> None:
    bench.answer_poll(a_lease(limits=limits(cpus=4, memory_mb=8192)))
    assert bench.take(Fetch)


def test_a_gpu_with_less_memory_than_asked_for_is_not_used(bench: Bench) -> None:
    bench.answer_poll(a_lease(limits=limits(vram_mb=24_001), gpu_uuid="GPU-1"))
    assert bench.report(ReleasedReport).reason == "the GPU has less memory than it asks for"
    bench.answer_poll(a_lease("attempt-2", limits=limits(vram_mb=24_000), gpu_uuid="GPU-1"))
    assert bench.take(Fetch).attempt_id == "attempt-2"


def test_leases_of_one_answer_share_what_is_offered(bench: Bench) -> None:
    """Also the memory that the first may still grow into counts as taken, though nothing uses it yet."""
    bench.answer_poll(*(a_lease(f"attempt-{number}", limits=limits(cpus=1, memory_mb=5500)) for number in (1, 2)))
    assert [one.attempt_id for one in bench.take_all(Fetch)] == ["attempt-1"]
    released = bench.report(ReleasedReport)
    assert (released.attempt_id, released.reason) == ("attempt-2", "it asks for more memory than is free")
