"""A GPU is held to its rules while a unit works on it, also to those that are made meanwhile."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.gpu_work import GpuWork
from agent.power_profile import PowerProfile, ProfileWords
from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from core.protocol.node_rules import GpuRules

from .nvml.fake_nvml import FakeGpu, FakeNvml


@pytest.fixture
def rules() -> dict[str, GpuRules]:
    return {}


@pytest.fixture
def work(driver: FakeNvml, tmp_path: Path, rules: dict[str, GpuRules]) -> Iterator[GpuWork]:
    nvml = Nvml()
    yield GpuWork(Gpus(nvml), PowerProfile(tmp_path, nvml, boot=""), lambda uuid: rules.get(uuid, GpuRules()))
    nvml.close()


@pytest.fixture
def gpu(driver: FakeNvml) -> FakeGpu:
    return driver.world.gpus[0]


async def test_rules_that_are_made_while_a_unit_works_hold_from_then_on(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules]
) -> None:
    uuid, told = driver.uuids[0], list[ProfileWords]()
    async with work.held(uuid, told.append):
        assert gpu.limit_sets == 0
        rules[uuid] = GpuRules(power_watts=300)
        await work.renew()
        assert gpu.limit == 300_000
        await work.renew()
        assert gpu.limit_sets == 1
        rules[uuid] = GpuRules(power_watts=250)
        await work.renew()
        assert gpu.limit == 250_000
        del rules[uuid]
        await work.renew()
        assert gpu.limit == 450_000
        rules[uuid] = GpuRules(power_watts=200)
        await work.renew()
    assert gpu.limit == 450_000
    words = ["", "its power is held to 300 W", "its power is held to 250 W", "", "its power is held to 200 W", ""]
    assert [one.words for one in told] == words
    sets = gpu.limit_sets
    await work.renew()
    assert gpu.limit_sets == sets


async def test_what_was_set_comes_back_when_the_work_is_called_off(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules]
) -> None:
    rules[driver.uuids[0]] = GpuRules(power_watts=300)
    is_held = asyncio.Event()

    async def unit() -> None:
        async with work.held(driver.uuids[0], lambda told: None):
            is_held.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(unit())
    await is_held.wait()
    assert gpu.limit == 300_000
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert gpu.limit == 450_000


async def test_rules_that_come_when_the_work_has_ended_are_not_applied(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules]
) -> None:
    async with work.held(driver.uuids[0], lambda told: None):
        rules[driver.uuids[0]] = GpuRules(power_watts=300)
        driver.world.hangs = 1
        renewing = asyncio.create_task(work.renew())
        joules = asyncio.create_task(work.joules(driver.uuids[0]))
        await asyncio.sleep(0)
        renewing.cancel()  # which its thread does not hear
        driver.world.hangs = 0
        await joules
    assert gpu.limit == 450_000
    await asyncio.get_running_loop().shutdown_default_executor()  # until every thread has ended
    assert gpu.limit == 450_000


async def test_a_gpu_tells_its_energy_and_that_it_is_there(work: GpuWork, driver: FakeNvml, gpu: FakeGpu) -> None:
    assert await work.joules(driver.uuids[0]) == 0.0
    gpu.millijoules += 3_000
    assert await work.joules(driver.uuids[0]) == 3.0
    assert await work.why_lost(driver.uuids[0]) == ""
    assert "no longer there" in await work.why_lost("GPU-nobody")
