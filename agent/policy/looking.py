"""Putting together what the rules look at. Each source is a function of another room; one that is missing knows
nothing, which pauses nothing."""

import time
from collections.abc import Callable

import msgspec

from agent.events import MachineSeen
from agent.policy.others_cpu import OthersCpu
from agent.policy.price import PriceCommand
from agent.policy.surroundings import Presence, Surroundings
from core.protocol.node_rules import Rules


def nobody_seen(rules: Rules) -> Presence:
    """Who uses the machine, where nothing tells."""
    return Presence()


class Sources(msgspec.Struct, frozen=True):
    """Where each part comes from; all are asked with each look, in a thread, and may block for some ms. `self_test`
    gives why the newest self-test lets nothing run, or ""; `disk_used_mb` what units and caches hold, `moved_today_mb`
    what went over the network since midnight, both in MiB."""

    presence: Callable[[Rules], Presence] = nobody_seen
    self_test: Callable[[], str] = str
    disk_used_mb: Callable[[], int] = int
    moved_today_mb: Callable[[], float] = float


class Looking:
    """One look after the other (blocking, from one thread at a time)."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._price = PriceCommand(time.monotonic)
        self._others_cpu: OthersCpu | None = None

    def surroundings(self, machine: MachineSeen, rules: Rules) -> Surroundings:
        """All that these rules look at, now."""
        sources = self._sources
        price = self._price.price(rules.electricity.command)
        return Surroundings(
            presence=sources.presence(rules),
            gpus=tuple(machine.gpu_uses),
            others_cpu_percent=self._others_cpu_percent(rules),
            disk_used_mb=sources.disk_used_mb(),
            moved_today_mb=sources.moved_today_mb(),
            price=price.value,
            price_trouble=price.trouble,
            self_test=sources.self_test(),
        )

    def _others_cpu_percent(self, rules: Rules) -> float | None:
        """Only where a rule wants it: to go through all processes costs some ms."""
        if rules.cpu_percent is None:
            self._others_cpu = None
            return None
        if self._others_cpu is None:
            self._others_cpu = OthersCpu(time.monotonic)
        return self._others_cpu.percent()
