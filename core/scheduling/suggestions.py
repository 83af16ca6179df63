"""The smallest change of a request that would let a node run it, found among the nodes that are known.

What a customer can lower is tried one by one, then two at a time, then three, until some node would do.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, product

import msgspec

from ..planning.plan import UnitClass
from ..protocol.customer import Sensitivity, UnitKind
from ..protocol.explain import SuggestedChange
from .fleet import NOBODY, Offers, all_of, members

MOST_AT_ONCE = 3
MOST_SUGGESTIONS = 6
# How much a customer gives up who changes what is no number; a number costs between 0 and 1.
ON_A_CPU, OTHER_PYTHON, NO_GPU, FURTHER_AWAY = 1.0, 1.0, 1.5, 2.0
_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}(?:\.[0-9]{1,3})?", re.ASCII)
FROM_OPEN_TO_STRICT = (Sensitivity.PUBLIC, Sensitivity.LOW_SENSITIVE, Sensitivity.SENSITIVE, Sensitivity.RESTRICTED)


class Asked(msgspec.Struct, frozen=True):
    """What a unit asks for and whose it is. `stage`: it is the platform's own, whose memory, processors and Python are
    not the customer's to change. `blocking`: the owners who block its package."""

    unit_class: UnitClass
    customer_id: int
    required_disk_mb: int
    stage: bool
    blocking: frozenset[int] = NOBODY

    def fitting(self, offers: Offers) -> int:
        """The nodes that would do."""
        return offers.fitting(self.unit_class, self.customer_id, self.blocking)


class _Lowered(msgspec.Struct, frozen=True):
    """The same with one thing lowered: which field to what, in words, and how much is given up for it."""

    asked: Asked
    field: str
    value: int | str | bool
    words: str
    given_up: float


_Lower = Callable[[Asked, Offers, int], _Lowered | None]


def _lowered(
    asked: Asked, field: str, value: int | str | bool, words: str, given_up: float, **changes: object
) -> _Lowered:
    unit_class = msgspec.structs.replace(asked.unit_class, **changes)
    return _Lowered(msgspec.structs.replace(asked, unit_class=unit_class), field, value, words, given_up)


def _less(before: int, after: int) -> float:
    return 1 - after / before


