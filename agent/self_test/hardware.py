"""The disk, and each GPU: its memory and arithmetic, and whether its memory is free again after a kill."""

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from agent.probe.gpus import GpusSeen
from agent.probe.machine import look_at_machine
from agent.probe.share import shared_disk_mb
from agent.sandbox.supervised import come_last
from agent.self_test.boxes import LIMITS, Boxes
from agent.self_test.run import Finding, failed, passed
from core.protocol.node import FreeGpu
from core.protocol.self_test import GpuSpeed, MeasuredSpeed, NextStep

LEAST_DISK_MB = 512
GPU_SECONDS = 2.0
MOST_GPU_BYTES = 4 << 30
FREE_WITHIN_SECONDS = 10.0
_WRITTEN_BYTES = 64 << 20
_PIECE_BYTES = 1 << 20
_WRITE_SECONDS = 5.0
_SYNCS = 8
_MIB = 1 << 20
_NEAR_MB = 64
_LOOK_SECONDS = 0.2
# CUDA wants address space and pinned memory of the host; its compiler for kernels wants threads.
_GPU_LIMITS = msgspec.structs.replace(LIMITS, memory_mb=2048, disk_mb=256, tmp_mb=128, shm_mb=128, process_count=256)
_DRIVER_STEPS = [
    NextStep("Look at what the driver says of the card", "nvidia-smi"),
    NextStep("Install the newest driver of the system's own packages, and start the machine again"),
]

LookAtGpus = Callable[[], GpusSeen]


async def test_disk(folder: Path) -> Finding:
    """Whether there is room for units, and how fast it is written. Raises OSError."""
    # A thread of its own, since one that has been put last stays so.
    with ThreadPoolExecutor(1, thread_name_prefix="self-test") as thread:
        return await asyncio.get_running_loop().run_in_executor(thread, _test_disk, folder)


def _test_disk(folder: Path) -> Finding:
    come_last(0)  # on Linux this thread alone
    free_mb = shared_disk_mb(look_at_machine(folder))
    if free_mb < LEAST_DISK_MB:
        return failed(
            f"only {free_mb:,} MiB of the disk can be shared, {LEAST_DISK_MB:,} are the least",
            steps=[
                NextStep("See what fills it", f"du -xh -d 2 {folder} | sort -h | tail"),
                NextStep("Make room, or give the node another disk with --data-dir"),
            ],
        )
    file = folder / f"self-test-{os.getpid()}.tmp"
    try:
        write_rate, sync_seconds = _written(file)
    finally:
        file.unlink(missing_ok=True)
    speed = f"writes {write_rate / 1e6:,.0f} MB/s, syncs in {sync_seconds * 1e3:.1f} ms"
    evidence = f"{free_mb * _MIB / 1e9:,.0f} GB to share, {speed}"
    return passed(evidence, MeasuredSpeed(disk_write_rate=write_rate, disk_sync_seconds=sync_seconds))


def _written(file: Path) -> tuple[float, float]:
    """Bytes a second that reach the disk, and what a small write costs until it has."""
    piece = os.urandom(_PIECE_BYTES)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        written, began = 0, time.perf_counter()
        while written < _WRITTEN_BYTES and time.perf_counter() - began < _WRITE_SECONDS:
            written += os.write(descriptor, piece)
        os.fsync(descriptor)
        rate = written / (time.perf_counter() - began)
        took = []
        for _ in range(_SYNCS):
            began = time.perf_counter()
            os.write(descriptor, piece[:4096])
            os.fsync(descriptor)
            took.append(time.perf_counter() - began)
        return rate, statistics.median(took)
    finally:
        os.close(descriptor)


async def test_gpu(boxes: Boxes, gpu: FreeGpu) -> Finding:
    """Whether a GPU keeps what is written to it and reckons right, in a box, and how fast. Raises BoxNotStarted."""
    given = {"of": "compute", "seconds": GPU_SECONDS, "most_bytes": MOST_GPU_BYTES}
    ran = await boxes.run("gpu.py", given, limits=_GPU_LIMITS, gpu_uuid=gpu.uuid)
    if not ran.told:
        return failed(f"the test in the box did not come to its end: {ran.exit.message}", seen=ran.said)
    told = ran.told[-1]
    if "error" in told:
        return failed(f"CUDA does not run in the box: {told['error']}", steps=_DRIVER_STEPS, seen=ran.said)
    wrong = [
        words
        for count, words in (
            (told["wrong_blocks"], "memory does not hold what is written to it"),
            (told["wrong_results"], "arithmetic gives other results than it must"),
        )
        if count
    ]
    if wrong:
        return failed(
            f"{gpu.model}: {' and '.join(wrong)}",
            steps=[
                NextStep("Undo overclocking, of the memory too, and look at the card's temperature", "nvidia-smi -q"),
                NextStep("If it stays so, the card is broken: nothing is run on it"),
            ],
            seen=str(told),
        )
    tflops = float(told["tflops"])
    evidence = (
        f"driver {gpu.driver}, {told['total_bytes'] / 1e9:.0f} GB, {tflops:.1f} TFLOPS, "
        f"{told['tested_bytes'] / 1e9:.1f} GB of it tested, results equal"
    )
    return passed(evidence, MeasuredSpeed(gpus=[GpuSpeed(gpu.uuid, tflops)]))


async def test_gpu_frees(boxes: Boxes, gpu: FreeGpu, look: LookAtGpus) -> Finding:
    """Whether a GPU's memory is free again soon after what held it was killed. Raises BoxNotStarted."""
    before = await _free_mb(look, gpu.uuid)
    given = {"of": "hold", "most_bytes": MOST_GPU_BYTES}
    loop = asyncio.get_running_loop()
    async with boxes.started("gpu.py", given, limits=_GPU_LIMITS, gpu_uuid=gpu.uuid) as running:
        assert running.box is not None
        waiting = asyncio.ensure_future(running.box.wait())
        said = asyncio.ensure_future(running.first.wait())
        await asyncio.wait({waiting, said}, return_when=asyncio.FIRST_COMPLETED)
        said.cancel()
        told = running.told[-1] if running.told else {}
        if "held_bytes" not in told:
            waiting.cancel()
            return failed(f"memory of the GPU could not be taken: {told.get('error') or 'it ended before'}")
        during = await _free_mb(look, gpu.uuid)
        killed_at = loop.time()
        await running.box.stop(0)
    held_mb = int(told["held_bytes"]) // _MIB
    if before is None or during is None:
        return failed("the driver does not tell how much of the GPU's memory is free", steps=_DRIVER_STEPS)
    while True:
        free = await _free_mb(look, gpu.uuid)
        seconds = loop.time() - killed_at
        if free is not None and free >= min(before - _NEAR_MB, during + held_mb - _NEAR_MB):
            return passed(f"{held_mb:,} MiB taken, free again {seconds:.1f} s after a kill")
        if seconds > FREE_WITHIN_SECONDS:
            return failed(
                f"{FREE_WITHIN_SECONDS:.0f} s after a kill the GPU's memory is not free again",
                steps=[NextStep("See what holds it", "nvidia-smi"), *_DRIVER_STEPS[1:]],
            )
        await asyncio.sleep(_LOOK_SECONDS)


async def _free_mb(look: LookAtGpus, uuid: str) -> int | None:
    seen = await asyncio.to_thread(look)
    return next((gpu.vram_free_mb for gpu in seen.gpus if gpu.uuid == uuid), None)
