"""What a GPU is held to while it works, and that what was there before comes back: once, and over nobody's own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pynvml  # type: ignore[import-untyped]
import pytest

from agent.power_profile import PROFILE_FILE_NAME, PowerProfile, boot_of_this_system
from agent.probe.nvml import Nvml
from core.protocol.node_rules import GpuRules

from .nvml.fake_nvml import FakeGpu, FakeNvml

RULES = GpuRules(power_watts=300, fan_percent=70)


@pytest.fixture
def nvml(driver: FakeNvml) -> Iterator[Nvml]:
    nvml = Nvml(try_again_seconds=0.0)
    yield nvml
    nvml.close()


@pytest.fixture
def profile(nvml: Nvml, tmp_path: Path) -> PowerProfile:
    return PowerProfile(tmp_path, nvml, boot="this one")


@pytest.fixture
def gpu(driver: FakeNvml) -> FakeGpu:
    """The one with fans: at most 450 W, and no less than 150."""
    return driver.world.gpus[0]


def fans(gpu: FakeGpu) -> list[tuple[int, int, int, int]]:
    return [(fan.manual, fan.target, fan.sets, fan.restores) for fan in gpu.fans]


def test_power_and_fan_are_held_and_come_back(
    profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu, tmp_path: Path
) -> None:
    (uuid, *_) = driver.uuids
    told = profile.apply(uuid, RULES)
    assert (told.words, told.refused) == ("its power is held to 300 W; its fan is held to 70 %", False)
    assert (gpu.limit, fans(gpu)) == (300_000, [(1, 70, 1, 0)] * 2)
    assert (tmp_path / PROFILE_FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert profile.restore(uuid).refused is False
    assert (gpu.limit, gpu.limit_sets, fans(gpu)) == (450_000, 2, [(0, 70, 1, 1)] * 2)
    assert not (tmp_path / PROFILE_FILE_NAME).exists()
    assert profile.restore(uuid).words == ""
    assert gpu.limit_sets == 2
    assert [driver.world.gpus[place].limit_sets for place in (1, 2)] == [0, 0]


def test_no_rules_touch_nothing(profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu) -> None:
    assert profile.apply(driver.uuids[0], GpuRules(temperature_celsius=80)).words == ""
    assert (gpu.limit_sets, driver.world.calls) == (0, 0)


def test_what_is_not_wanted_any_more_when_its_turn_comes_is_not_set(
    profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu
) -> None:
    assert profile.apply(driver.uuids[0], RULES, lambda: False).words == ""
    assert gpu.limit_sets == 0


def test_a_fan_that_somebody_had_set_turns_as_it_did(profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu) -> None:
    gpu.fans[0].manual, gpu.fans[0].target = 1, 45
    profile.apply(driver.uuids[0], RULES)
    profile.restore(driver.uuids[0])
    assert fans(gpu) == [(1, 45, 2, 0), (0, 70, 1, 1)]


@pytest.mark.parametrize(("watts", "limit"), [(1, 150_000), (200, 200_000), (450, 450_000), (5_000, 450_000)])
def test_a_limit_stays_within_the_cards_own_and_is_never_raised(
    profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu, watts: int, limit: int
) -> None:
    profile.apply(driver.uuids[0], GpuRules(power_watts=watts))
    assert (gpu.limit, gpu.limit_sets) == (limit, 0 if limit == 450_000 else 1)


def test_a_limit_that_is_lower_already_is_left_alone(profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu) -> None:
    gpu.limit = 250_000
    assert "as low" in profile.apply(driver.uuids[0], GpuRules(power_watts=300)).words
    assert (gpu.limit, gpu.limit_sets) == (250_000, 0)


@pytest.mark.parametrize(("percent", "target"), [(1, 30), (100, 100)])
def test_a_fan_stays_within_the_cards_limits(
    profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu, percent: int, target: int
) -> None:
    profile.apply(driver.uuids[0], GpuRules(fan_percent=percent))
    assert [fan[:2] for fan in fans(gpu)] == [(1, target)] * 2


def test_what_somebody_sets_meanwhile_stays(profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu) -> None:
    profile.apply(driver.uuids[0], RULES)
    gpu.limit, gpu.fans[0].target = 222_000, 33
    gpu.fans[1].manual = 0
    assert "no longer the one" in profile.restore(driver.uuids[0]).words
    assert (gpu.limit, gpu.limit_sets) == (222_000, 1)
    assert fans(gpu) == [(1, 33, 1, 0), (0, 70, 1, 0)]
    assert profile.restore_all() == []


def test_without_permission_it_is_said_and_nothing_changes(
    profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    gpu.set_fault = pynvml.NVML_ERROR_NO_PERMISSION
    told = profile.apply(driver.uuids[0], RULES)
    assert told.refused and "its power is not held to 300 W: needs root: run the node with sudo" in told.words
    assert (gpu.limit, gpu.limit_sets, fans(gpu)) == (450_000, 0, [(0, 0, 0, 0)] * 2)
    assert not (tmp_path / PROFILE_FILE_NAME).exists()


def test_a_card_without_fans_is_held_to_its_power(profile: PowerProfile, driver: FakeNvml) -> None:
    assert profile.apply(driver.uuids[2], GpuRules(power_watts=60, fan_percent=70)).words == "its power is held to 60 W"
    assert profile.restore(driver.uuids[2]).refused is False
    assert driver.world.gpus[2].limit == 75_000


def test_what_can_not_be_put_back_now_is_put_back_later(
    profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu, tmp_path: Path
) -> None:
    profile.apply(driver.uuids[0], RULES)
    gpu.set_fault = pynvml.NVML_ERROR_NO_PERMISSION
    assert profile.restore(driver.uuids[0]).refused
    gpu.set_fault, driver.world.init_fault = 0, pynvml.NVML_ERROR_DRIVER_NOT_LOADED
    driver.restart_driver()
    assert profile.restore(driver.uuids[0]).refused
    driver.world.init_fault = 0
    (told,) = profile.restore_all()
    assert "450 W again" in told.words
    assert gpu.limit == 450_000 and not (tmp_path / PROFILE_FILE_NAME).exists()


def test_what_cannot_be_remembered_is_not_set(
    profile: PowerProfile, driver: FakeNvml, gpu: FakeGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("agent.power_profile.write_private", full)
    told = profile.apply(driver.uuids[0], RULES)
    assert told.refused and "No space left" in told.words
    assert (gpu.limit_sets, fans(gpu)) == (0, [(0, 0, 0, 0)] * 2)


def test_after_a_start_of_the_computer_nothing_is_put_back(
    profile: PowerProfile, nvml: Nvml, driver: FakeNvml, gpu: FakeGpu, tmp_path: Path
) -> None:
    profile.apply(driver.uuids[0], GpuRules(power_watts=300))
    assert PowerProfile(tmp_path, nvml, boot="the next one").restore_all() == []
    assert (gpu.limit, gpu.limit_sets) == (300_000, 1)
    assert not (tmp_path / PROFILE_FILE_NAME).exists()


def test_a_file_that_makes_no_sense_is_kept_aside(profile: PowerProfile, driver: FakeNvml, tmp_path: Path) -> None:
    (tmp_path / PROFILE_FILE_NAME).write_text('{"GPU-')
    assert profile.restore_all() == []
    assert (tmp_path / f"{PROFILE_FILE_NAME}.unreadable").read_text() == '{"GPU-'
    assert profile.apply(driver.uuids[0], RULES).refused is False


# A node's program that is killed before or after the card was set, and before or after it was put back.
KILLED = """
import os, signal, sys
from pathlib import Path
import pynvml
from agent import power_profile
from agent.power_profile import PowerProfile, boot_of_this_system
from agent.probe.nvml import Nvml
from core.protocol.node_rules import GpuRules

