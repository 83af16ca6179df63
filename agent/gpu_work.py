"""What a unit's work on a GPU needs around it: its power profile, its energy, and whether the GPU is still there."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import msgspec

from agent.power_profile import PowerProfile, ProfileWords
from agent.probe.asleep import asleep_seconds
from agent.probe.gpus import Gpus, GpusSeen
from core.protocol.node_rules import GpuRules

SET_AGAIN_SECONDS = 60.0  # at most so often, but for what a sleep of the computer has undone
_TIMES_AN_HOUR = 3  # by then another program of the owner's wants it otherwise, and no more of them is set aside
_HOUR = 3600.0
_SLEPT_SECONDS = 1.0

RulesOfGpu = Callable[[str], GpuRules]


def no_rules(uuid: str) -> GpuRules:
    """The rules of an owner who has made none."""
    return GpuRules()


class _Holding(msgspec.Struct):
    """`set_again_at` are the moments of the last hour in which it had to be, without a sleep that explains it;
    `asleep` how long the computer had slept when that was looked at last."""

    rules: GpuRules
    tell: Callable[[ProfileWords], None]
    asleep: float
    set_again_at: list[float] = []
    is_left_alone: bool = False

    @property
    def sets_something(self) -> bool:
        return self.rules.power_watts is not None or self.rules.fan_percent is not None


class GpuWork:
    """Asks the driver off the event loop. `rules` gives those of a GPU by its UUID, as they are now; `asleep` for how
    many seconds the computer has slept, `clock` is monotonic."""

    def __init__(
        self,
        gpus: Gpus,
        profile: PowerProfile,
        rules: RulesOfGpu = no_rules,
        *,
        asleep: Callable[[], float] = asleep_seconds,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gpus = gpus
        self._profile = profile
        self._rules = rules
        self._asleep = asleep
        self._clock = clock
        self._held: dict[str, _Holding] = {}

    def look(self) -> GpusSeen:
        """All GPUs now (blocking)."""
        return self._gpus.look()

    @contextlib.asynccontextmanager
    async def held(self, uuid: str, tell: Callable[[ProfileWords], None]) -> AsyncIterator[None]:
        """While the block runs, the GPU is held to its rules; what comes of that is told."""
        holding = self._held[uuid] = _Holding(self._rules(uuid), tell, self._asleep())
        try:
            await self._apply(uuid, holding)
            yield
        finally:
            del self._held[uuid]
            restored = await asyncio.to_thread(self._profile.restore, uuid)
            tell(restored if restored.refused else ProfileWords())

    async def renew(self) -> None:
        """Hold what is held by rules that have changed meanwhile to those that are in force now, and set again what was
        undone."""
        for uuid, holding in list(self._held.items()):
            rules = self._rules(uuid)
            if rules != holding.rules:
                holding.rules = rules
                holding.set_again_at, holding.is_left_alone = [], False
                await self._apply(uuid, holding)
            elif holding.sets_something and not holding.is_left_alone:
                await self._keep_held(uuid, holding)

    async def joules(self, uuid: str) -> float | None:
        """What the GPU has used up to now."""
        return await asyncio.to_thread(self._gpus.joules, uuid)

    async def why_lost(self, uuid: str) -> str:
        """Why nothing can run on the GPU any more, or nothing."""
        return await asyncio.to_thread(self._gpus.why_lost, uuid)

    async def _apply(self, uuid: str, holding: _Holding) -> None:
        is_wanted = self._is_wanted(uuid, holding)
        told = await asyncio.to_thread(self._profile.apply, uuid, holding.rules, is_wanted)
        if is_wanted():
            holding.tell(told)

    async def _keep_held(self, uuid: str, holding: _Holding) -> None:
        now, asleep, is_wanted = self._clock(), self._asleep(), self._is_wanted(uuid, holding)
        has_slept = asleep - holding.asleep >= _SLEPT_SECONDS
        lost = await asyncio.to_thread(self._profile.lost, uuid)
        holding.asleep = asleep
        if not lost or not is_wanted():
            return
        again_at = holding.set_again_at = [at for at in holding.set_again_at if now - at < _HOUR]
        if not has_slept:
            if len(again_at) >= _TIMES_AN_HOUR:
                holding.is_left_alone = True
                holding.tell(ProfileWords(f"{lost}: something else sets it again and again, so it is left alone", True))
                return
            if again_at and now - again_at[-1] < SET_AGAIN_SECONDS:
                return
            again_at.append(now)
        told = await asyncio.to_thread(self._profile.set_again, uuid, is_wanted)
        if told.words and is_wanted():
            holding.is_left_alone = told.refused
            holding.tell(told if told.refused else ProfileWords(f"{told.words}, set again after it was undone"))

    def _is_wanted(self, uuid: str, holding: _Holding) -> Callable[[], bool]:
        """Asked later: whether the GPU is still held, and to these rules."""
        rules = holding.rules
        return lambda: self._held.get(uuid) is holding and holding.rules is rules