def _vram(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    before, most = asked.unit_class.vram_mb, max(members(among, offers.vram_mb), default=-1)
    if not 0 < most < before:
        return None
    words = f"required_vram_mb {before:,} → {most:,}"
    return _lowered(asked, "required_vram_mb", most, words, _less(before, most), vram_mb=most)


def _on_a_cpu(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    if asked.unit_class.cpu_ok or asked.unit_class.kind != UnitKind.GPU:
        return None
    words = "cpu_ok = true in training.toml, under [resources], if your code can do without a GPU"
    return _lowered(asked, "resources.cpu_ok", True, words, ON_A_CPU, cpu_ok=True)


def _without_gpu(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    if asked.unit_class.kind != UnitKind.GPU or max(members(among, offers.vram_mb), default=-1) > 0:
        return None
    words = f"required_vram_mb {asked.unit_class.vram_mb:,} → 0, if your code can do without a GPU"
    return _lowered(asked, "required_vram_mb", 0, words, NO_GPU, kind=UnitKind.CPU, vram_mb=0)


def _memory(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    before, most = asked.unit_class.memory_mb, max(members(among, offers.memory_mb), default=0)
    if asked.stage or not 0 < most < before:
        return None
    words = f"memory_mb in training.toml {before:,} → {most:,}"
    return _lowered(asked, "resources.memory_mb", most, words, _less(before, most), memory_mb=most)


def _disk(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    """Scratch alone can be lowered: data and environment take what they take."""
    before, most = asked.unit_class.disk_mb, max(members(among, offers.disk_mb), default=0)
    scratch_mb = asked.required_disk_mb - (before - most)
    if most >= before or scratch_mb < 0:
        return None
    words = f"required_disk_mb {asked.required_disk_mb:,} → {scratch_mb:,}"
    given_up = _less(asked.required_disk_mb, scratch_mb)
    return _lowered(asked, "required_disk_mb", scratch_mb, words, given_up, disk_mb=most)


def _cpus(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    before, most = asked.unit_class.cpus, max(members(among, offers.cpus), default=0)
    if asked.stage or not 0 < most < before:
        return None
    words = f"cpus in training.toml {before:,} → {most:,}"
    return _lowered(asked, "resources.cpus", most, words, _less(before, most), cpus=most)


def _python(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    named = (version for versions in members(among, offers.pythons) for version in set(versions))
    there = Counter(version for version in named if _VERSION.fullmatch(version))  # nodes may name any text
    if asked.stage or not there:
        return None
    version = max(there, key=lambda one: (there[one], one))
    wanted = ">=" + ".".join(version.split(".")[:2])
    words = f"python in training.toml {asked.unit_class.python} → {wanted}, if your code runs on {version}"
    return _lowered(asked, "package.python", wanted, words, OTHER_PYTHON, python=wanted)


def _sensitivity(asked: Asked, offers: Offers, among: int) -> _Lowered | None:
    before = FROM_OPEN_TO_STRICT.index(asked.unit_class.sensitivity)
    for levels in range(1, before + 1):
        to = FROM_OPEN_TO_STRICT[before - levels]
        trusted = offers.of_tier_for(to.value) | offers.of_owner(asked.customer_id)
        if among & trusted & offers.accepting(to.value):
            words = f"sensitivity {to.value}, if your data may travel so far"
            return _lowered(asked, "sensitivity", to.value, words, FURTHER_AWAY + levels, sensitivity=to)
    return None


# What can be lowered: the requirements that are met more easily then, and the ways to do it.
_WAYS: tuple[tuple[frozenset[str], tuple[_Lower, ...]], ...] = (
    (frozenset({"vram"}), (_vram, _on_a_cpu, _without_gpu)),
    (frozenset({"memory"}), (_memory,)),
    (frozenset({"disk"}), (_disk,)),
    (frozenset({"cpus"}), (_cpus,)),
    (frozenset({"python"}), (_python,)),
    (frozenset({"tier", "acceptance"}), (_sensitivity,)),
)


def smallest_changes(asked: Asked, offers: Offers) -> list[SuggestedChange]:
    """What would help, the least first, each alone enough; nothing where a node fits, or where nothing would help."""
    if asked.fitting(offers):
        return []
    for at_once in range(1, MOST_AT_ONCE + 1):
        found = sorted(_changes(asked, offers, at_once), key=lambda one: one[0])
        if found:
            return [change for _, change in found[:MOST_SUGGESTIONS]]
    return []


def _changes(asked: Asked, offers: Offers, at_once: int) -> Iterator[tuple[float, SuggestedChange]]:
    """Those that lower so many things together, each with how much is given up in all."""
    for chosen in combinations(_WAYS, at_once):
        for ways in product(*(ways for _, ways in chosen)):
            steps = _lower_all(asked, offers, list(zip((names for names, _ in chosen), ways, strict=True)))
            if not steps:
                continue
            nodes = steps[-1].asked.fitting(offers).bit_count()
            if nodes:
                fields = {step.field: step.value for step in steps}
                words = f"{' and '.join(step.words for step in steps)}: {nodes:,} {'node' if nodes == 1 else 'nodes'}"
                yield sum(step.given_up for step in steps), SuggestedChange(fields, nodes, words)


def _lower_all(asked: Asked, offers: Offers, ways: list[tuple[frozenset[str], _Lower]]) -> list[_Lowered]:
    """Lowers one thing after the other, each as little as the nodes allow that have all the rest."""
    steps: list[_Lowered] = []
    for position in range(len(ways)):
        still: frozenset[str] = frozenset().union(*(names for names, _ in ways[position:]))
        sets = offers.sets(asked.unit_class, asked.customer_id, asked.blocking)
        among = all_of((nodes for name, nodes in sets.items() if name not in still), len(offers.free))
        step = ways[position][1](asked, offers, among) if among else None
        if step is None:
            return []
        steps.append(step)
        asked = step.asked
    return steps
