"""What transactions tally is told once they are durable, and of each group how large it was."""

import asyncio
from pathlib import Path

import pytest

from core.store.database import Store, Transaction


@pytest.fixture
def told(tmp_path: Path) -> tuple[Store, list[tuple[str, str]], list[int]]:
    """A store, and what it tells: tallies, and the sizes of groups."""
    store = Store(tmp_path / "store.sqlite", now=0.0, busy_timeout_seconds=0)
    tallied: list[tuple[str, str]] = []
    groups: list[int] = []
    store.on_tallied = tallied.extend

    def count(requests: int, seconds: float, commit_seconds: float) -> None:
        assert 0 < commit_seconds < seconds
        groups.append(requests)

    store.on_group = count
    return store, tallied, groups


def ends(tx: Transaction) -> None:
    tx.tally("attempt", "lost")


def fails(tx: Transaction) -> None:
    tx.tally("attempt", "failed")
    raise RuntimeError("refused")


async def test_a_group_tells_what_its_durable_requests_tallied(
    told: tuple[Store, list[tuple[str, str]], list[int]],
) -> None:
    store, tallied, groups = told
    outcomes = await asyncio.gather(store.write(ends), store.write(fails), store.write(ends), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), RuntimeError, type(None)]
    assert (tallied, groups) == ([("attempt", "lost")] * 2, [3])
    store.close()


def test_a_transaction_of_a_command_tells_what_it_tallied_unless_it_was_undone(
    told: tuple[Store, list[tuple[str, str]], list[int]],
) -> None:
    store, tallied, _ = told
    with store.transaction() as tx:
        ends(tx)
    with pytest.raises(RuntimeError), store.transaction() as tx:
        fails(tx)
    store.close()
    assert tallied == [("attempt", "lost")]
