"""Clocks that are set by a day, forwards and back, while backend and node work."""

import signal
from pathlib import Path

import pytest

from tests.faults.jumping_clock import JumpingClock
from tests.faults.world import TRAINS_UNTIL_KILLED, World

DAY = 86_400


@pytest.mark.full
def test_a_backends_clock_that_jumps_takes_nobodys_lease_and_lengthens_none(tmp_path: Path) -> None:
    clock = JumpingClock(tmp_path / "clock")
    with World(tmp_path, backend_program=clock.program("backend")) as world:
        first = world.node("a")
        world.submit(TRAINS_UNTIL_KILLED)
        world.until_checkpoints()
        second = world.node("b")  # takes what is free: a lease that were over would be taken from the first
        world.until(lambda world: "connected to the server" in second.log(), "it waits for work")
        for jumps, seconds in enumerate((DAY, -DAY), 1):
            known = len(world.rows("SELECT id FROM checkpoints"))
            clock.jump(seconds)
            world.until_logged("the machine's clock was set", jumps)
            world.until_checkpoints(known + 2)
        first.stop(signal.SIGKILL)
        world.check()
        attempts = [attempt for attempt, _ in world.began_at()]
        assert attempts == [1, 2]
        (charge,) = world.rows(
            "SELECT seconds FROM ledger_transfers t JOIN units u ON u.id = t.unit_id "
            "WHERE t.kind = 'charge' AND u.role = 'train'"
        )
        assert 0 < charge["seconds"] < 600


@pytest.mark.full
def test_a_clock_set_while_the_backend_is_down_strands_no_unit(tmp_path: Path) -> None:
    clock = JumpingClock(tmp_path / "clock")
    with World(tmp_path, backend_program=clock.program("backend")) as world:
        first = world.node("a")
        world.submit(TRAINS_UNTIL_KILLED)
        world.until_checkpoints()
        first.stop(signal.SIGKILL)
        world.server.kill()
        clock.jump(-DAY)
        world.server.start()
        world.node("b")
        world.check()
        assert [attempt for attempt, _ in world.began_at()] == [1, 2]


@pytest.mark.full
def test_a_nodes_clock_that_jumps_changes_nothing(tmp_path: Path) -> None:
    clock = JumpingClock(tmp_path / "clock")
    with World(tmp_path) as world:
        node = world.node("a", program=clock.program("node"))
        world.submit(TRAINS_UNTIL_KILLED)
        for count, seconds in ((1, DAY), (3, -DAY)):
            world.until_checkpoints(count)
            clock.jump(seconds)
        world.until_checkpoints(5)
        node.stop(signal.SIGKILL)
        clock.jump(DAY)
        node.start()
        world.check()
        assert [attempt for attempt, _ in world.began_at()] == [1, 1]
