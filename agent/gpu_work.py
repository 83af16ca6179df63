"""What a unit's work on a GPU needs around it: its power profile, its energy, and whether the GPU is still there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import msgspec

from agent.power_profile import PowerProfile, ProfileWords
from agent.probe.gpus import Gpus, GpusSeen
from core.protocol.node_rules import GpuRules

RulesOfGpu = Callable[[str], GpuRules]


def no_rules(uuid: str) -> GpuRules:
    """The rules of an owner who has made none."""
    return GpuRules()


class _Holding(msgspec.Struct):
    rules: GpuRules
    tell: Callable[[ProfileWords], None]


class GpuWork:
    """Asks the driver off the event loop. `rules` gives those of a GPU by its UUID, as they are now."""

    def __init__(self, gpus: Gpus, profile: PowerProfile, rules: RulesOfGpu = no_rules) -> None:
        self._gpus = gpus
        self._profile = profile
        self._rules = rules
        self._held: dict[str, _Holding] = {}

    def look(self) -> GpusSeen:
        """All GPUs now (blocking)."""
        return self._gpus.look()

    @contextlib.asynccontextmanager
    async def held(self, uuid: str, tell: Callable[[ProfileWords], None]) -> AsyncIterator[None]:
        """While the block runs, the GPU is held to its rules; what comes of that is told."""
        holding = self._held[uuid] = _Holding(self._rules(uuid), tell)
        try:
            await self._apply(uuid, holding)
            yield
        finally:
            del self._held[uuid]
            restored = await asyncio.to_thread(self._profile.restore, uuid)
            tell(restored if restored.refused else ProfileWords())

    async def renew(self) -> None:
        """Hold what is held by rules that have changed meanwhile to those that are in force now."""
        for uuid, holding in list(self._held.items()):
            rules = self._rules(uuid)
            if rules != holding.rules:
                holding.rules = rules
                await self._apply(uuid, holding)

    async def joules(self, uuid: str) -> float | None:
        """What the GPU has used up to now."""
        return await asyncio.to_thread(self._gpus.joules, uuid)

    async def why_lost(self, uuid: str) -> str:
        """Why nothing can run on the GPU any more, or nothing."""
        return await asyncio.to_thread(self._gpus.why_lost, uuid)

    async def _apply(self, uuid: str, holding: _Holding) -> None:
        rules = holding.rules

        def is_wanted() -> bool:
            return self._held.get(uuid) is holding and holding.rules is rules

        told = await asyncio.to_thread(self._profile.apply, uuid, rules, is_wanted)
        if is_wanted():
            holding.tell(told)
