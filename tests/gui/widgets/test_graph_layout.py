"""Whatever graph comes: units don't overlap, edges go right, and what is drawn says the same as what is needed."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gui.job_steps import depths
from gui.widgets.graph.layout import lay_out, needs_not_implied

Needs = dict[str, list[str]]


@st.composite
def graphs(draw: st.DrawFn) -> Needs:
    size = draw(st.integers(0, 40))
    return {
        str(unit): [str(need) for need in draw(st.lists(st.integers(0, unit - 1), max_size=4))] if unit else []
        for unit in range(size)
    }


def _reachable(needs: Needs, unit: str) -> set[str]:
    seen: set[str] = set()
    left = list(needs[unit])
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            left += needs[one]
    return seen


@given(graphs())
def test_units_of_a_layer_are_a_row_apart_and_every_unit_has_a_place(needs: Needs) -> None:
    layout = lay_out(needs)
    assert sorted(unit for layer in layout.layers for unit in layer) == sorted(needs)
    for layer in layout.layers:
        rows = [layout.rows[unit] for unit in layer]
        assert all(below - above >= 1 - 1e-9 for above, below in pairwise(rows))


@given(graphs())
def test_edges_go_right_and_bend_once_in_each_layer_they_cross(needs: Needs) -> None:
    layout = lay_out(needs)
    layer_of = {unit: level for level, layer in enumerate(layout.layers) for unit in layer}
    for edge in layout.edges:
        assert layer_of[edge.start] < layer_of[edge.end]
        assert len(edge.bends) == layer_of[edge.end] - layer_of[edge.start] - 1


@given(graphs())
def test_a_bend_lies_on_no_unit(needs: Needs) -> None:
    layout = lay_out(needs)
    layer_of = {unit: level for level, layer in enumerate(layout.layers) for unit in layer}
    for edge in layout.edges:
        for level, bend in enumerate(edge.bends, layer_of[edge.start] + 1):
            assert all(abs(layout.rows[unit] - bend) >= 1 - 1e-9 for unit in layout.layers[level])


@given(graphs())
def test_leaving_out_implied_edges_changes_nothing_that_is_needed(needs: Needs) -> None:
    kept = needs_not_implied(needs, depths(needs))
    for unit in needs:
        assert _reachable(kept, unit) == _reachable(needs, unit)


def test_chains_of_a_sweep_are_straight() -> None:
    needs: Needs = {"prepare": []}
    needs |= {f"a{row}": ["prepare"] for row in range(5)}
    needs |= {f"b{row}": [f"a{row}"] for row in range(5)}
    needs |= {"select": [f"b{row}" for row in range(5)]}
    rows = lay_out(needs).rows
    assert all(rows[f"a{row}"] == rows[f"b{row}"] for row in range(5))
    assert rows["prepare"] == rows["select"] == rows["a2"]


def test_a_circle_and_a_need_that_is_nowhere_hang_nothing() -> None:
    layout = lay_out({"a": ["b"], "b": ["a"], "c": ["nowhere", "b"]})
    assert sorted(unit for layer in layout.layers for unit in layer) == ["a", "b", "c"]


def test_a_chain_of_ten_thousand_is_no_deep_recursion() -> None:
    needs: Needs = {str(unit): [str(unit - 1)] if unit else [] for unit in range(10_000)}
    assert len(lay_out(needs).layers) == 10_000
