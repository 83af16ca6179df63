"""The energy that units use: by the card's own counter, or by its power over time."""

import pynvml  # type: ignore[import-untyped]

from agent.probe.energy import EnergyMeter
from agent.probe.gpus import Gpus
from tests.agent.nvml.fake_nvml import FakeNvml

from .conftest import Clock


def test_energy_is_what_the_cards_counter_grew_by(gpus: Gpus, driver: FakeNvml, clock: Clock) -> None:
    assert gpus.look().joules == dict.fromkeys(driver.uuids, 0.0)
    driver.world.gpus[1].millijoules += 90_500
    clock.now += 5
    assert gpus.look().joules[driver.uuids[1]] == 90.5
    driver.world.gpus[1].millijoules += 500
    assert gpus.joules(driver.uuids[1]) == 91.0


def test_a_card_without_a_counter_is_measured_by_its_power_over_time(
    gpus: Gpus, driver: FakeNvml, clock: Clock
) -> None:
    gpu = driver.world.gpus[0]
    gpu.energy_fault = pynvml.NVML_ERROR_NOT_SUPPORTED
    gpu.milliwatts = 100_000
    gpus.look()
    clock.now += 4
    gpu.milliwatts = 300_000
    assert gpus.look().joules[driver.uuids[0]] == 800.0
    clock.now += 2
    assert gpus.joules(driver.uuids[0]) == 1_400.0


def test_energy_never_goes_back_and_a_sleep_uses_none() -> None:
    meter = EnergyMeter()
    assert meter.read("a", millijoules=None, watts=None, now=0) is None
    meter.read("a", millijoules=10_000, watts=50.0, now=0)
    assert meter.read("a", millijoules=12_000, watts=50.0, now=5) == 2.0
    assert meter.read("a", millijoules=100, watts=50.0, now=10) == 252.0  # the driver began anew
    assert meter.read("a", millijoules=1_100, watts=50.0, now=15) == 253.0
    assert meter.read("b", millijoules=None, watts=50.0, now=15) == 0.0
    assert meter.read("b", millijoules=None, watts=50.0, now=15 + 8 * 3600) == 0.0
