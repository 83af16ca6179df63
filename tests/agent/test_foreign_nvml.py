"""A node on three different GPUs of an NVML that is not ours: NVIDIA's own mock of it.

It is built from NVIDIA/k8s-test-infra (`make -C pkg/gpu/mocknvml NO_PADDING=1`, Go 1.26), and runs only where
GPU_AGENT_TEST_NVML names the folder with its libnvidia-ml.so.1.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.node_process import COMMAND, LAST_SECONDS, NodeProcess, control, started, until
from tests.agent.test_control import GOES_ON_UNTIL_STOPPED, train_unit
from tests.backend.server_process import BackendServer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

FOLDER = os.environ.get("GPU_AGENT_TEST_NVML", "")
MODELS = [("NVIDIA A100-SXM4-40GB", 40), ("NVIDIA L40S", 48), ("NVIDIA T4", 16)]  # and GiB

pytestmark = [pytest.mark.full, pytest.mark.skipif(not FOLDER, reason="GPU_AGENT_TEST_NVML names no folder")]


def gpu(number: int, name: str, gib: int) -> dict[str, Any]:
    """As the mock's files describe one. Its temperature tells it from the others."""
    return {
        "index": number,
        "minor_number": 2 - number,
        "uuid": f"GPU-0000000{number}-aaaa-bbbb-cccc-dddddddddddd",
        "name": name,
        "pci": {"bus_id": f"0000:0{number + 1}:00.0"},
        "memory": {"total_bytes": gib << 30, "free_bytes": (gib << 30) - (number << 30), "used_bytes": number << 30},
        "thermal": {"temperature_gpu_c": 40 + number},
        "power": {
            "current_draw_mw": 50_000 + 1_000 * number,
            "default_limit_mw": 200_000,
            "enforced_limit_mw": 200_000,
        },
        "mig": {"mode_current": "disabled", "mode_pending": "disabled", "max_gpu_instances": 0},
    }


@pytest.fixture
def overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file through which the GPUs are changed while programs look at them."""
    config, overrides = tmp_path / "config.json", tmp_path / "overrides.json"  # JSON is YAML
    devices = [gpu(number, *model) for number, model in enumerate(MODELS)]
    system = {"driver_version": "550.163.01", "nvml_version": "12.550.163.01", "cuda_version": "12.4"}
    config.write_text(json.dumps({"version": "1.0", "system": system, "devices": devices}))
    overrides.write_text("{}")
    monkeypatch.setenv("LD_LIBRARY_PATH", FOLDER)
    monkeypatch.setenv("MOCK_NVML_CONFIG", str(config))
    monkeypatch.setenv("MOCK_NVML_OVERRIDES", str(overrides))
    return overrides


@pytest.fixture
def node(
    own_server: BackendServer, overrides: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NodeProcess]:
    """With the box that asks for no device files."""
    own_server.start()
    broken = tmp_path / "bin" / "bwrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    (tmp_path / "machine").mkdir()
    node = NodeProcess(tmp_path / "machine", own_server, COMMAND)
    yield node
    node.close()


async def test_all_are_seen_right_and_a_unit_outlives_the_one_it_ran_on(
    own_server: BackendServer, node: NodeProcess, overrides: Path
) -> None:
    customer = own_server.new_customer()
    await started(node, owner=customer.email)
    training = "[package]\nname = 'on-gpu'\n[resources]\nvram_mb = 1000\n"
    package = ready_package(customer, train__py=GOES_ON_UNTIL_STOPPED, training__toml=training)
    job = submit_job(customer, ready_dataset(customer), package, max_runtime_seconds=600, required_vram_mb=1000)
    async with control(node) as owner:
        status = await until(owner, lambda status: any(unit.progress == 0.4 for unit in status.units))
        seen = [
            (one.model, one.vram_total_mb, one.vram_used_mb, one.temperature_celsius, one.power_watts)
            for one in status.gpus
        ]
        assert seen == [(name, gib << 10, n << 10, 40 + n, 50.0 + n) for n, (name, gib) in enumerate(MODELS)]
        lost = next(number for number, one in enumerate(status.gpus) if one.attempt_id)
        overrides.write_text(json.dumps({"devices": {str(lost): {"failure": {"mode": "lost"}}}}))
        status = await until(owner, lambda status: any(one.trouble for one in status.gpus))
        assert ["fallen off the bus" in one.trouble for one in status.gpus] == [n == lost for n in range(len(MODELS))]
    async with asyncio.timeout(LAST_SECONDS):
        while (unit := train_unit(customer, job))["state"] != "completed":  # noqa: ASYNC110 - another's
            await asyncio.sleep(0.1)
    first, second = unit["attempts"]
    assert (first["outcome"], second["outcome"], second["resumed_from_step"]) == ("failed", "completed", 40)
    assert "fallen off the bus" in first["reason"]
