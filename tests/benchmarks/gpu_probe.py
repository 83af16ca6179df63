"""What looking at three GPUs costs, and what an idle agent on such a machine takes.

    python -m tests.benchmarks.gpu_probe [--looks N] [--seconds N]

The driver is the tests' fake NVML, which answers at once: what is measured is the agent's own part, with the library
kept open and opened for each look.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from agent.probe.other_gpus import OtherGpus
from tests.agent.node_process import NodeProcess, control, started, until
from tests.agent.nvml.fake_nvml import FakeNvml, InThisProcess, build
from tests.backend.server_process import BackendServer
from tests.benchmarks.idle import SETTLE_SECONDS, figures, say


def measure(look: Callable[[], object], looks: int, what: str) -> None:
    """Milliseconds a look by the clock, and of processor time."""
    look()
    took, cpu_before = [], time.process_time()
    for _ in range(looks):
        began = time.perf_counter()
        look()
        took.append(time.perf_counter() - began)
    cpu = (time.process_time() - cpu_before) / looks
    print(f"{1000 * statistics.median(took):.3f} ms, {what}, median")  # noqa: T201
    print(f"{1000 * cpu:.3f} ms of processor time, {what}")  # noqa: T201


def look_by_opening() -> None:
    nvml = Nvml()
    Gpus(nvml, look_for_others=OtherGpus).look()
    nvml.close()


async def measure_agent(folder: Path, server: BackendServer, seconds: float) -> None:
    """An agent that shares three GPUs and has nothing to do."""
    node = NodeProcess(folder, server)
    try:
        await started(node)
        async with control(node) as owner:
            status = await until(owner, lambda status: status.connected and status.machine is not None)
        assert len(status.gpus) == 3, status.gpus
        await asyncio.sleep(SETTLE_SECONDS)
        percent, mebibytes = await asyncio.to_thread(figures, psutil.Process(node.pid), seconds)
        say(percent, mebibytes, "idle agent with three GPUs")
    finally:
        node.close()


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--looks", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the idle agent is watched")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nvml").mkdir()
        fake = FakeNvml(folder / "nvml", build(folder))
        with InThisProcess(fake):
            nvml = Nvml()
            gpus = Gpus(nvml, look_for_others=OtherGpus)
            assert len(gpus.look().joules) == 3
            measure(gpus.look, asked.looks, "a look")
            nvml.close()
            measure(look_by_opening, asked.looks, "a look that opens the library")
        os.environ |= fake.environment
        server = BackendServer(folder / "server")
        server.start()
        try:
            asyncio.run(measure_agent(folder, server, asked.seconds))
        finally:
            server.close()


if __name__ == "__main__":
    main()
