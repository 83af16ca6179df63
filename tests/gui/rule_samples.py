"""Rules, what they come to, and what waits, for tests of the pages that show them."""

from typing import Any

import msgspec

from core.protocol.customer import UnitKind
from core.protocol.node_control import NodeState, NodeStatus
from core.protocol.node_rules import GpuRules, PauseReason, RuleKind, Rules, RulesNow
from core.protocol.owner import DemandRow, Lacking, NodeVerdict
from gui.hour_spans import nothing, painted
from gui.node_link import LinkState
from gui.pages.node.demand import DemandPage
from gui.pages.node.rules import RulesPage
from gui.pages.node.rules_parts.limits_part import kib_of

from .access_samples import HOSTILE
from .node_samples import gpus, status

NODE = "node-1"
RULES = Rules(
    hours=painted(nothing(), [(1, 14), (1, 15)], True),
    idle_minutes=10,
    programs=["blender", "obs"],
    gpus={"GPU-a": GpuRules(temperature_celsius=78, power_watts=350, vram_mb=20_480)},
    cpus=1,
    disk_mb=81_920,
    download_kib_s=kib_of(40),
    sensitivities=("public", "low_sensitive"),
)
BLENDER = PauseReason(RuleKind.PROGRAM, "blender runs", "blender")
OTHERS = PauseReason(RuleKind.GPU_OTHERS, "blender uses this GPU", "blender", gpu_uuid="GPU-b")


def show(page: RulesPage, rules: Rules, *reasons: PauseReason, heard: NodeStatus | None = None, **now: Any) -> None:
    """These rules in force at a node with two GPUs."""
    book = page.ui.node.rules
    book.in_force = rules
    book.changed.emit()
    seen = heard or status(NodeState.SHARING, gpus=gpus())
    page.ui.node.take(LinkState.LIVE, msgspec.structs.replace(seen, rules=RulesNow(list(reasons), **now)))


def fill_rules(page: RulesPage) -> None:
    """A program that pauses and one with a name made to mislead, a rule that was set aside, and one that isn't seen."""
    aside = PauseReason(RuleKind.HOURS, "not the hours", anyway_until="2031-01-01T17:00:00Z")
    rules = msgspec.structs.replace(RULES, programs=["blender", HOSTILE])
    show(page, rules, BLENDER, aside, OTHERS, unknown={"metered": "nothing here tells"}, next_change=RuleKind.HOURS,
         next_change_at="2031-01-01T17:00:00Z")  # fmt: skip


def demand_row(*lacks: str, **changes: Any) -> DemandRow:
    """Fourteen units that ask 8,000 MiB and wait for six minutes, for which the node lacks this."""
    verdict = NodeVerdict(NODE, "cedar-31", not lacks, [Lacking(one, "why") for one in lacks], 16_200_000, "16.2")
    made = DemandRow(
        kind=UnitKind.GPU,
        vram_mb=8_000,
        memory_mb=2_048,
        disk_mb=1_024,
        cpus=2,
        cpu_ok=False,
        python=">=3.11",
        sensitivity="low_sensitive",
        units=14,
        own_units=0,
        blocked_units=0,
        longest_wait_seconds=361,
        earns_micro_per_hour=16_200_000,
        earns_per_hour="16.200000",
        hourly=[0] * 24,
        nodes=[verdict],
    )
    return msgspec.structs.replace(made, **changes)


class OfServer:
    """A client that is asked for its address alone."""

    base_url = "https://c3pool.example/api/v1"


def fill_demand(page: DemandPage) -> None:
    """A class for each thing that can be lacking; this computer is the node, and one of its rules keeps one away."""
    page.ui.node.rules.in_force = msgspec.structs.replace(RULES, sensitivities=("public",))
    page.ui.node.take(LinkState.LIVE, status(NodeState.SHARING, gpus=gpus()))
    lacks = ("vram", "memory", "disk", "cpus", "python", "sensitivity", "tier", "confinement", "online", "blocked")
    rows = [demand_row(lack, units=20 - place) for place, lack in enumerate(lacks)]
    page.take([demand_row(hourly=[3] * 24), demand_row(kind=UnitKind.CPU, vram_mb=0), *rows])
