"""A router that is away while a unit runs: nobody is told, nothing passes, and afterwards all goes on."""

import threading
from pathlib import Path

import pytest

from tests.faults.world import TRAINS, World

DEFAULT_LEASE_SECONDS = 45.0
DEFAULT_AWAY_SECONDS = 120.0


def away_in_the_middle_of_a_job(folder: Path, lease_seconds: float) -> None:
    """The router is away for as many leases as two minutes are with the lengths of time that are usual."""
    with World(folder, lease_seconds=lease_seconds) as world:
        world.node("a")
        world.submit(TRAINS)
        world.until_checkpoints()
        world.proxy.go_away()
        back = threading.Timer(DEFAULT_AWAY_SECONDS * lease_seconds / DEFAULT_LEASE_SECONDS, world.proxy.come_back)
        back.start()
        world.check()
        back.join()
        assert world.began_at() == [(1, 0)]
        assert {row["number"] for row in world.rows("SELECT number FROM attempts")} == {1}


@pytest.mark.full
def test_a_router_away_for_some_leases_costs_no_attempt(tmp_path: Path) -> None:
    away_in_the_middle_of_a_job(tmp_path, 3.0)


@pytest.mark.full
def test_a_router_away_for_two_minutes_costs_no_attempt(tmp_path: Path) -> None:
    away_in_the_middle_of_a_job(tmp_path, DEFAULT_LEASE_SECONDS)
