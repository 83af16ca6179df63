"""What a node's tests of itself come to for the rest of it: read by its looks, in a thread."""

from collections.abc import Iterable

import msgspec

from agent.policy.surroundings import GpuUse


class Standing:
    """`stops` is why nothing may run, "" for nothing; `gpus` why nothing may on a GPU, by its UUID; `lent`: while a GPU
    is tested, how many MiB of it were free before, for units may have as much."""

    def __init__(self) -> None:
        self.stops = ""
        self.gpus: dict[str, str] = {}
        self.lent: dict[str, int] = {}

    def with_trouble(self, uses: Iterable[GpuUse]) -> tuple[GpuUse, ...]:
        """These GPUs, with why nothing may run on one that did not pass."""
        return tuple(
            msgspec.structs.replace(use, trouble=f"the self-test failed: {self.gpus[use.uuid]}")
            if use.uuid in self.gpus and not use.trouble
            else use
            for use in uses
        )
