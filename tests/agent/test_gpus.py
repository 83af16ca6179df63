"""Every GPU by itself, through the real binding and a library that answers as NVML does."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pynvml  # type: ignore[import-untyped]
import pytest

from agent.policy.surroundings import GpuUse
from agent.probe.energy import EnergyMeter
from agent.probe.gpu_programs import GpuProgram, others_on_gpu
from agent.probe.gpus import Gpus, GpusSeen
from agent.probe.nvml import DriverTrouble, Nvml
from agent.probe.other_gpus import OtherGpus
from agent.sandbox.nvidia import GpuNotThere, find_gpu
from core.protocol.node_control import GpuNotOffered

from .nvml.fake_nvml import GIB, FakeNvml, build
from .sandbox.test_nvidia import machine

PATIENCE_SECONDS = 30.0
SILENT_SECONDS = 0.3
LOST = pynvml.NVML_ERROR_GPU_IS_LOST


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def nvml() -> Iterator[Nvml]:
    nvml = Nvml(try_again_seconds=0.0)
    yield nvml
    nvml.close()


@pytest.fixture
def gpus(driver: FakeNvml, nvml: Nvml, clock: Clock) -> Gpus:
    """They are looked at in a machine that shows no other cards."""
    return Gpus(nvml, look_for_others=OtherGpus, clock=clock)


def use_of(seen: GpusSeen, uuid: str) -> GpuUse:
    return next(use for use in seen.uses if use.uuid == uuid)


def until(is_so: Callable[[], bool]) -> None:
    """Asks again until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# ---- what is seen ----------------------------------------------------------------------------------------------------


def test_three_different_gpus_are_all_seen_as_they_are(gpus: Gpus, driver: FakeNvml) -> None:
    seen = gpus.look()
    assert [(gpu.uuid, gpu.model, gpu.vram_total_mb, gpu.vram_free_mb, gpu.driver) for gpu in seen.gpus] == [
        (driver.uuids[0], "NVIDIA GeForce RTX 4090", 24 * 1024, 24 * 1024, "570.86"),
        (driver.uuids[1], "NVIDIA RTX A2000", 6 * 1024, 5 * 1024, "570.86"),
        (driver.uuids[2], "Tesla T4", 16 * 1024, 14 * 1024, "570.86"),
    ]
    assert seen.uses == [
        GpuUse(driver.uuids[0], 40, 30, 20.0, 0, 0, power_range_watts=(150.0, 450.0)),
        GpuUse(driver.uuids[1], 41, 31, 21.5, 10, 1024, power_range_watts=(23.333, 70.0)),
        GpuUse(driver.uuids[2], 42, 32, 23.0, 20, 2048, power_range_watts=(25.0, 75.0)),
    ]
    assert [(reading.memory_used_mb, reading.power_watts) for reading in seen.readings] == [
        (0, 20.0),
        (1024, 21.5),
        (2048, 23.0),
    ]
    assert (seen.lost, seen.not_offered, seen.detail) == ({}, [], "")


def test_what_changes_is_told_and_the_driver_is_opened_once(gpus: Gpus, driver: FakeNvml, nvml: Nvml) -> None:
    gpus.look()
    gpu = driver.world.gpus[1]
    gpu.temperature, gpu.used, gpu.milliwatts, gpu.utilization = 83, 5 * GIB, 69_900, 97
    use = use_of(gpus.look(), driver.uuids[1])
    assert (use.temperature_celsius, use.vram_used_mb, use.power_watts, use.utilization_percent) == (83, 5120, 69.9, 97)
    gpus.look()
    assert (driver.world.inits, driver.world.shutdowns) == (1, 0)
    nvml.close()
    assert driver.world.shutdowns == 1


def test_a_gpu_is_known_by_its_uuid_whatever_its_number_is(gpus: Gpus, driver: FakeNvml) -> None:
    before = gpus.look()
    driver.world.order[0], driver.world.order[2] = 2, 0
    driver.restart_driver()
    assert gpus.look() == before


