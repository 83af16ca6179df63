"""Results that are looked at together: one that can't be, or takes long, holds up no other."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from backend.context import Context
from backend.settings import Settings
from backend.steady_clock import SteadyClock
from backend.verification import TOGETHER_BYTES, Verifications
from core.content.blobs_local import LocalBlobStore
from core.errors import ApiError, ErrorCode
from core.protocol.content import ChunkRef, FileEntry, Manifest
from core.protocol.node import Lease
from tests.backend.uploading import digest
from tests.core.engine import Engine, EngineNode, one_file

LARGE = bytes(TOGETHER_BYTES // 2 + 1)


class Blobs(LocalBlobStore):
    """Chunks of which one can be refused by the disk, and whose reading can be held up."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.refused: set[str] = set()
        self.may_read = Event()
        self.may_read.set()

    def size(self, digest: str) -> int | None:
        if digest in self.refused:
            raise ApiError(ErrorCode.UNAVAILABLE)
        return super().size(digest)

    def read(self, chunks: list[ChunkRef], *, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        self.may_read.wait()
        return super().read(chunks, piece_bytes=piece_bytes)


class World:
    """A server's parts without its routes: three jobs, of each of which a node has one unit."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(folder)
        customer = self.engine.customer()
        for _ in range(3):
            self.engine.job(customer)
        settings = Settings(data_dir=folder, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
        self.context = Context(
            settings, self.engine.store, clock=SteadyClock(lambda: self.engine.now, lambda: self.engine.now)
        )
        self.context.index = self.engine.index
        self.blobs = self.context.blobs = Blobs(folder / "chunks")
        self.verifications = Verifications(self.context)
        self.node: EngineNode = self.engine.node("n")
        self.node.exchange(most=3)

    def complete(self, lease: Lease, manifest: Manifest, *chunks: bytes) -> str:
        """Brings a result; gives the digest of its first chunk."""
        for chunk in chunks:
            self.blobs.put(digest(chunk), chunk)
        assert (self.node.start(lease), self.node.exit(lease, 1.0)) == ("accepted", "accepted")
        assert self.node.complete(lease, manifest) == "accepted"
        return digest(chunks[0])

    def states(self) -> list[str]:
        """Of the units that the node took."""
        rows = self.engine.store.connection.execute("SELECT state FROM units WHERE attempts > 0 ORDER BY id")
        return [row["state"] for row in rows]

    async def ended(self) -> None:
        """Nothing is under way any more."""
        while self.verifications._tasks:
            await asyncio.wait(self.verifications._tasks)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.engine.check()
    made.engine.store.close()


async def test_results_of_one_call_are_accepted_in_one_write(world: World) -> None:
    for number, lease in enumerate(world.node.held):
        world.complete(lease, one_file("model.txt", b"%d" % number), b"%d" % number)
    commits: list[str] = []
    world.engine.store.connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    world.verifications.add(world.node.to_verify)
    world.verifications.add(world.node.to_verify)
    await world.ended()
    assert world.states() == ["completed"] * 3
    assert commits == ["COMMIT"]


async def test_a_result_that_the_disk_refuses_holds_up_no_other(world: World) -> None:
    refused = [
        world.complete(lease, one_file("model.txt", b"%d" % number), b"%d" % number)
        for number, lease in enumerate(world.node.held)
    ][1]
    world.blobs.refused.add(refused)
    world.verifications.add(world.node.to_verify)
    await world.ended()
    assert world.states() == ["completed", "verifying", "completed"]
    world.blobs.refused.clear()
    world.verifications.add_waiting()
    await world.ended()
    assert world.states() == ["completed"] * 3


@pytest.mark.parametrize("first", [True, False], ids=["alone before others", "among others"])
async def test_a_result_that_takes_long_holds_up_no_other(world: World, first: bool) -> None:
    large, *small = world.node.held
    chunk = ChunkRef(digest(LARGE), 0, len(LARGE))
    world.complete(large, Manifest([FileEntry("twice", 2 * len(LARGE), [chunk, chunk])]), LARGE)
    for number, lease in enumerate(small):
        world.complete(lease, one_file("model.txt", b"%d" % number), b"%d" % number)
    world.blobs.may_read.clear()
    reading = world.node.to_verify[:1] if first else []
    world.verifications.add(reading)
    world.verifications.add(world.node.to_verify[len(reading) :])
    while world.states() != ["verifying", "completed", "completed"]:
        await asyncio.wait(world.verifications._tasks, return_when=asyncio.FIRST_COMPLETED)
    world.blobs.may_read.set()
    await world.ended()
    assert world.states() == ["completed"] * 3
