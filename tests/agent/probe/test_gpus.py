"""Every GPU by itself, as it is seen, and one that is lost while the others go on."""

import os
import subprocess
import sys

import psutil
import pynvml  # type: ignore[import-untyped]
import pytest

from agent.policy.surroundings import GpuUse
from agent.probe.gpu_programs import GpuProgram, others_on_gpu
from agent.probe.gpus import Gpus, GpusSeen
from agent.probe.nvml import Nvml
from agent.probe.other_gpus import OtherGpus
from core.protocol.node_control import GpuNotOffered
from tests.agent.nvml.fake_nvml import GIB, FakeNvml

LOST = pynvml.NVML_ERROR_GPU_IS_LOST


def use_of(seen: GpusSeen, uuid: str) -> GpuUse:
    return next(use for use in seen.uses if use.uuid == uuid)


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


def test_a_card_of_another_maker_is_told_beside_them(driver: FakeNvml, nvml: Nvml) -> None:
    other = GpuNotOffered("AMD GPU (744c)", "not yet")
    seen = Gpus(nvml, look_for_others=lambda: OtherGpus(["NVIDIA GPU (2684)"], [other])).look()
    assert seen.not_offered == [other] and len(seen.gpus) == 3


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
