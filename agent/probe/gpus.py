"""NVIDIA GPUs, each by itself, as the driver tells of them through NVML. That there are none is a normal answer.

A GPU is known by its UUID, whatever its number is now, and stays known when it is lost.
"""

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pynvml  # type: ignore[import-untyped]  # nvidia-ml-py ships no types

from agent.policy.surroundings import GpuUse
from agent.probe.driver_words import NOT_THERE, Advice, advice_for
from agent.probe.energy import EnergyMeter
from agent.probe.gpu_programs import GpuProgram, others_on_gpu, programs_of
from agent.probe.nvml import DriverTrouble, Nvml
from agent.probe.other_gpus import OtherGpus, look_for_other_gpus
from core.protocol.node import FreeGpu, GpuReading
from core.protocol.node_control import GpuNotOffered
from core.protocol.node_gpus import Withheld

T = TypeVar("T")

_MIB = 1 << 20
_MOST_GPUS = 64
_WHOLE_DRIVER = frozenset(
    {
        pynvml.NVML_ERROR_UNINITIALIZED,
        pynvml.NVML_ERROR_DRIVER_NOT_LOADED,
        pynvml.NVML_ERROR_LIBRARY_NOT_FOUND,
        pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH,
    }
)
_LOST = frozenset({pynvml.NVML_ERROR_GPU_IS_LOST, pynvml.NVML_ERROR_RESET_REQUIRED})
_MIG_IS_ON = GpuNotOffered(
    "",
    "it is cut into parts (MIG), which are not offered yet",
    "to share the whole of it: sudo nvidia-smi -mig 0",
    Withheld.MIG,
)


class GpusSeen(msgspec.Struct, frozen=True):
    """The GPUs that may be offered, those in trouble among them (`uses` says so), and how they do. `lost` are the ones
    on which nothing can go on, with why; `joules` (since this program looked first) only grow. `not_offered` are
    further GPUs. `detail` is why there are none if there are none."""

    gpus: list[FreeGpu] = []
    readings: list[GpuReading] = []
    uses: list[GpuUse] = []
    lost: dict[str, str] = {}
    joules: dict[str, float] = {}
    not_offered: list[GpuNotOffered] = []
    detail: str = ""


def look_at_gpus() -> GpusSeen:
    """All GPUs now, by the driver's library opened for this one look (blocking). Never raises, as `Gpus.look`."""
    nvml = Nvml()
    try:
        return Gpus(nvml).look()
    finally:
        nvml.close()


class _Gpu(msgspec.Struct, frozen=True):
    """One GPU at one look."""

    facts: FreeGpu
    use: GpuUse
    programs: list[GpuProgram] = []
    joules: float | None = None
    lost: str = ""


class _Look(msgspec.Struct, frozen=True):
    gpus: list[_Gpu]
    not_offered: list[GpuNotOffered]