def test_a_card_that_does_not_tell_is_there_all_the_same(gpus: Gpus, driver: FakeNvml) -> None:
    driver.world.gpus[0].telemetry_fault = pynvml.NVML_ERROR_NOT_SUPPORTED
    seen = gpus.look()
    assert seen.gpus[0].vram_total_mb == 24 * 1024
    assert use_of(seen, driver.uuids[0]) == GpuUse(driver.uuids[0], vram_used_mb=0, power_range_watts=(150.0, 450.0))
    assert use_of(seen, driver.uuids[1]).temperature_celsius == 41


def test_programs_of_others_are_told_by_name_with_their_memory_and_ours_are_not(gpus: Gpus, driver: FakeNvml) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as ours:
        outside = psutil.Process(os.getppid())
        driver.world.gpus[0].use((ours.pid, 9 * GIB, False), (outside.pid, 3 * GIB, False))
        driver.world.gpus[1].use((outside.pid, 300 << 20, True))
        driver.world.gpus[2].use((outside.pid, 4 * GIB, True), (outside.pid, 4 * GIB, False))  # draws and computes
        seen = gpus.look()
        assert use_of(seen, driver.uuids[0]).others == {outside.name(): 3 * 1024}
        assert use_of(seen, driver.uuids[1]).others == {outside.name(): 300}
        assert use_of(seen, driver.uuids[2]).others == {outside.name(): 4 * 1024}
        ours.communicate(b"\n")
    driver.world.gpus[0].use((ours.pid, 9 * GIB, False))  # it has ended
    assert use_of(gpus.look(), driver.uuids[0]).others == {}


def test_a_desktop_is_no_use_and_names_are_shown_as_they_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {11: "gnome-shell", 12: "blen\x1b[31mder", 13: "Xorg", 14: "Xorg"}

    class Other:
        def __init__(self, pid: int) -> None:
            self.pid = pid

        def name(self) -> str:
            return names[self.pid]

        def parents(self) -> list["Other"]:
            return [Other(1)]

    monkeypatch.setattr(psutil, "Process", Other)
    programs = [GpuProgram(pid, 2_000, draws_only=pid != 14) for pid in names]
    assert others_on_gpu(programs, own_pid=7, find=psutil.Process) == {r"blen\x1b[31mder": 2_000, "Xorg": 2_000}


def test_memory_that_the_driver_does_not_tell_is_unknown(gpus: Gpus, driver: FakeNvml) -> None:
    outside = psutil.Process(os.getppid())
    driver.world.gpus[0].use((outside.pid, 2**64 - 1, False))
    assert use_of(gpus.look(), driver.uuids[0]).others == {outside.name(): None}


def test_a_gpu_that_is_cut_into_parts_is_not_offered_yet(gpus: Gpus, driver: FakeNvml) -> None:
    driver.world.gpus[2].mig = pynvml.NVML_DEVICE_MIG_ENABLE
    seen = gpus.look()
    assert [gpu.uuid for gpu in seen.gpus] == driver.uuids[:2]
    (part,) = seen.not_offered
    assert part.name == "Tesla T4" and "MIG" in part.reason and "nvidia-smi -mig 0" in part.next_step


# ---- what goes wrong -------------------------------------------------------------------------------------------------


def test_one_gpu_is_lost_and_the_others_go_on(gpus: Gpus, driver: FakeNvml) -> None:
    gpus.look()
    driver.world.gpus[1].fault = LOST
    seen = gpus.look()
    assert [gpu.model for gpu in seen.gpus][1] == "NVIDIA RTX A2000"  # still shown
    assert "fallen off the bus" in use_of(seen, driver.uuids[1]).trouble
    assert list(seen.lost) == [driver.uuids[1]]
    assert [reading.uuid for reading in seen.readings] == [driver.uuids[0], driver.uuids[2]]
    assert driver.world.inits == 1
    assert "restart the computer" in use_of(seen, driver.uuids[1]).trouble
    assert gpus.why_lost(driver.uuids[1]) == seen.lost[driver.uuids[1]]  # which its customer reads
    assert "computer" not in seen.lost[driver.uuids[1]]
    assert gpus.why_lost(driver.uuids[0]) == ""


