"""The test of a GPU against a driver that was built for it: the real script, the real calls, and no GPU."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import agent.self_test.inside
from agent.probe.gpus import GpusSeen
from agent.sandbox.base import BoxExit
from agent.self_test import hardware
from agent.self_test.boxes import Boxes, Ran, Started
from agent.self_test.inside.gpu import expected, kernel
from core.protocol.node import FreeGpu
from core.protocol.self_test import CheckState

SCRIPT = Path(agent.self_test.inside.__file__).parent / "gpu.py"
SOURCE = Path(__file__).parent / "fake_cuda.c"
GPU = FreeGpu("GPU-1", "card", 1024, 300, "550.90")


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a libcuda.so.1."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    folder = tmp_path_factory.mktemp("cuda")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", folder / "libcuda.so.1", SOURCE], check=True)
    yield folder


class HostBox:
    """A script as a plain process, for what a box does with one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def wait(self) -> BoxExit:
        return BoxExit(await self.process.wait(), None, None, None, None, 0.0, "ended")

    async def stop(self, grace_seconds: float) -> BoxExit:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        return await self.wait()


class HostBoxes:
    """`Boxes` where the driver is one that only lies on the host."""

    def __init__(self, driver: Path, broken: str = "") -> None:
        self._environment = {**os.environ, "LD_LIBRARY_PATH": str(driver), "FAKE_CUDA": broken}
        self.running: HostBox | None = None

    @contextlib.asynccontextmanager
    async def started(self, script: str, given: dict[str, Any], **more: object) -> AsyncIterator[Started]:
        assert script == SCRIPT.name and more["gpu_uuid"] == GPU.uuid
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(SCRIPT),
            env={**self._environment, "SELF_TEST_GIVEN": json.dumps(given | {"seconds": 0.05})},
            stdout=asyncio.subprocess.PIPE,
        )
        running = Started()
        self.running = HostBox(process)
        running.box = cast(Any, self.running)

        async def hear() -> None:
            assert process.stdout is not None
            async for line in process.stdout:
                running.hear("stdout", line.decode())

        hearing = asyncio.create_task(hear())
        try:
            yield running
        finally:
            await self.running.stop(0)
            await hearing

    async def run(self, script: str, given: dict[str, Any], **more: object) -> Ran:
        async with self.started(script, given, **more) as running:
            assert running.box is not None
            exit = await running.box.wait()
            await running.first.wait()
        return Ran(exit, running.told, "")

    def look(self) -> GpusSeen:
        """What the driver tells: a process that lives holds memory."""
        lives = self.running is not None and self.running.process.returncode is None
        free_mb = GPU.vram_free_mb - 150 if lives else GPU.vram_free_mb
        return GpusSeen([FreeGpu(GPU.uuid, GPU.model, GPU.vram_total_mb, free_mb)])


def boxes(driver: Path, broken: str = "") -> Boxes:
    return cast(Boxes, HostBoxes(driver, broken))


async def test_a_sound_gpu_passes_and_its_speed_is_told(driver: Path) -> None:
    found = await hardware.test_gpu(boxes(driver), GPU)
    assert found.state is CheckState.PASSED, found
    assert "driver 550.90, 1 GB" in found.evidence and "results equal" in found.evidence
    ((uuid, tflops),) = [(speed.uuid, speed.tflops) for speed in found.speed.gpus]
    assert uuid == GPU.uuid and tflops > 0


@pytest.mark.parametrize(
    ("broken", "cause"),
    [
        ("init", "cuInit answered 304"),
        ("memory", "memory does not hold what is written to it"),
        ("address", "memory does not hold what is written to it"),
        ("arithmetic", "arithmetic gives other results than it must"),
    ],
)
async def test_a_broken_gpu_fails_with_its_cause_and_what_to_do(driver: Path, broken: str, cause: str) -> None:
    found = await hardware.test_gpu(boxes(driver, broken), GPU)
    assert found.state is CheckState.FAILED and cause in found.cause and found.steps and not found.speed.gpus


async def test_without_a_driver_s_library_it_says_so(tmp_path: Path) -> None:
    found = await hardware.test_gpu(boxes(tmp_path), GPU)
    assert found.state is CheckState.FAILED and "can't be loaded" in found.cause


async def test_memory_is_free_again_after_a_kill(driver: Path) -> None:
    host = HostBoxes(driver)
    found = await hardware.test_gpu_frees(cast(Boxes, host), GPU, host.look)
    assert found.state is CheckState.PASSED and found.evidence.startswith("150 MiB taken, free again"), found
    assert host.running is not None and host.running.process.returncode is not None


async def test_memory_that_stays_taken_fails(driver: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "FREE_WITHIN_SECONDS", 0.3)
    host = HostBoxes(driver)
    looks = iter([300])

    def stuck() -> GpusSeen:
        return GpusSeen([FreeGpu(GPU.uuid, GPU.model, GPU.vram_total_mb, next(looks, 100))])

    found = await hardware.test_gpu_frees(cast(Boxes, host), GPU, stuck)
    assert found.state is CheckState.FAILED and "not free again" in found.cause


def test_results_are_whole_numbers_that_floats_hold_exactly() -> None:
    assert expected(0) == 8 * 16 * 4096 + 28 and expected(1023) == 8 * (1023 + 16 * 4096) + 28 < 2**24
    assert expected(1024) == expected(0)


def test_the_kernel_is_what_nvidia_s_assembler_takes(tmp_path: Path) -> None:
    ptxas = shutil.which("ptxas")
    if ptxas is None:
        pytest.skip("NVIDIA's assembler is not here")
    (tmp_path / "kernel.ptx").write_text(kernel())
    command = [ptxas, "-arch=sm_90", str(tmp_path / "kernel.ptx"), "-o", str(tmp_path / "kernel.cubin")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
