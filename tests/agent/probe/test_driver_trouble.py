"""A driver that refuses, hangs, is restarted or updated: what is told of it, and when it is asked again."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pynvml  # type: ignore[import-untyped]
import pytest

from agent.probe.gpus import Gpus
from agent.probe.nvml import DriverTrouble, Nvml
from agent.probe.other_gpus import OtherGpus
from tests.agent.nvml.fake_nvml import FakeNvml, build

from .conftest import Clock

PATIENCE_SECONDS = 30.0
SILENT_SECONDS = 0.3


def until(is_so: Callable[[], bool]) -> None:
    """Asks again until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_driver_that_was_restarted_is_opened_anew(gpus: Gpus, driver: FakeNvml) -> None:
    before = gpus.look()
    driver.restart_driver()
    assert gpus.look() == before
    assert driver.world.inits == 2


@pytest.mark.parametrize(
    ("fault", "words", "next_step"),
    [
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "has not loaded it", "modprobe nvidia"),
        (pynvml.NVML_ERROR_NO_PERMISSION, "does not let this user in", "usermod"),
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "was updated", "restart the computer"),
        (pynvml.NVML_ERROR_UNKNOWN, "does not answer as it should", "nvidia-smi"),
    ],
)
def test_a_driver_that_refuses_is_told_with_the_next_step(
    gpus: Gpus, driver: FakeNvml, fault: int, words: str, next_step: str
) -> None:
    driver.world.init_fault = fault
    seen = gpus.look()
    assert seen.gpus == [] and words in seen.detail
    (refused,) = seen.not_offered
    assert refused.name == "NVIDIA GPU" and words in refused.reason and next_step in refused.next_step
    driver.world.init_fault = 0
    assert len(gpus.look().gpus) == 3


def test_gpus_that_were_seen_stay_and_are_in_trouble_while_the_driver_refuses(gpus: Gpus, driver: FakeNvml) -> None:
    gpus.look()
    driver.restart_driver()
    driver.world.init_fault = pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH
    seen = gpus.look()
    assert [gpu.uuid for gpu in seen.gpus] == driver.uuids
    assert all("restart the computer" in use.trouble for use in seen.uses)
    assert seen.lost == {} and seen.not_offered == []  # what runs goes on after an update
    assert gpus.why_lost(driver.uuids[0]) == ""


def test_a_driver_that_refused_is_not_asked_again_at_once(driver: FakeNvml, clock: Clock) -> None:
    nvml = Nvml(clock=clock)
    gpus = Gpus(nvml, look_for_others=OtherGpus)
    driver.world.init_fault = pynvml.NVML_ERROR_DRIVER_NOT_LOADED
    gpus.look()
    gpus.look()
    assert driver.world.inits == 1
    clock.now += 31
    gpus.look()
    assert driver.world.inits == 2
    nvml.close()


def test_a_driver_that_hangs_hangs_nobody_and_is_asked_again_when_it_is_back(driver: FakeNvml) -> None:
    nvml = Nvml(answer_within_seconds=SILENT_SECONDS)
    gpus = Gpus(nvml, look_for_others=OtherGpus)
    until(lambda: [use.trouble for use in gpus.look().uses] == [""] * 3)
    driver.world.hangs = 1
    seen = gpus.look()
    assert all("has not answered" in use.trouble for use in seen.uses) and len(seen.gpus) == 3
    driver.world.hangs = 0
    until(lambda: all(use.trouble == "" for use in gpus.look().uses))
    nvml.close()


def test_while_a_driver_hangs_nobody_else_waits_for_it(driver: FakeNvml, clock: Clock) -> None:
    nvml = Nvml(answer_within_seconds=PATIENCE_SECONDS, clock=clock)
    gpus = Gpus(nvml, look_for_others=OtherGpus)
    gpus.look()
    calls, driver.world.hangs = driver.world.calls, 1
    first = threading.Thread(target=gpus.look)
    first.start()
    until(lambda: driver.world.calls > calls)
    clock.now += PATIENCE_SECONDS + 5
    assert "has not answered for 35 seconds" in gpus.look().detail
    driver.world.hangs = 0
    first.join(PATIENCE_SECONDS)
    nvml.close()


def test_a_driver_all_of_whose_gpus_give_an_error_is_opened_anew(gpus: Gpus, driver: FakeNvml) -> None:
    gpus.look()
    for place in range(3):
        driver.world.gpus[place].fault = pynvml.NVML_ERROR_UNKNOWN
    seen = gpus.look()
    assert driver.world.inits == 2
    assert all("does not answer as it should" in use.trouble for use in seen.uses) and seen.lost == {}
    for place in range(3):
        driver.world.gpus[place].fault = 0
    assert [use.trouble for use in gpus.look().uses] == [""] * 3


def test_a_machine_without_a_driver_has_no_gpu_and_says_why(monkeypatch: pytest.MonkeyPatch, nvml: Nvml) -> None:
    def no_driver() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", no_driver)
    seen = Gpus(nvml, look_for_others=OtherGpus).look()
    assert (seen.gpus, seen.not_offered, seen.detail) == ([], [], "no NVIDIA driver is installed")
    with_a_card = Gpus(nvml, look_for_others=lambda: OtherGpus(["NVIDIA GPU (2684)"])).look()
    (card,) = with_a_card.not_offered
    assert (card.name, card.reason) == ("NVIDIA GPU (2684)", "no NVIDIA driver is installed")
    assert "ubuntu-drivers install" in card.next_step


def test_a_question_that_is_a_fault_of_ours_is_told_to_who_asked_and_the_next_one_is_answered(
    monkeypatch: pytest.MonkeyPatch, driver: FakeNvml, nvml: Nvml
) -> None:
    ended: list[threading.Thread] = []
    monkeypatch.setattr("threading.excepthook", lambda told: None)

    def ours() -> float:
        ended.append(threading.current_thread())
        return 1 / 0

    with pytest.raises(RuntimeError):
        nvml.ask(ours)
    ended[0].join(PATIENCE_SECONDS)
    assert nvml.ask(pynvml.nvmlDeviceGetCount) == 3


def test_after_an_update_of_the_driver_the_new_library_is_loaded(
    fake: FakeNvml, nvml_library: Path, tmp_path: Path
) -> None:
    script = """
from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from agent.probe.other_gpus import OtherGpus
nvml = Nvml()
gpus = Gpus(nvml, look_for_others=OtherGpus)
while True:
    seen = gpus.look()
    print(*[gpu.driver for gpu in seen.gpus], flush=True)
    if not input():
        break
nvml.close()
"""
    environment = {**os.environ, **fake.environment}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as node:
        assert node.stdin is not None and node.stdout is not None
        assert node.stdout.readline() == "570.86 570.86 570.86\n"
        fake.update_driver(build(tmp_path, "580.95"), "580.95")
        node.stdin.write("again\n")
        node.stdin.flush()
        assert node.stdout.readline() == "580.95 580.95 580.95\n"
        node.stdin.write("\n")
    assert node.returncode == 0


def test_what_is_asked_of_one_gpu_closes_no_driver(gpus: Gpus, driver: FakeNvml, nvml: Nvml) -> None:
    gpus.look()
    with pytest.raises(DriverTrouble):
        nvml.ask(lambda: pynvml.nvmlDeviceGetHandleByUUID("GPU-nobody"))
    assert gpus.joules("GPU-nobody") is None
    assert len(gpus.look().gpus) == 3 and driver.world.inits == 1
