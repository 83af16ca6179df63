"""What units and caches have of the disk together, on real files."""

import os
from pathlib import Path

import msgspec
import pytest

from agent.disk_room import UNUSED_SECONDS, DiskRoom, NoDiskRoom
from agent.sandbox.workspace import remove_tree_now
from core.protocol.node_rules import Rules

MIB = 1 << 20
NOW = 1_800_000_000.0


class FakeCache(msgspec.Struct):
    """Says what it has, and remembers what it was told."""

    used_bytes: int = 0
    held_bytes: int = 0
    quota_bytes: int | None = None
    expired: float | None = None

    async def set_quota(self, quota_bytes: int) -> None:
        self.quota_bytes = quota_bytes
        self.used_bytes = min(self.used_bytes, quota_bytes + self.held_bytes)

    async def expire(self, unused_since: float) -> None:
        self.expired = unused_since


class House(msgspec.Struct):
    """A node's disk: units' folders, two caches with usual quotas of 3 and 1 GiB, and the owner's ceiling."""

    units: Path
    large: FakeCache
    small: FakeCache
    ceiling_mb: int | None = None

    def room(self) -> DiskRoom:
        caches = [(self.large, 3072 * MIB), (self.small, 1024 * MIB)]
        return DiskRoom(self.units, caches, limits=lambda: Rules(disk_mb=self.ceiling_mb), now=lambda: NOW)

    def write(self, mebibytes: int) -> None:
        (self.units / "attempt" / "output").mkdir(parents=True)
        (self.units / "attempt" / "output" / "model").write_bytes(b"x" * mebibytes * MIB)


@pytest.fixture
def house(tmp_path: Path) -> House:
    units = tmp_path / "units"
    units.mkdir()
    return House(units, FakeCache(), FakeCache())


async def test_without_a_ceiling_caches_have_their_usual_quotas(house: House) -> None:
    room = house.room()
    await room.tend([10_000, 10_000])
    assert (house.large.quota_bytes, house.small.quota_bytes) == (3072 * MIB, 1024 * MIB)
    assert room.shared_mb(5_000) == 5_000
    with room.reserved({"data": 1 << 50}):
        pass
    assert house.large.expired == NOW - UNUSED_SECONDS


async def test_under_a_ceiling_caches_share_what_units_leave(house: House) -> None:
    house.ceiling_mb = 3000
    house.small.held_bytes = house.small.used_bytes = 500 * MIB
    room = house.room()
    await room.tend([400, 100])
    assert (house.large.quota_bytes, house.small.quota_bytes) == (1500 * MIB, 500 * MIB)
    assert room.shared_mb(50_000) == 2500, "what a unit will have of it is taken off where leases are offered"
    assert room.shared_mb(100) == 100


async def test_a_ceiling_that_is_lowered_makes_caches_give_way_at_once(house: House) -> None:
    house.large.used_bytes = 2000 * MIB
    house.large.held_bytes = 200 * MIB
    room = house.room()
    await room.tend([])
    assert room.used_mb == 2000
    house.ceiling_mb = 100
    await room.tend([])
    assert (house.large.quota_bytes, room.used_mb, room.shared_mb(50_000)) == (0, 200, 0)


async def test_what_units_have_written_counts_also_above_what_they_may(house: House) -> None:
    house.ceiling_mb = 100
    house.write(8)
    room = house.room()
    await room.tend([2])
    assert (room.used_mb, room.shared_mb(50_000)) == (8, 92)
    assert house.large.quota_bytes == 69 * MIB
    await room.tend([40])
    assert house.large.quota_bytes == 45 * MIB, "what a unit may still write is its own already"


async def test_files_that_would_pass_the_ceiling_are_refused_in_numbers(house: House) -> None:
    house.ceiling_mb = 100
    room = house.room()
    await room.tend([20])
    with room.reserved({"data": 40 * MIB}):
        pass
    with pytest.raises(NoDiskRoom, match=r"82 MiB .* 80 MiB are left"), room.reserved({"data": 41 * MIB}):
        pass


async def test_two_units_that_fetch_at_once_have_no_room_twice(house: House) -> None:
    house.ceiling_mb = 100
    room = house.room()
    await room.tend([])
    with room.reserved({"data": 20 * MIB, "package": 10 * MIB}):
        second = room.reserved({"data": 20 * MIB, "other": 20 * MIB})  # the same data come once
        refused = pytest.raises(NoDiskRoom, match=r"2 MiB .* 0 MiB are left")
        with second, refused, room.reserved({"third": MIB}):
            pass
        with room.reserved({"third": 20 * MIB}):
            pass
    with room.reserved({"data": 50 * MIB}):
        pass


async def test_folders_deeper_than_calls_and_paths_may_be_end_no_node(house: House) -> None:
    house.write(2)
    room, before = house.room(), Path.cwd()
    try:
        os.chdir(house.units / "attempt")
        for _ in range(1200):
            Path("deep").mkdir()
            os.chdir("deep")
            Path("file").touch()
        os.chdir(before)
        await room.tend([])
    finally:
        os.chdir(before)
        remove_tree_now(house.units)
    assert room.used_mb == 2
