"""A whole node on a machine with three GPUs: the real program and binding, and a library that answers as NVML does."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pynvml  # type: ignore[import-untyped]
import pytest

from agent.policy.rules_file import write_rules
from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from core.protocol.node import CheckpointReport, CompletedReport, FailedReport, Fault, Lease, ReleasedReport
from core.protocol.node_gpus import Withheld
from core.protocol.node_rules import RULES_FILE_NAME, GpuRules, Rules

from .nvml.fake_nvml import VERSION, FakeNvml
from .small_backend import CODE, PATIENCE_SECONDS, SmallBackend
from .test_running_node import leased, package

PROJECT = Path(__file__).parents[2]
NODE = ["-m", "tests.agent.nvml.node_that_looks"]
RULES = GpuRules(power_watts=300, fan_percent=70)
LOOK_SECONDS = 0.2
NO_LOOK_SECONDS = 3600.0


class GpuNode:
    """One node program with the three GPUs. Its units run in the box for machines without bubblewrap, which asks for no
    device files."""

    def __init__(self, folder: Path, backend: SmallBackend, fake: FakeNvml) -> None:
        self.data_dir = folder / "data"
        self._backend = backend
        self._log = folder / "node.log"
        (folder / "bin").mkdir()
        (folder / "bin" / "bwrap").write_text("#!/bin/sh\nexit 1\n")
        (folder / "bin" / "bwrap").chmod(0o755)
        self._environment: Mapping[str, str] = {
            **os.environ,
            **fake.environment,
            STATE_DIR_VARIABLE: str(folder / "state"),
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def hold(self, uuid: str, rules: GpuRules) -> None:
        """The owner's rules for one GPU, before the first start."""
        self.data_dir.mkdir(mode=0o700)
        write_rules(self.data_dir / RULES_FILE_NAME, Rules(gpus={uuid: rules}))

    def start(self, *extra: str, look_seconds: float = LOOK_SECONDS) -> None:
        first = [] if (self.data_dir / "node.json").exists() else ["--enroll", CODE]
        arguments = ["run", "--server", self._backend.url, "--data-dir", str(self.data_dir), *first, *extra]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *NODE, str(look_seconds), *arguments],
                cwd=PROJECT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def end(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(PATIENCE_SECONDS)
        self.process = None

    @property
    def log(self) -> str:
        return self._log.read_text()

    def command(self, *arguments: str) -> str:
        """One of its owner's commands; gives what it printed."""
        return subprocess.run(
            [sys.executable, "-c", "from agent.command_line import main; main()", *arguments],
            cwd=PROJECT,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=PATIENCE_SECONDS,
        ).stdout

    def status(self) -> dict[str, Any]:
        found = json.loads(self.command("status", "--data-dir", str(self.data_dir), "--json"))
        assert isinstance(found, dict)
        return found


@pytest.fixture
def backend() -> Iterator[SmallBackend]:
    with SmallBackend() as backend:
        yield backend


@pytest.fixture
def node(backend: SmallBackend, fake: FakeNvml) -> Iterator[GpuNode]:
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-node-"))
    folder.chmod(0o755)
    node = GpuNode(folder, backend, fake)
    yield node
    if node.process is not None:
        node.end(signal.SIGKILL)
    remove_tree_now(folder)


WAITS = """
    import os, pathlib, time
    from gpu_agent import training
    print("sees", os.environ["CUDA_VISIBLE_DEVICES"])
    with training.checkpoint(step=3) as folder:
        (folder / "state").write_text("3")
    while not pathlib.Path(training.params()["until"]).exists():
        time.sleep(0.02)
    raise SystemExit(training.params()["code"])
"""


def on(lease: Lease, uuid: str, until: Path, number: int = 1, code: int = 0) -> Lease:
    names = {"attempt_id": f"attempt-{number}", "token": f"token-{number}", "unit_id": f"unit-{number}"}
    return msgspec.structs.replace(lease, gpu_uuid=uuid, params={"until": str(until), "code": code}, **names)


def offered(backend: SmallBackend) -> list[str]:
    told = [request.free for request in backend.requests if request.free is not None]
    return [gpu.uuid for gpu in told[-1].gpus] if told else []


def withheld(backend: SmallBackend) -> list[tuple[str | None, str, str]]:
    told = [request.free for request in backend.requests if request.free is not None]
    return [(gpu.uuid, gpu.why, gpu.driver) for gpu in (told[-1].gpus_withheld or [])] if told else []


def sees(backend: SmallBackend, attempt_id: str, uuid: str) -> bool:
    return backend.texts(attempt_id) == [f"sees {uuid}"]


def test_one_gpu_is_lost_mid_unit_and_the_others_go_on(
    node: GpuNode, backend: SmallBackend, fake: FakeNvml, tmp_path: Path
) -> None:
    a, b, c = fake.uuids
    lease = leased(package(backend, tmp_path, WAITS))
    until = tmp_path / "until"
    backend.give(on(lease, a, until, 1), on(lease, b, until, 2))
    node.start()
    backend.wait_for(lambda: sees(backend, "attempt-1", a) and sees(backend, "attempt-2", b))
    checkpoints = [report for report in backend.reports if isinstance(report, CheckpointReport)]
    fake.world.gpus[1].millijoules += 12_000
    fake.world.gpus[0].fault = pynvml.NVML_ERROR_GPU_IS_LOST
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    failed = backend.ended["attempt-1"]
    assert isinstance(failed, FailedReport)
    assert (failed.fault, failed.code) == (Fault.NODE, "driver")
    assert "fallen off the bus" in failed.message
    checkpoints = [report for report in backend.reports if isinstance(report, CheckpointReport)]
    assert any(report.attempt_id == "attempt-1" and report.step == 3 for report in checkpoints)
    backend.tier = "controlled"
    backend.wait_for(lambda: offered(backend) == [c])
    kept_back = [(a, Withheld.LOST, VERSION), (b, Withheld.UNIT, VERSION)]
    backend.wait_for(lambda: withheld(backend) == kept_back)
    status = next(found for found in (node.status() for _ in range(100)) if found["tier"] == "controlled")
    assert [bool(gpu["trouble"]) for gpu in status["gpus"]] == [True, False, False]
    assert [unit["energy_joules"] for unit in status["units"] if unit["attempt_id"] == "attempt-2"] == [12.0]
    until.touch()
    backend.wait_for(lambda: "attempt-2" in backend.ended)
    completed = backend.ended["attempt-2"]
    assert isinstance(completed, CompletedReport), completed
    assert completed.energy_joules == 12.0


@pytest.mark.full
def test_code_that_fails_when_its_gpu_is_lost_is_the_nodes_fault(
    node: GpuNode, backend: SmallBackend, fake: FakeNvml, tmp_path: Path
) -> None:
    until = tmp_path / "until"
    backend.give(on(leased(package(backend, tmp_path, WAITS)), fake.uuids[0], until, code=1))
    node.start(look_seconds=NO_LOOK_SECONDS)
    backend.wait_for(lambda: sees(backend, "attempt-1", fake.uuids[0]))
    fake.world.gpus[0].fault = pynvml.NVML_ERROR_GPU_IS_LOST
    until.touch()
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    failed = backend.ended["attempt-1"]
    assert isinstance(failed, FailedReport)
    assert (failed.fault, failed.code) == (Fault.NODE, "driver")


def test_after_kill_9_while_a_profile_is_applied_the_next_start_puts_back_what_was_there(
    node: GpuNode, backend: SmallBackend, fake: FakeNvml, tmp_path: Path
) -> None:
    gpu = fake.world.gpus[0]
    gpu.fans[1].manual, gpu.fans[1].target = 1, 45
    until = tmp_path / "until"
    backend.give(on(leased(package(backend, tmp_path, WAITS)), fake.uuids[0], until))
    node.hold(fake.uuids[0], RULES)
    node.start()
    backend.wait_for(lambda: sees(backend, "attempt-1", fake.uuids[0]))
    assert (gpu.limit, gpu.fans[0].target, gpu.fans[1].target) == (300_000, 70, 70)
    gpu.millijoules += 5_000
    shown = next(found for found in (node.status() for _ in range(100)) if found["units"][0]["energy_joules"] == 5.0)
    assert shown["gpus"][0]["profile"] == "its power is held to 300 W; its fan is held to 70 %"
    gpu.limit, gpu.fans[0].manual = 440_000, 0  # as a driver that was reset
    shown = next(found for found in (node.status() for _ in range(100)) if "undone" in found["gpus"][0]["profile"])
    assert (gpu.limit, gpu.limit_sets, gpu.fans[0].manual, gpu.fans[0].target) == (300_000, 2, 1, 70)
    node.end(signal.SIGKILL)
    assert (gpu.limit, gpu.limit_sets) == (300_000, 2)
    node.start("--paused")
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    assert (gpu.limit, gpu.limit_sets) == (450_000, 3)
    assert [(fan.manual, fan.target) for fan in gpu.fans] == [(0, 70), (1, 45)]
    released = backend.ended["attempt-1"]
    assert isinstance(released, ReleasedReport)
    assert released.energy_joules == 5.0
    node.end(signal.SIGTERM)
    assert gpu.limit_sets == 3
    assert "its power limit is 450 W again" in node.log


@pytest.mark.full
def test_a_profile_ends_with_the_unit_a_pause_and_the_node(
    node: GpuNode, backend: SmallBackend, fake: FakeNvml, tmp_path: Path
) -> None:
    gpu, until = fake.world.gpus[2], tmp_path / "until"
    lease = leased(package(backend, tmp_path, WAITS))
    backend.give(on(lease, fake.uuids[2], until))
    node.hold(fake.uuids[2], GpuRules(power_watts=50))
    node.start()
    backend.wait_for(lambda: sees(backend, "attempt-1", fake.uuids[2]))
    assert gpu.limit == 50_000
    said = node.command("status", "--data-dir", str(node.data_dir))
    told = "2,048 of 16,384 MiB, 20 % used, 42 °C, fan 32 %, 23 W, its power is held to 50 W"
    assert f"GPU:          Tesla T4, {told}" in said
    until.touch()
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    assert gpu.limit == 75_000
    until.unlink()
    backend.give(on(lease, fake.uuids[2], until, 2))
    backend.wait_for(lambda: sees(backend, "attempt-2", fake.uuids[2]))
    assert gpu.limit == 50_000
    node.command("pause", "--data-dir", str(node.data_dir))
    backend.wait_for(lambda: "attempt-2" in backend.ended)
    assert gpu.limit == 75_000
    node.command("resume", "--data-dir", str(node.data_dir))
    backend.give(on(lease, fake.uuids[2], until, 3))
    backend.wait_for(lambda: sees(backend, "attempt-3", fake.uuids[2]))
    assert gpu.limit == 50_000
    node.end(signal.SIGTERM)
    assert (gpu.limit, gpu.limit_sets) == (75_000, 6)


@pytest.mark.full
def test_the_doctor_says_what_is_wrong_with_a_driver_and_the_next_step(node: GpuNode, fake: FakeNvml) -> None:
    fake.world.gpus[2].mig = pynvml.NVML_DEVICE_MIG_ENABLE
    fake.world.gpus[1].fault = pynvml.NVML_ERROR_GPU_IS_LOST
    said = node.command("doctor", "--data-dir", str(node.data_dir))
    assert "NVIDIA GeForce RTX 4090, 24,576 of 24,576 MiB free" in said
    assert "not offered:  Tesla T4: it is cut into parts (MIG)" in said
    assert "not offered:  NVIDIA GPU 1: the GPU no longer answers" in said
    fake.world.init_fault = pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH
    said = node.command("doctor", "--data-dir", str(node.data_dir))
    assert "the NVIDIA driver was updated" in said and "to mend it: restart the computer" in said
