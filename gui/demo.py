"""The demo: from the example's real data to a trained model on this machine, with a backend and a node of its own.

What it does once its world is up is in demo_job; here it begins, as fast as it can.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.console import Console

from .demo_world import World

if TYPE_CHECKING:
    from .demo_job import DemoResult


def run_demo(console: Console, *, data_dir: Path | None, timeout_seconds: float) -> "DemoResult":
    """Run the example from upload to artifacts. Raises CommandError with words, log and places of what failed."""
    started = time.monotonic()
    with World(console, data_dir) as world:
        world.begin()
        from .demo_job import train_example  # here, since the backend starts while this is loaded

        return train_example(console, world, started=started, timeout_seconds=timeout_seconds)
