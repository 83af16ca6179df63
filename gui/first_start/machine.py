"""What `gpu-agent-node doctor` found on this computer, in the words of the first start."""

from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication


class MachinePart(NamedTuple):
    """An icon with words, or a state with words."""

    words: str
    icon: str = ""
    state: str | None = None


def machine_parts(facts: dict[str, Any]) -> list[MachinePart]:
    """GPUs, cores, disk, and what confines a stranger's code here. What isn't told is left out."""
    translate = QCoreApplication.translate
    parts = []
    gpus = [one for one in facts.get("gpus") or [] if isinstance(one, dict)]
    names = [_gpu_words(one) for one in gpus]
    none = translate("machine", "No NVIDIA GPU, CPU only")
    parts.append(MachinePart(translate("machine", ", ").join(names) if names else none, "gpu"))
    if isinstance(cpus := facts.get("cpus"), int):
        parts.append(MachinePart(translate("machine", "{0} cores").format(cpus), "cpu"))
    if isinstance(disk_mb := facts.get("shared_disk_mb"), int):
        gigabytes = disk_mb * 1_048_576 / 1e9
        parts.append(MachinePart(translate("machine", "{0} GB free").format(f"{gigabytes:.0f}"), "hard-drive"))
    confinement = facts.get("confinement")
    kind = str(confinement.get("kind")) if isinstance(confinement, dict) else ""
    if kind and kind != "none":
        parts.append(MachinePart(translate("machine", "Sandbox works ({0})").format(kind), state="completed"))
    elif kind:
        parts.append(MachinePart(translate("machine", "No sandbox: only your own code runs here"), state="paused"))
    return parts


def _gpu_words(gpu: dict[str, Any]) -> str:
    name = str(gpu.get("name") or gpu.get("model") or "GPU").removeprefix("NVIDIA ").removeprefix("GeForce ")
    vram_mb = gpu.get("vram_mb") or gpu.get("memory_mb")
    return f"{name} {round(vram_mb / 1024)} GB" if isinstance(vram_mb, int) else name