class Gpus:
    """Looks at them again and again. All methods block, for a few ms or until the driver's time is up; any thread may
    call them."""

    def __init__(
        self,
        nvml: Nvml,
        *,
        look_for_others: Callable[[], OtherGpus] = look_for_other_gpus,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nvml = nvml
        self._look_for_others = look_for_others
        self._clock = clock
        self._others: OtherGpus | None = None
        self._known: dict[str, FreeGpu] = {}
        self._meter = EnergyMeter()

    def look(self) -> GpusSeen:
        """All GPUs now. Never raises for a driver that is absent, ill or silent."""
        if (
            self._others is None
        ):  # they don't come and go while a program runs, and on some systems they are slow to tell
            self._others = self._look_for_others()
        try:
            seen = self._nvml.ask(self._look)
        except DriverTrouble as trouble:
            return self._without_driver(trouble, self._others)
        own_pid = os.getpid()
        uses = [msgspec.structs.replace(gpu.use, others=others_on_gpu(gpu.programs, own_pid)) for gpu in seen.gpus]
        return GpusSeen(
            gpus=[gpu.facts for gpu in seen.gpus],
            readings=[_reading(use) for use in uses if not use.trouble],
            uses=uses,
            lost={gpu.facts.uuid: gpu.lost for gpu in seen.gpus if gpu.lost},
            joules={gpu.facts.uuid: gpu.joules for gpu in seen.gpus if gpu.joules is not None},
            not_offered=[*seen.not_offered, *self._others.not_offered],
            detail="" if seen.gpus or seen.not_offered else "the driver has no GPU",
        )

    def joules(self, uuid: str) -> float | None:
        """What this GPU has used up to now; None where nobody tells."""
        try:
            return self._nvml.ask(lambda: self._joules(pynvml.nvmlDeviceGetHandleByUUID(uuid), uuid))
        except DriverTrouble:
            return None

    def why_lost(self, uuid: str) -> str:
        """Why nothing can run on this GPU any more, in words, or nothing. A driver that answers no questions is no
        reason: after an update what runs goes on, until the computer is restarted."""
        try:
            return self._nvml.ask(lambda: _why_lost(uuid))
        except DriverTrouble:
            return ""

    # ---- on the driver's thread -------------------------------------------------------------------------------------

    def _look(self) -> _Look:
        driver = pynvml.nvmlSystemGetDriverVersion()
        count = min(pynvml.nvmlDeviceGetCount(), _MOST_GPUS)
        found: dict[str, _Gpu] = {}
        nameless: list[tuple[int, pynvml.NVMLError]] = []
        failed: list[pynvml.NVMLError] = []
        not_offered: list[GpuNotOffered] = []
        for index in range(count):
            uuid = ""
            try:
                handle = pynvml.nvmlDeviceGetHandleByIndex(index)
                uuid = pynvml.nvmlDeviceGetUUID(handle)
                if _is_cut_into_parts(handle):
                    name = pynvml.nvmlDeviceGetName(handle)
                    not_offered.append(msgspec.structs.replace(_MIG_IS_ON, name=name, uuid=uuid))
                    self._known.pop(uuid, None)
                else:
                    found[uuid] = self._look_at(handle, uuid, driver)
            except pynvml.NVMLError as error:
                if error.value not in _LOST:
                    failed.append(error)
                if not uuid:
                    nameless.append((index, error))
                else:
                    found[uuid] = _fallen(self._known.get(uuid) or FreeGpu(uuid, "NVIDIA GPU", 0, 0, driver), error)
        if failed and len(failed) == count:  # it is the driver, which may need to be opened anew
            raise failed[0]
        for uuid in [known for known in self._known if known not in found]:
            found[uuid] = _fallen(self._known[uuid], nameless.pop(0)[1] if nameless else None)
        for index, refusal in nameless:  # so before this program ever saw it
            advice = _advice_for_one(refusal)
            not_offered.append(GpuNotOffered(f"NVIDIA GPU {index}", advice.words, advice.next_step))
        self._known |= {uuid: gpu.facts for uuid, gpu in found.items()}
        return _Look([found[uuid] for uuid in self._known], not_offered)

    def _look_at(self, handle: Any, uuid: str, driver: str) -> _Gpu:
        memory = _memory(handle)
        facts = FreeGpu(
            uuid=uuid,
            model=pynvml.nvmlDeviceGetName(handle),
            vram_total_mb=memory.total // _MIB,
            vram_free_mb=memory.free // _MIB,
            driver=driver,
        )
        milliwatts = _told(lambda: int(pynvml.nvmlDeviceGetPowerUsage(handle)))
        use = GpuUse(
            uuid=uuid,
            temperature_celsius=_temperature(handle),
            fan_percent=_told(lambda: int(pynvml.nvmlDeviceGetFanSpeed(handle))),
            power_watts=None if milliwatts is None else milliwatts / 1000,
            utilization_percent=_told(lambda: int(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu)),
            vram_used_mb=memory.used // _MIB,
            power_range_watts=_power_range(handle),
        )
        computing = _told(lambda: pynvml.nvmlDeviceGetComputeRunningProcesses(handle)) or []
        drawing = _told(lambda: pynvml.nvmlDeviceGetGraphicsRunningProcesses(handle)) or []
        return _Gpu(facts, use, programs_of(computing, drawing), self._joules(handle, uuid))

    def _joules(self, handle: Any, uuid: str) -> float | None:
        millijoules = _told(lambda: int(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)))
        milliwatts = _told(lambda: int(pynvml.nvmlDeviceGetPowerUsage(handle)))
        watts = None if milliwatts is None else milliwatts / 1000
        return self._meter.read(uuid, millijoules=millijoules, watts=watts, now=self._clock())

    # ---- without an answer ------------------------------------------------------------------------------------------

    def _without_driver(self, trouble: DriverTrouble, others: OtherGpus) -> GpusSeen:
        """What was known is still there, in trouble; else the cards that the system shows, with why not."""
        advice = trouble.advice
        known = [_in_trouble(facts, advice, is_lost=False) for facts in list(self._known.values())]
        cards = [] if known else others.nvidia
        if not known and not cards and not trouble.is_absent:
            cards = ["NVIDIA GPU"]
        return GpusSeen(
            gpus=[gpu.facts for gpu in known],
            uses=[gpu.use for gpu in known],
            not_offered=[
                *(GpuNotOffered(name, advice.words, advice.next_step, Withheld.DRIVER) for name in cards),
                *others.not_offered,
            ],
            detail=advice.words,
        )


