"""An NVML of our own for the real binding: a small C library, and the file through which a test steers it."""

import ctypes
import mmap
import os
import shutil
import subprocess
from pathlib import Path

import pynvml  # type: ignore[import-untyped]

SOURCE = Path(__file__).with_name("fake_nvml.c")
LIBRARY = "libnvidia-ml.so.1"
STATE_VARIABLE = "FAKE_NVML"
VERSION = "570.86"
GIB = 1 << 30
_GPUS, _PROCESSES, _FANS = 4, 8, 2
_NO_MIG = 2


class FakeProcess(ctypes.Structure):
    _fields_ = [("pid", ctypes.c_uint), ("draws", ctypes.c_uint), ("memory", ctypes.c_ulonglong)]

    pid: int
    draws: int
    memory: int


class FakeFan(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint) for name in ("manual", "target", "sets", "restores")]

    manual: int
    target: int
    sets: int
    restores: int


class FakeGpu(ctypes.Structure):
    """One GPU; memory in bytes, power and its limits in milliwatts. A fault is an NVML_ERROR_…, 0 is none."""

    _fields_ = [
        *((name, ctypes.c_char * size) for name, size in (("uuid", 96), ("name", 96), ("bus_id", 32))),
        *((name, ctypes.c_ulonglong) for name in ("total", "used", "millijoules")),
        *(
            (name, ctypes.c_uint)
            for name in ("minor", "temperature", "milliwatts", "utilization", "fan_percent", "mig")
        ),
        *((name, ctypes.c_uint) for name in ("limit", "limit_least", "limit_most", "limit_sets")),
        *((name, ctypes.c_uint) for name in ("fan_count", "fan_slowest", "fan_fastest")),
        *((f"{name}fault", ctypes.c_int) for name in ("", "handle_", "energy_", "set_", "telemetry_")),
        ("process_count", ctypes.c_uint),
        ("processes", FakeProcess * _PROCESSES),
        ("fans", FakeFan * _FANS),
    ]

    uuid: bytes
    name: bytes
    bus_id: bytes
    total: int
    used: int
    millijoules: int
    minor: int
    temperature: int
    milliwatts: int
    utilization: int
    fan_percent: int
    mig: int
    limit: int
    limit_least: int
    limit_most: int
    limit_sets: int
    fan_count: int
    fan_slowest: int
    fan_fastest: int
    fault: int
    handle_fault: int
    energy_fault: int
    set_fault: int
    telemetry_fault: int
    process_count: int
    processes: "ctypes.Array[FakeProcess]"
    fans: "ctypes.Array[FakeFan]"

    def use(self, *programs: tuple[int, int, bool]) -> None:
        """These programs are on it: pid, bytes, whether it only draws."""
        for number, (pid, memory, draws) in enumerate(programs):
            self.processes[number] = FakeProcess(pid, int(draws), memory)
        self.process_count = len(programs)


class FakeWorld(ctypes.Structure):
    _fields_ = [
        ("kernel_version", ctypes.c_char * 80),
        ("init_fault", ctypes.c_int),
        *((name, ctypes.c_uint) for name in ("hangs", "generation", "gpu_count", "inits", "shutdowns", "calls")),
        ("order", ctypes.c_uint * _GPUS),
        ("gpus", FakeGpu * _GPUS),
    ]

    kernel_version: bytes
    init_fault: int
    hangs: int
    generation: int
    gpu_count: int
    inits: int
    shutdowns: int
    calls: int
    order: "ctypes.Array[ctypes.c_uint]"
    gpus: "ctypes.Array[FakeGpu]"


