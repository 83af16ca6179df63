"""NVIDIA GPUs as the driver tells of them, through NVML. That there are none is a normal answer."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pynvml  # type: ignore[import-untyped]  # nvidia-ml-py ships no types

from core.protocol.node import FreeGpu, GpuReading

T = TypeVar("T")

_MIB = 1 << 20
_MOST_GPUS = 64


class GpusSeen(msgspec.Struct, frozen=True):
    """The GPUs, how they do, and in `detail` why there are none if there are none."""

    gpus: list[FreeGpu] = []
    readings: list[GpuReading] = []
    detail: str = ""


def look_at_gpus() -> GpusSeen:
    """Ask the driver (blocking; a few ms, the first time longer). Never raises for a driver that is absent or ill."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return GpusSeen(detail=f"no NVIDIA driver answers: {error}")
    try:
        driver = _text(pynvml.nvmlSystemGetDriverVersion())
        handles = [pynvml.nvmlDeviceGetHandleByIndex(n) for n in range(min(pynvml.nvmlDeviceGetCount(), _MOST_GPUS))]
        seen = [_look_at(handle, driver) for handle in handles]
    except pynvml.NVMLError as error:
        return GpusSeen(detail=f"the NVIDIA driver does not answer as it should: {error}")
    finally:
        pynvml.nvmlShutdown()
    return GpusSeen([gpu for gpu, _ in seen], [reading for _, reading in seen], "" if seen else "the driver has no GPU")


def _look_at(handle: Any, driver: str) -> tuple[FreeGpu, GpuReading]:
    uuid = _text(pynvml.nvmlDeviceGetUUID(handle))
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    gpu = FreeGpu(
        uuid=uuid,
        model=_text(pynvml.nvmlDeviceGetName(handle)),
        vram_total_mb=memory.total // _MIB,
        vram_free_mb=memory.free // _MIB,
        driver=driver,
    )
    utilization = _told(lambda: int(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu))
    temperature = _told(lambda: int(pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU)))
    milliwatts = _told(lambda: int(pynvml.nvmlDeviceGetPowerUsage(handle)))
    reading = GpuReading(
        uuid=uuid,
        utilization_percent=utilization,
        memory_used_mb=memory.used // _MIB,
        temperature_celsius=temperature,
        power_watts=None if milliwatts is None else milliwatts / 1000,
    )
    return gpu, reading


def _told(ask: Callable[[], T]) -> T | None:
    """What the driver tells, or None where this card or driver doesn't."""
    try:
        return ask()
    except pynvml.NVMLError:
        return None


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
