"""A GPU is held to its rules while a unit works on it, also to those that are made meanwhile."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pynvml  # type: ignore[import-untyped]
import pytest

from agent.gpu_work import SET_AGAIN_SECONDS, GpuWork
from agent.power_profile import PowerProfile, ProfileWords
from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from core.protocol.node_rules import GpuRules

from .nvml.fake_nvml import FakeGpu, FakeNvml


@pytest.fixture
def rules() -> dict[str, GpuRules]:
    return {}


class Times:
    """Seconds that a test lets pass: on the monotonic clock, and asleep."""

    now = 1000.0
    asleep = 500.0


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def work(driver: FakeNvml, tmp_path: Path, rules: dict[str, GpuRules], times: Times) -> Iterator[GpuWork]:
    nvml = Nvml()
    yield GpuWork(
        Gpus(nvml),
        PowerProfile(tmp_path, nvml, boot=""),
        lambda uuid: rules.get(uuid, GpuRules()),
        asleep=lambda: times.asleep,
        clock=lambda: times.now,
    )
    nvml.close()


def forget(gpu: FakeGpu) -> None:
    """As a driver does while the computer sleeps."""
    gpu.limit = gpu.limit_most
    for fan in gpu.fans:
        fan.manual = 0


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


async def test_what_a_driver_forgot_is_set_again_and_what_was_there_before_comes_back(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules], times: Times
) -> None:
    uuid, told = driver.uuids[0], list[ProfileWords]()
    gpu.limit, gpu.fans[1].manual, gpu.fans[1].target = 400_000, 1, 45
    rules[uuid] = GpuRules(power_watts=300, fan_percent=70)
    async with work.held(uuid, told.append):
        forget(gpu)
        await work.renew()
        assert (gpu.limit, gpu.limit_sets) == (300_000, 2)
        assert [(fan.manual, fan.target) for fan in gpu.fans] == [(1, 70)] * 2
        await work.renew()
        assert gpu.limit_sets == 2
        for _ in range(5):  # a laptop's lid: each time at once, and never taken for another program
            times.asleep += 60
            forget(gpu)
            await work.renew()
            assert gpu.limit == 300_000
    held = "its power is held to 300 W; its fan is held to 70 %"
    again = f"{held}, set again after it was undone"
    assert [(one.words, one.refused) for one in told] == [(held, False), *[(again, False)] * 6, ("", False)]
    assert gpu.limit == 400_000
    assert [(fan.manual, fan.target) for fan in gpu.fans] == [(0, 70), (1, 45)]


async def test_only_what_was_undone_is_set_again_and_a_lower_limit_stays(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules]
) -> None:
    uuid, told = driver.uuids[0], list[ProfileWords]()
    rules[uuid] = GpuRules(power_watts=300, fan_percent=70)
    async with work.held(uuid, told.append):
        gpu.limit = 200_000
        await work.renew()
        assert (gpu.limit, gpu.limit_sets, len(told)) == (200_000, 1, 1)
        gpu.fans[0].target = 30
        await work.renew()
        assert (gpu.limit, gpu.limit_sets) == (200_000, 1)
        assert [(fan.target, fan.sets) for fan in gpu.fans] == [(70, 2), (70, 1)]
    assert gpu.limit == 200_000


async def test_another_program_that_sets_it_again_and_again_is_left_to_it(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules], times: Times
) -> None:
    uuid, told = driver.uuids[0], list[ProfileWords]()
    rules[uuid] = GpuRules(power_watts=300)
    async with work.held(uuid, told.append):
        for times_set in (2, 3, 4):
            for _ in range(2):  # at most once a minute
                gpu.limit = 440_000
                await work.renew()
                times.now += SET_AGAIN_SECONDS / 2
            assert (gpu.limit, gpu.limit_sets) == (440_000, times_set)
        await work.renew()
        words = "its power is no longer held to 300 W: something else sets it again and again, so it is left alone"
        assert told[-1] == ProfileWords(words, refused=True)
        calls, times.asleep = driver.world.calls, times.asleep + 60
        await work.renew()
        assert (gpu.limit, driver.world.calls) == (440_000, calls)
        rules[uuid] = GpuRules(power_watts=250)
        await work.renew()
        assert gpu.limit == 250_000
    assert gpu.limit == 440_000


async def test_what_is_undone_now_and_then_is_set_again_for_as_long_as_a_unit_works(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules], times: Times
) -> None:
    rules[driver.uuids[0]] = GpuRules(power_watts=300)
    async with work.held(driver.uuids[0], lambda told: None):
        for _ in range(12):
            times.now += 1500
            forget(gpu)
            await work.renew()
            assert gpu.limit == 300_000


async def test_what_may_not_be_set_again_is_said_once(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules]
) -> None:
    uuid, told = driver.uuids[0], list[ProfileWords]()
    rules[uuid] = GpuRules(power_watts=300)
    async with work.held(uuid, told.append):
        forget(gpu)
        gpu.set_fault = pynvml.NVML_ERROR_NO_PERMISSION
        for _ in range(2):
            await work.renew()
        assert [one.refused for one in told] == [False, True]
        gpu.set_fault = 0
    assert (gpu.limit, gpu.limit_sets) == (450_000, 1)


async def test_a_driver_that_is_away_is_asked_again(
    work: GpuWork, driver: FakeNvml, gpu: FakeGpu, rules: dict[str, GpuRules]
) -> None:
    uuid, told = driver.uuids[0], list[ProfileWords]()
    rules[uuid] = GpuRules(power_watts=300)
    async with work.held(uuid, told.append):
        forget(gpu)
        gpu.fault = pynvml.NVML_ERROR_RESET_REQUIRED
        await work.renew()
        gpu.fault = 0
        driver.restart_driver()
        await work.renew()
        assert (gpu.limit, len(told)) == (300_000, 2)


async def test_a_gpu_tells_its_energy_and_that_it_is_there(work: GpuWork, driver: FakeNvml, gpu: FakeGpu) -> None:
    assert await work.joules(driver.uuids[0]) == 0.0
    gpu.millijoules += 3_000
    assert await work.joules(driver.uuids[0]) == 3.0
    assert await work.why_lost(driver.uuids[0]) == ""
    assert "no longer there" in await work.why_lost("GPU-nobody")