class FakeNvml:
    """Three different GPUs, none of which has the number of its device file, in a folder of their own."""

    def __init__(self, folder: Path, library: Path) -> None:
        self.folder = folder
        shutil.copyfile(library, folder / LIBRARY)
        self._state = folder / "state"
        self._state.write_bytes(bytes(ctypes.sizeof(FakeWorld)))
        with self._state.open("r+b") as file:
            self._mapped = mmap.mmap(file.fileno(), 0)
        self.world = FakeWorld.from_buffer(self._mapped)
        self.world.kernel_version = VERSION.encode()
        self.world.gpu_count = 3
        for place, (name, gib, minor, watts) in enumerate(
            [("NVIDIA GeForce RTX 4090", 24, 2, 450), ("NVIDIA RTX A2000", 6, 0, 70), ("Tesla T4", 16, 1, 75)]
        ):
            self.world.order[place] = place
            gpu = self.world.gpus[place]
            gpu.uuid = f"GPU-0000000{place}-1111-2222-3333-444444444444".encode()
            gpu.name, gpu.bus_id = name.encode(), f"00000000:0{minor + 1}:00.0".encode()
            gpu.total, gpu.used, gpu.minor = gib * GIB, place * GIB, minor
            gpu.temperature, gpu.utilization, gpu.fan_percent = 40 + place, 10 * place, 30 + place
            gpu.milliwatts, gpu.millijoules = 20_000 + 1_500 * place, 1_000_000 * place
            gpu.limit = gpu.limit_most = watts * 1000
            gpu.limit_least = gpu.limit // 3
            gpu.fan_count, gpu.fan_slowest, gpu.fan_fastest = _FANS if place == 0 else 0, 30, 100
            gpu.mig = _NO_MIG

    @property
    def environment(self) -> dict[str, str]:
        """With which a program finds it by itself, as it finds the driver's."""
        return {"LD_LIBRARY_PATH": str(self.folder), STATE_VARIABLE: str(self._state)}

    @property
    def uuids(self) -> list[str]:
        return [self.world.gpus[place].uuid.decode() for place in range(self.world.gpu_count)]

    def restart_driver(self) -> None:
        """Handles and sessions that were given before are good no more."""
        self.world.generation += 1

    def update_driver(self, library: Path, version: str) -> None:
        """Another file, by another inode, and a kernel that speaks with it alone."""
        new = self.folder / "new"
        shutil.copyfile(library, new)
        new.replace(self.folder / LIBRARY)
        self.world.kernel_version = version.encode()
        self.restart_driver()


def compiler() -> str | None:
    """The system's C compiler."""
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


def build(folder: Path, version: str = VERSION) -> Path:
    """The library. There must be a compiler."""
    built = folder / f"nvml-{version}.so"
    options = [
        "-shared",
        "-fPIC",
        "-O1",
        "-fvisibility=hidden",
        f"-Wl,-soname,{LIBRARY}",
        f'-DFILE_VERSION="{version}"',
    ]
    subprocess.run([str(compiler()), *options, "-o", str(built), str(SOURCE)], check=True)
    return built


class InThisProcess:
    """Has pynvml's own loader find it in the process that runs the test: what is loaded already, by the name that the
    loader asks for, is what it gets."""

    def __init__(self, fake: FakeNvml, environ: "os._Environ[str]" = os.environ) -> None:
        self._fake = fake
        self._environ = environ
        self._loaded: ctypes.CDLL | None = None

    def __enter__(self) -> FakeNvml:
        self._environ.update({STATE_VARIABLE: self._fake.environment[STATE_VARIABLE]})
        self._loaded = ctypes.CDLL(str(self._fake.folder / LIBRARY))
        _forget_binding()
        return self._fake

    def __exit__(self, *_: object) -> None:
        del self._environ[STATE_VARIABLE]
        _forget_binding()
        if self._loaded is not None:
            _unload(self._loaded)


def _forget_binding() -> None:
    library, pynvml.nvmlLib = pynvml.nvmlLib, None
    pynvml._nvmlGetFunctionPointer_cache.clear()
    if library is not None:
        _unload(library)


def _unload(library: ctypes.CDLL) -> None:
    import _ctypes

    _ctypes.dlclose(library._handle)
