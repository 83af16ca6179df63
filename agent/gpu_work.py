"""What a unit's work on a GPU needs around it: its power profile, its energy, and whether the GPU is still there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from agent.power_profile import PowerProfile, ProfileWords
from agent.probe.gpus import Gpus
from core.protocol.node_rules import GpuRules

RulesOfGpu = Callable[[str], GpuRules]


def no_rules(uuid: str) -> GpuRules:
    """The rules of an owner who has made none."""
    return GpuRules()


class GpuWork:
    """Asks the driver off the event loop. `rules` gives those of a GPU by its UUID, as they are now."""

    def __init__(self, gpus: Gpus, profile: PowerProfile, rules: RulesOfGpu = no_rules) -> None:
        self._gpus = gpus
        self._profile = profile
        self._rules = rules

    @contextlib.asynccontextmanager
    async def held(self, uuid: str, tell: Callable[[ProfileWords], None]) -> AsyncIterator[None]:
        """While the block runs, the GPU is held to its rules; what comes of that is told."""
        try:
            applied = await asyncio.to_thread(self._profile.apply, uuid, self._rules(uuid))
            if applied.words:
                tell(applied)
            yield
        finally:
            restored = await asyncio.to_thread(self._profile.restore, uuid)
            tell(restored if restored.refused else ProfileWords())

    async def joules(self, uuid: str) -> float | None:
        """What the GPU has used up to now."""
        return await asyncio.to_thread(self._gpus.joules, uuid)

    async def why_lost(self, uuid: str) -> str:
        """Why nothing can run on the GPU any more, or nothing."""
        return await asyncio.to_thread(self._gpus.why_lost, uuid)
