"""A GPU that is lost in the middle of a unit: at a real server the unit goes on on another machine's."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pynvml  # type: ignore[import-untyped]
import pytest

from tests.agent.node_process import COMMAND, LAST_SECONDS, NodeProcess, control, started, until
from tests.agent.nvml.fake_nvml import FakeNvml
from tests.agent.test_control import GOES_ON_UNTIL_STOPPED, train_unit
from tests.backend.server_process import BackendServer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

LOOKS_OFTEN = [COMMAND[0], "-m", "tests.agent.nvml.node_that_looks", "0.2"]


@pytest.fixture
def machines(
    own_server: BackendServer, tmp_path: Path, nvml_library: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[tuple[NodeProcess, FakeNvml]]]:
    """Two machines of one owner, each with one GPU of its own, and with the box that asks for no device files."""
    own_server.start()
    broken = tmp_path / "bin" / "bwrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    made = []
    for number in range(2):
        folder = tmp_path / f"machine-{number}"
        (folder / "nvml").mkdir(parents=True)
        fake = FakeNvml(folder / "nvml", nvml_library)
        fake.world.gpu_count = 1
        fake.world.gpus[0].uuid = f"GPU-of-machine-{number}".encode()
        made.append((NodeProcess(folder, own_server, LOOKS_OFTEN), fake))
    yield made
    for node, _ in made:
        node.close()


@pytest.mark.full
async def test_a_unit_whose_gpu_is_lost_goes_on_on_another_machine_from_its_checkpoint(
    own_server: BackendServer, machines: list[tuple[NodeProcess, FakeNvml]], monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = own_server.new_customer()
    (first, first_nvml), (second, second_nvml) = machines
    for name, value in first_nvml.environment.items():
        monkeypatch.setenv(name, value)
    await started(first, owner=customer.email)
    training = "[package]\nname = 'on-gpu'\n[resources]\nvram_mb = 1000\n"
    package = ready_package(customer, train__py=GOES_ON_UNTIL_STOPPED, training__toml=training)
    job = submit_job(customer, ready_dataset(customer), package, max_runtime_seconds=600, required_vram_mb=1000)
    async with control(first) as owner:
        status = await until(owner, lambda status: any(unit.progress == 0.4 for unit in status.units))
        assert [unit.gpu_uuid for unit in status.units] == ["GPU-of-machine-0"]
        first_nvml.world.gpus[0].fault = pynvml.NVML_ERROR_GPU_IS_LOST
        status = await until(owner, lambda status: not status.units)
        assert "fallen off the bus" in status.gpus[0].trouble
    for name, value in second_nvml.environment.items():
        monkeypatch.setenv(name, value)
    await started(second, owner=customer.email)
    async with control(second) as owner:
        await until(owner, lambda status: any(unit.gpu_uuid == "GPU-of-machine-1" for unit in status.units))
    async with asyncio.timeout(LAST_SECONDS):
        while (unit := train_unit(customer, job))["state"] != "completed":  # noqa: ASYNC110 - another's database
            await asyncio.sleep(0.1)
    lost, done = unit["attempts"]
    assert (lost["outcome"], done["outcome"]) == ("failed", "completed")
    assert "fallen off the bus" in lost["reason"] and "dmesg" not in lost["reason"]
    assert (unit["state"], done["resumed_from_step"]) == ("completed", 40)
