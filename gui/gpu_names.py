"""What an owner's GPUs are called: by number and model on this computer, by model elsewhere. No widget here."""

from collections import Counter
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from core.printable import printable
from core.protocol.node_control import NodeStatus
from core.protocol.owner import OwnedNode

from .attempt_words import short_gpu
from .owned_machines import known_gpus


def gpu_names(nodes: Iterable[OwnedNode], here: NodeStatus | None) -> dict[str, str]:
    """By UUID. A node tells the server no order, so elsewhere GPUs have no numbers; where two are of one model, a piece
    of the UUID tells them apart."""
    models = {uuid: short_model(gpu.model) for node in nodes for uuid, gpu in known_gpus(node).items()}
    counts = Counter(models.values())
    names = {uuid: model if counts[model] == 1 else f"{model} · {short_gpu(uuid)}" for uuid, model in models.items()}
    for number, gpu in enumerate(here.gpus if here is not None else ()):
        names[gpu.uuid] = _tr("GPU {0} · {1}").format(number, short_model(gpu.model))
    return names


def short_model(model: str) -> str:
    """Without the words that every card has: `RTX 4090`."""
    for word in ("NVIDIA ", "GeForce "):
        model = model.replace(word, "")
    return printable(model)


def _tr(text: str) -> str:
    return QCoreApplication.translate("gpu_names", text)
