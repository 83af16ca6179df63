"""Asking the node that runs here, for all commands that do, and lengths of time as its owner writes them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.console import CommandError, ExitCode

if TYPE_CHECKING:  # slow to load: help needs none of it
    from core.client.node_control import NodeControl

T = TypeVar("T")

_SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400}


def ask_node(data_dir: Path, ask: "Callable[[NodeControl], T]") -> T:
    """What the node of a data folder answers. Raises NodeNotRunning, ServerError."""
    from core.client.errors import ConnectionFailed
    from core.client.node_control import NodeControl, NodeNotRunning, control_of

    try:
        with NodeControl(control_of(data_dir)) as node:
            return ask(node)
    except ConnectionFailed as error:  # killed: its file is still there
        raise NodeNotRunning(
            f"The node of {data_dir} does not answer: it has ended.",
            hint="Start it: gpu-agent-node run, with the same --data-dir if you gave one.",
        ) from error


def seconds_of(text: str) -> float:
    """`30min`, `1h` or `2d`. Raises CommandError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d)", text.strip())
    if found is None:
        raise CommandError(
            f"{text!r} is no length of time.", hint="Write it like 30min, 1h or 2d.", exit_code=ExitCode.ARGUMENTS
        )
    return float(found[1]) * _SECONDS[found[2]]