def test_a_gpu_that_gives_no_handle_any_more_is_known_for_the_one_that_is_missing(gpus: Gpus, driver: FakeNvml) -> None:
    gpus.look()
    driver.world.gpus[0].handle_fault = LOST
    seen = gpus.look()
    assert list(seen.lost) == [driver.uuids[0]] and seen.not_offered == []
    driver.world.gpus[0].handle_fault = 0
    assert gpus.look().lost == {}


def test_a_gpu_that_was_lost_before_the_node_began_is_not_offered(gpus: Gpus, driver: FakeNvml) -> None:
    driver.world.gpus[0].handle_fault = LOST
    seen = gpus.look()
    assert [gpu.uuid for gpu in seen.gpus] == driver.uuids[1:]
    (lost,) = seen.not_offered
    assert lost.name == "NVIDIA GPU 0" and "bus" in lost.reason and lost.next_step


def test_a_gpu_that_was_unplugged_is_lost(gpus: Gpus, driver: FakeNvml) -> None:
    uuids = driver.uuids
    gpus.look()
    driver.world.gpu_count = 2
    assert list(gpus.look().lost) == [uuids[2]]
    assert "no longer there" in gpus.why_lost(uuids[2])


def test_an_error_that_nobody_knows_keeps_work_from_that_gpu_alone(gpus: Gpus, driver: FakeNvml) -> None:
    gpus.look()
    driver.world.gpus[0].fault = pynvml.NVML_ERROR_UNKNOWN
    seen = gpus.look()
    assert "does not answer as it should" in use_of(seen, driver.uuids[0]).trouble
    assert [use.trouble == "" for use in seen.uses] == [False, True, True]
    assert seen.lost == {}  # what runs there goes on


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


# ---- energy ----------------------------------------------------------------------------------------------------------


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


# ---- the box ---------------------------------------------------------------------------------------------------------


def test_a_unit_gets_the_device_file_of_its_gpu_which_is_not_the_number_of_the_driver(
    driver: FakeNvml, tmp_path: Path
) -> None:
    (tmp_path / "machine").mkdir()
    root = machine(tmp_path / "machine")
    for place, device, bus in ((1, "/dev/nvidia0", "01"), (2, "/dev/nvidia1", "02")):
        binds = find_gpu(driver.uuids[place], root)
        assert [path for path in binds.devices if path[-1].isdigit()] == [device]
        assert binds.sys_link is not None and binds.sys_link[1].endswith(f"0000:{bus}:00.0")
    with pytest.raises(GpuNotThere, match="/dev/nvidia2 is missing"):
        find_gpu(driver.uuids[0], root)
    driver.world.gpus[1].fault = LOST
    with pytest.raises(GpuNotThere, match="fallen off the bus"):
        find_gpu(driver.uuids[1], root)
    assert driver.world.inits == driver.world.shutdowns


def test_what_is_asked_of_one_gpu_closes_no_driver(gpus: Gpus, driver: FakeNvml, nvml: Nvml) -> None:
    gpus.look()
    with pytest.raises(DriverTrouble):
        nvml.ask(lambda: pynvml.nvmlDeviceGetHandleByUUID("GPU-nobody"))
    assert gpus.joules("GPU-nobody") is None
    assert len(gpus.look().gpus) == 3 and driver.world.inits == 1


def test_a_card_of_another_maker_is_told_beside_them(driver: FakeNvml, nvml: Nvml) -> None:
    other = GpuNotOffered("AMD GPU (744c)", "not yet")
    seen = Gpus(nvml, look_for_others=lambda: OtherGpus(["NVIDIA GPU (2684)"], [other])).look()
    assert seen.not_offered == [other] and len(seen.gpus) == 3
