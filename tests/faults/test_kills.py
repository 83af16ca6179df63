"""kill -9 of backend and node in the middle of a job: it ends, from where it was, charged once."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.content.blobs_local import LocalBlobStore
from core.content.contents import load_manifest
from tests.faults.world import TRAINS, TRAINS_UNTIL_KILLED, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as world:
        yield world


def damage_newest_checkpoint(world: World) -> int:
    """Spoils on the backend's disk what only the newest checkpoint has; gives the step of the one before."""
    before, newest = world.rows("SELECT * FROM checkpoints ORDER BY id")[-2:]
    blobs = LocalBlobStore(world.server.data_dir / "blobs")
    with world.server.store() as store:
        known, spoilt = (load_manifest(store.connection, row["content_id"]).chunk_sizes() for row in (before, newest))
    for digest in set(spoilt) - set(known):
        blobs.path(digest).write_bytes(bytes(spoilt[digest]))
    return int(before["step"])


@pytest.mark.full
def test_a_backend_killed_in_the_middle_of_a_job_goes_on_with_it(world: World) -> None:
    world.node("a")
    world.submit(TRAINS)
    world.until_checkpoints()
    world.server.kill()
    world.server.start()
    world.check()
    assert world.began_at() == [(1, 0)]


@pytest.mark.full
def test_a_node_killed_in_the_middle_of_a_unit_goes_on_with_the_same_attempt(world: World) -> None:
    node = world.node("a")
    world.submit(TRAINS_UNTIL_KILLED)
    world.until_checkpoints()
    node.stop(signal.SIGKILL)
    node.start()
    world.check()
    (first, second) = world.began_at()
    assert first == (1, 0) and second[0] == 1 and second[1] > 0


@pytest.mark.full
def test_both_killed_at_once_go_on_with_the_same_attempt(world: World) -> None:
    node = world.node("a")
    world.submit(TRAINS_UNTIL_KILLED)
    world.until_checkpoints()
    world.server.kill()
    node.stop(signal.SIGKILL)
    node.start()
    world.server.start()
    world.check()
    (first, second) = world.began_at()
    assert first == (1, 0) and second[0] == 1 and second[1] > 0


def test_another_node_goes_on_from_the_newest_checkpoint_that_loads(world: World) -> None:
    dead = world.node("a")
    world.submit(TRAINS_UNTIL_KILLED)
    world.until_checkpoints(2)
    dead.stop(signal.SIGKILL)
    before = damage_newest_checkpoint(world)
    world.node("b")
    world.check()
    assert world.began_at() == [(1, 0), (3, before)]
    (reason,) = world.rows("SELECT reason FROM attempts WHERE code = 'checkpoint'")
    assert "the checkpoint can't be loaded" in reason["reason"]