data_dir, uuid, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

profile = PowerProfile(data_dir, Nvml(), boot=boot_of_this_system())
if moment == "before it is set":
    pynvml.nvmlDeviceSetPowerManagementLimit = die
profile.apply(uuid, GpuRules(power_watts=300))
if moment.endswith("set again"):
    pynvml.nvmlDeviceSetPowerManagementLimit(pynvml.nvmlDeviceGetHandleByUUID(uuid), 450_000)
    if moment == "before it is set again":
        pynvml.nvmlDeviceSetPowerManagementLimit = die
    profile.set_again(uuid, lambda: True)
if moment == "before it is forgotten":
    PowerProfile._keep = die
    profile.restore(uuid)
die()
"""


@pytest.mark.parametrize(
    ("moment", "limit", "sets"),
    [
        ("before it is set", 450_000, 0),
        ("while it is set", 300_000, 1),
        ("before it is set again", 450_000, 2),
        ("after it was set again", 300_000, 3),
        ("before it is forgotten", 450_000, 2),
    ],
)
def test_whenever_a_node_is_killed_the_next_puts_back_what_was_there_once(
    driver: FakeNvml, nvml: Nvml, gpu: FakeGpu, tmp_path: Path, moment: str, limit: int, sets: int
) -> None:
    kill(driver, tmp_path, moment)
    assert (gpu.limit, gpu.limit_sets) == (limit, sets)
    for _ in range(2):
        PowerProfile(tmp_path, nvml, boot=boot_of_this_system()).restore_all()
        assert (gpu.limit, gpu.limit_sets) == (450_000, sets if limit == 450_000 else sets + 1)
    assert not (tmp_path / PROFILE_FILE_NAME).exists()


def kill(fake: FakeNvml, data_dir: Path, moment: str) -> None:
    arguments = [str(data_dir), fake.uuids[0], moment]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], env={**os.environ, **fake.environment})
    assert killed.returncode == -signal.SIGKILL


@pytest.mark.full
def test_an_owner_puts_it_back_by_a_command(fake: FakeNvml, tmp_path: Path) -> None:
    gpu = fake.world.gpus[0]
    kill(fake, tmp_path, "while it is set")

    def restore() -> "subprocess.CompletedProcess[str]":
        command = "from agent.command_line import main; main()"
        return subprocess.run(
            [sys.executable, "-c", command, "restore-power", "--data-dir", str(tmp_path)],
            env={**os.environ, **fake.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    gpu.set_fault = pynvml.NVML_ERROR_NO_PERMISSION
    refused = restore()
    assert refused.returncode == 3 and "could not be put back" in refused.stderr
    gpu.set_fault = 0
    assert "its power limit is 450 W again" in restore().stdout
    assert gpu.limit == 450_000
    assert "nothing was left set" in restore().stdout
