"""What a node says of its machine and of its work in English (`doctor`, `why`), in the language shown now."""

from PySide6.QtCore import QCoreApplication

from . import self_test_said
from .said import Said


def _tr(text: str) -> str:
    return QCoreApplication.translate("node_said", text)


def _mark(text: str) -> str:
    """Translated later."""
    return text


TEMPLATES = [
    # the service's half of why nothing is earned (agent.why)
    _mark("{0} of {1} units that wait can run here; {2} other free machine could take them too"),
    _mark("{0} of {1} units that wait can run here; {2} other free machines could take them too"),
    _mark("{0} of {1} units that wait can't run here: {2}"),
    _mark("{0} units wait whose packages you block"),
    _mark("nothing waits at the service now"),
    # what confines units (agent.sandbox.choose)
    _mark(
        "units run with a user id of their own in {0}: no network, a read-only system, nothing of the owner's files "
        "or processes"
    ),
    _mark(
        "units run with the node's user id in {0}: no network, a read-only system, nothing of the owner's files "
        "or processes"
    ),
    _mark("of their own for files, processes, network and users ({0})"),
    _mark("one of their own"),
    _mark("the node's, without any privilege"),
    _mark("those on a list only (seccomp)"),
    _mark("memory, processes and processors by the kernel (cgroups, version {0})"),
    _mark("memory is looked at five times a second, since {0}"),
    _mark("bytes and files by the kernel: each unit writes to an image of the size that was agreed"),
    _mark("bytes and files are looked at five times a second, since only root may mount an image"),
    _mark("bytes and files are looked at five times a second, since no image can be mounted: {0}"),
    _mark("what packages require is installed by a process that writes nowhere else"),
    # its GPUs (agent.probe.gpus)
    _mark("no NVIDIA driver is installed"),
    _mark("the driver has no GPU"),
    # what its rules see (agent.presence)
    _mark("the system bus isn't there"),
]

said_words = Said(TEMPLATES, _tr, self_test_said.said_words)
