"""Where the units of a graph stand: layers from left to right, rows without overlaps. Plain Python, no Qt.

Sugiyama, Tagawa, Toda 1981: layers by the longest way, stand-ins where an edge crosses a layer, order by barycentres;
places are the least squares fit to the neighbours, by pooling adjacent violators (Barlow et al. 1972).
"""

from collections.abc import Mapping, Sequence

import msgspec

from ...job_steps import depths

_SWEEPS = 4
_MOST_STAND_INS = 5_000


class Edge(msgspec.Struct, frozen=True):
    """From a unit to one that needs it. `bends` are the rows at which it crosses the layers between, in order."""

    start: str
    end: str
    bends: list[float]


class Layout(msgspec.Struct, frozen=True):
    """`layers` are ids from the top down; `rows` is each id's place on the vertical axis, in rows around 0; two units
    of a layer are at least one row apart. Edges that others imply are left out."""

    layers: list[list[str]]
    rows: dict[str, float]
    edges: list[Edge]


def needs_not_implied(needs: Mapping[str, Sequence[str]], depth: Mapping[str, int]) -> dict[str, list[str]]:
    """The needs of each unit that no other of its needs has already (the transitive reduction), as the same edges
    drawn once say the same. Ancestors are bits of an integer: units² / 8 bytes at most."""
    bit = {unit_id: 1 << position for position, unit_id in enumerate(needs)}
    ancestors: dict[str, int] = {}
    kept: dict[str, list[str]] = {}
    for unit_id in sorted(needs, key=lambda unit_id: depth[unit_id]):
        wanted = [need for need in dict.fromkeys(needs[unit_id]) if need in ancestors]
        implied = 0
        for need in wanted:
            implied |= ancestors[need]
        kept[unit_id] = [need for need in wanted if not bit[need] & implied]
        ancestors[unit_id] = implied
        for need in wanted:
            ancestors[unit_id] |= bit[need]
    return {unit_id: kept[unit_id] for unit_id in needs}


def lay_out(needs: Mapping[str, Sequence[str]]) -> Layout:
    """Places for a graph given as id → ids it needs. A need that is no unit, or closes a circle, is passed over."""
    depth = depths(needs)
    kept = needs_not_implied(needs, depth)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    before: dict[str, list[str]] = {}
    stand_ins: dict[tuple[str, str], list[str]] = {}
    for unit_id in needs:
        layers[depth[unit_id]].append(unit_id)
        before[unit_id] = [_chain(need, unit_id, depth, layers, before, stand_ins) for need in kept[unit_id]]
    after: dict[str, list[str]] = {unit_id: [] for unit_id in before}
    for unit_id, wanted in before.items():
        for need in wanted:
            after[need].append(unit_id)
    rows = _rows(layers, before, after)
    edges = [
        Edge(need, unit_id, [rows[one] for one in stand_ins.get((need, unit_id), [])])
        for unit_id, wanted in kept.items()
        for need in wanted
    ]
    shown = [[unit_id for unit_id in layer if unit_id in needs] for layer in layers]
    return Layout(shown, {unit_id: rows[unit_id] for unit_id in needs}, edges)


def _chain(
    need: str,
    unit_id: str,
    depth: Mapping[str, int],
    layers: list[list[str]],
    before: dict[str, list[str]],
    stand_ins: dict[tuple[str, str], list[str]],
) -> str:
    """What stands just before a unit on its edge from `need`: the need, or the last stand-in of a long edge."""
    last = need
    crossed = range(depth[need] + 1, depth[unit_id])
    if crossed and len(before) + len(crossed) > len(depth) + _MOST_STAND_INS:
        return need  # drawn as one line: behind units, but in time
    for level in crossed:
        name = f"\0{need}\0{unit_id}\0{level}"
        layers[level].append(name)
        before[name] = [last]
        stand_ins.setdefault((need, unit_id), []).append(name)
        last = name
    return last


def _rows(
    layers: list[list[str]], before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    rows = {one: row - (len(layer) - 1) / 2 for layer in layers for row, one in enumerate(layer)}
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else layers[::-1]:
            _order(layer, before if forward else after, rows)
    for around, order in ((before, layers), (after, layers[::-1]), (before, layers)):
        for layer in order:
            _place(layer, around, rows)
    return rows


def _wish(one: str, around: Mapping[str, Sequence[str]], rows: Mapping[str, float]) -> float:
    """The middle of a unit's neighbours, or where it stands."""
    neighbours = around[one]
    return sum(rows[other] for other in neighbours) / len(neighbours) if neighbours else rows[one]


def _order(layer: list[str], around: Mapping[str, Sequence[str]], rows: dict[str, float]) -> None:
    wishes = {one: _wish(one, around, rows) for one in layer}
    layer.sort(key=lambda one: wishes[one])  # stable: equals stay in the plan's order
    for row, one in enumerate(layer):
        rows[one] = row - (len(layer) - 1) / 2


def _place(layer: Sequence[str], around: Mapping[str, Sequence[str]], rows: dict[str, float]) -> None:
    """Rows nearest to the wishes, in the layer's order, one apart."""
    pools: list[tuple[float, int]] = []  # mean of (wish − position), how many
    for position, one in enumerate(layer):
        mean, count = _wish(one, around, rows) - position, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        pools.append((mean, count))
    position = 0
    for mean, count in pools:
        for _ in range(count):
            rows[layer[position]] = mean + position
            position += 1