def _fallen(facts: FreeGpu, error: pynvml.NVMLError | None) -> _Gpu:
    """A GPU that gives this error, or, without one, is not among the driver's any more."""
    if error is None:
        return _in_trouble(facts, NOT_THERE, is_lost=True)
    return _in_trouble(facts, _advice_for_one(error), is_lost=error.value in _LOST)


def _in_trouble(facts: FreeGpu, advice: Advice, *, is_lost: bool) -> _Gpu:
    lost = advice.words if is_lost else ""
    return _Gpu(facts, GpuUse(facts.uuid, trouble=advice.in_one_line), lost=lost)


def _advice_for_one(error: pynvml.NVMLError) -> Advice:
    """Words for what one GPU answers. Raises the error where it is of the whole driver."""
    if error.value in _WHOLE_DRIVER:
        raise error
    return advice_for(error)


def _why_lost(uuid: str) -> str:
    try:
        _memory(pynvml.nvmlDeviceGetHandleByUUID(uuid))
    except pynvml.NVMLError as error:
        if error.value == pynvml.NVML_ERROR_NOT_FOUND:
            return NOT_THERE.words
        return advice_for(error).words if error.value in _LOST else ""
    return ""


def _is_cut_into_parts(handle: Any) -> bool:
    try:
        current, _ = pynvml.nvmlDeviceGetMigMode(handle)
    except pynvml.NVMLError as error:
        _advice_for_one(error)
        return False
    return bool(current == pynvml.NVML_DEVICE_MIG_ENABLE)


def _memory(handle: Any) -> Any:
    """Bytes `total`, `free` and `used`, by the call that every driver has, or by the one that is to replace it."""
    try:
        return pynvml.nvmlDeviceGetMemoryInfo(handle)
    except pynvml.NVMLError as error:
        if error.value != pynvml.NVML_ERROR_FUNCTION_NOT_FOUND:
            raise
        return pynvml.nvmlDeviceGetMemoryInfo(handle, version=pynvml.nvmlMemory_v2)


def _power_range(handle: Any) -> tuple[float, float] | None:
    told = _told(lambda: pynvml.nvmlDeviceGetPowerManagementLimitConstraints(handle))
    return None if told is None else (told[0] / 1000, told[1] / 1000)


def _temperature(handle: Any) -> int | None:
    sensor = pynvml.NVML_TEMPERATURE_GPU
    told = _told(lambda: int(pynvml.nvmlDeviceGetTemperature(handle, sensor)))
    return _told(lambda: int(pynvml.nvmlDeviceGetTemperatureV(handle, sensor))) if told is None else told


def _told(ask: Callable[[], T]) -> T | None:
    """What the driver tells, or None where this card or driver doesn't. Raises NVMLError where the GPU, or the driver,
    is gone."""
    try:
        return ask()
    except pynvml.NVMLError as error:
        if error.value in _WHOLE_DRIVER or error.value in _LOST:
            raise
        return None


def _reading(use: GpuUse) -> GpuReading:
    return GpuReading(
        uuid=use.uuid,
        utilization_percent=use.utilization_percent,
        memory_used_mb=use.vram_used_mb,
        temperature_celsius=use.temperature_celsius,
        power_watts=use.power_watts,
    )
