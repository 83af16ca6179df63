"""Hundreds of units through one node that is killed every few seconds: each is completed once."""

import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.world import World, contents

UNITS_A_JOB = 4


def through_a_node_that_is_killed(folder: Path, jobs: int, kill_after_seconds: tuple[float, float]) -> None:
    chance = random.Random(1)
    with World(folder) as world:
        limits = ("jobs_per_minute=10000", "active_jobs=10000", "units_per_day=10000", "requests_per_minute=10000")
        world.server.command("limits", "set", "--email", world.customer.email, *limits)
        node = world.node("a")
        data, package = contents(world.customer, "print('trained')")
        for _ in range(jobs):
            world.submit_contents(data, package)
        kills = 0
        open_jobs = "SELECT count(*) AS open FROM jobs WHERE status NOT IN ('completed', 'failed', 'cancelled')"
        until = time.monotonic() + chance.uniform(*kill_after_seconds)
        while world.rows(open_jobs)[0]["open"]:
            if time.monotonic() >= until:
                node.stop(signal.SIGKILL)
                node.start()
                kills += 1
                until = time.monotonic() + chance.uniform(*kill_after_seconds)
            time.sleep(0.1)  # nothing tells of another process's rows
        world.check()
        assert kills > 0
        done = world.rows(
            "SELECT count(*) AS units, count(DISTINCT unit_id) AS once FROM attempts WHERE outcome = 'completed'"
        )
        assert done == [{"units": UNITS_A_JOB * jobs, "once": UNITS_A_JOB * jobs}]


@pytest.mark.full
def test_five_hundred_units(tmp_path: Path) -> None:
    through_a_node_that_is_killed(tmp_path, 125, (4.0, 8.0))
