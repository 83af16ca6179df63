"""The one leased GPU inside a box: its device files, and what CUDA reads of /sys. Other GPUs of the machine stay out.

Taken from what the driver opens (strace, NVIDIA's container toolkit); this list has not been run on a GPU yet.
"""

from pathlib import Path

import msgspec
import pynvml  # type: ignore[import-untyped]  # nvidia-ml-py ships no types

from agent.probe.nvml import DriverTrouble, Nvml
from agent.sandbox.base import BoxNotStarted

# The driver's libraries lie under /usr, which every box binds, and are found by /etc/ld.so.cache.
_SHARED_DEVICES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")
_TOLD_OF_GPUS = Path("/proc/driver/nvidia/gpus")
# Without these cuInit fails; see also `bubblewrap_arguments`, which leaves them unmasked for a GPU unit.
PROC_NAMES_NEEDED = frozenset({"devices", "driver", "modules"})


class GpuNotThere(BoxNotStarted):
    """The GPU, or its driver, is gone."""


class GpuBinds(msgspec.Struct, frozen=True):
    """Host paths of one GPU: files of /dev, folders of /sys (real paths), and the link that leads to its PCI folder.
    `hidden_folders` of /proc tell of its neighbours."""

    devices: list[str]
    sys_folders: list[str]
    sys_link: tuple[str, str] | None
    hidden_folders: list[str] = []


def find_gpu(uuid: str, root: Path = Path("/")) -> GpuBinds:
    """Ask the driver where the GPU with this UUID is (blocking, for the driver's limit of time at most), whatever its
    number is among the others. Raises GpuNotThere."""
    nvml = Nvml()
    try:
        minor, bus_id = nvml.ask(lambda: _minor_and_bus_id(uuid))
    except DriverTrouble as trouble:
        raise GpuNotThere(f"the GPU {uuid} can't be given to a unit: {trouble.advice.words}") from trouble
    finally:
        nvml.close()
    return binds_of(minor, bus_id, root)


def _minor_and_bus_id(uuid: str) -> tuple[int, str]:
    handle = pynvml.nvmlDeviceGetHandleByUUID(uuid)
    bus_id = pynvml.nvmlDeviceGetPciInfo(handle).busId
    return int(pynvml.nvmlDeviceGetMinorNumber(handle)), bus_id.decode() if isinstance(bus_id, bytes) else str(bus_id)


def binds_of(minor: int, nvml_bus_id: str, root: Path) -> GpuBinds:
    """The paths of a GPU as they are below `root` (/ but in tests). NVML writes 00000000:01:00.0, Linux 0000:01:00.0.

    Raises GpuNotThere when the GPU has no device file.
    """
    device = Path(f"/dev/nvidia{minor}")
    if not (root / device.relative_to("/")).exists():
        raise GpuNotThere(f"the GPU's device file {device} is missing")
    shared = [Path("/dev") / name for name in _SHARED_DEVICES]
    folders = [Path("/sys/devices/system/cpu"), Path("/sys/devices/system/node")]
    modules = root / "sys" / "module"
    if modules.is_dir():
        folders += sorted(Path("/sys/module") / module.name for module in modules.glob("nvidia*"))
    domain, _, rest = nvml_bus_id.lower().partition(":")
    address = f"{domain[-4:]}:{rest}"
    link = Path("/sys/bus/pci/devices") / address
    at = root / link.relative_to("/")
    sys_link = None
    if at.is_symlink():
        sys_link = (str(at.readlink()), str(link))
        folders.append(Path("/") / at.resolve().relative_to(root.resolve()))
    return GpuBinds(
        devices=[str(path) for path in (device, *shared) if (root / path.relative_to("/")).exists()],
        sys_folders=[str(path) for path in folders if (root / path.relative_to("/")).is_dir()],
        sys_link=sys_link,
        hidden_folders=[str(_TOLD_OF_GPUS / name) for name in _told_of(root) if name != address],
    )


def _told_of(root: Path) -> list[str]:
    folder = root / _TOLD_OF_GPUS.relative_to("/")
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
