"""How a job's units fall into steps, the columns of the graph and the branches of the tree. Plain Python, no words."""

from collections.abc import Mapping, Sequence

import msgspec

from core.protocol.customer import ComputeUnit, UnitState

_ORDER = (
    UnitState.FAILED,
    UnitState.RUNNING,
    UnitState.LEASED,
    UnitState.VERIFYING,
    UnitState.READY,
    UnitState.BLOCKED,
    UnitState.CANCELLED,
    UnitState.COMPLETED,
)


class Step(msgspec.Struct, frozen=True):
    """Units of one role that can run side by side. `part` of `parts`: which of the role's steps this is, from 1."""

    role: str
    part: int
    parts: int
    units: list[ComputeUnit]

    @property
    def key(self) -> str:
        return f"{self.role}/{self.part}"


def depths(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many units stand before each on its longest way from the start. Keys and needs are unit ids; a need that
    is no key, or one that leads in a circle, is passed over."""
    depth: dict[str, int] = {}
    for start in needs:
        open_ids = {start}
        way = [(start, iter(needs[start]))]
        while way:
            unit_id, rest = way[-1]
            for need in rest:
                if need in needs and need not in depth and need not in open_ids:
                    open_ids.add(need)
                    way.append((need, iter(needs[need])))
                    break
            else:
                depth[unit_id] = 1 + max((depth[need] for need in needs[unit_id] if need in depth), default=-1)
                open_ids.discard(unit_id)
                way.pop()
    return depth


def steps_of(units: Sequence[ComputeUnit]) -> list[Step]:
    """The steps in the order in which they can begin; inside one, the units in the order given."""
    depth = depths({unit.id: unit.needs for unit in units})
    groups: dict[tuple[int, str], list[ComputeUnit]] = {}
    for unit in units:
        groups.setdefault((depth[unit.id], unit.role), []).append(unit)
    ordered = [(role, groups[level, role]) for level, role in sorted(groups, key=lambda key: key[0])]
    parts: dict[str, int] = {}
    steps: list[Step] = []
    for role, members in ordered:
        parts[role] = parts.get(role, 0) + 1
        steps.append(Step(role, parts[role], sum(other == role for other, _ in ordered), members))
    return steps


def state_of(units: Sequence[ComputeUnit]) -> UnitState:
    """The one state that says most about several units: what failed before what runs, what runs before what waits."""
    states = {unit.state for unit in units}
    if states <= {UnitState.COMPLETED, UnitState.CANCELLED} and UnitState.COMPLETED in states:
        return UnitState.COMPLETED
    return next(state for state in _ORDER if state in states)
