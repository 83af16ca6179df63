"""What the node's commands say of an unwell computer, for tests of the page that asks them."""

from typing import Any

import pytest

from gui.pages.node import troubleshoot
from tests.gui.node_samples import REMEDIES

UNWELL: dict[str, Any] = {
    "confinement": {"kind": "none", "detail": "bubblewrap is not installed", "remedies": REMEDIES},
    "pythons": [],
    "gpus": [],
    "gpu_detail": "no NVIDIA driver is installed",
    "gpu_troubles": {},
    "gpus_not_offered": [],
    "cpus": 4,
    "shared_memory_mb": 4096,
    "shared_disk_mb": 4096,
    "sights": [{"rule": "in_use", "sees": False, "words": "no screen tells it"}],
}
_LINE = {"at": "2026-11-24T10:00:00.000Z", "level": "error", "text": "no line to its server"}


def answering(monkeypatch: pytest.MonkeyPatch, doctor: dict[str, Any] | Exception = UNWELL) -> list[list[str]]:
    """The node's command answers so at once; what it was called with comes into the list."""
    called: list[list[str]] = []

    async def answer(name: str, arguments: list[str], **_: Any) -> dict[str, Any]:
        called.append(list(arguments))
        if arguments[0] == "logs":
            return {"data": [_LINE]}
        if isinstance(doctor, Exception):
            raise doctor
        return doctor

    monkeypatch.setattr(troubleshoot, "answer_of", answer)
    return called
