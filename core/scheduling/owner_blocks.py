"""Which packages owners keep off their nodes, in memory beside the ready units: nothing is looked up for a node whose
owner blocks nothing, and of a blocked package's units each is looked up once."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from ..jobs.ready import ReadyUnit
from ..nodes.blocks import owners_blocks
from ..store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "blocking")
FIRST_BATCH = 16
LARGEST_BATCH = 1024


class OwnerBlocks:
    """Digests by owner, and the package of each ready unit that a blocking owner's node was about to get."""

    def __init__(self) -> None:
        self._by_owner: dict[int, set[str]] = {}
        self.packages: dict[int, str] = {}

    def rebuild(self, connection: Connection) -> None:
        """Reads all blocks from the store anew."""
        self._by_owner = owners_blocks(connection)
        self.packages.clear()

    def add(self, owner_id: int, package_digest: str) -> None:
        """From now on no unit of the package goes to the owner's nodes."""
        self._by_owner.setdefault(owner_id, set()).add(package_digest)

    def remove(self, owner_id: int, package_digest: str) -> None:
        """The owner's nodes may have the package again."""
        blocked = self._by_owner.get(owner_id, set())
        blocked.discard(package_digest)
        if not blocked:
            self._by_owner.pop(owner_id, None)

    def of(self, owner_id: int | None) -> frozenset[str] | set[str]:
        """What the owner of a node blocks; nothing for a node without one."""
        return frozenset() if owner_id is None else self._by_owner.get(owner_id, frozenset())

    def forget(self, unit_id: int) -> None:
        """The unit waits no longer."""
        if self.packages:
            self.packages.pop(unit_id, None)

    def is_blocked(self, connection: Connection, owner_id: int | None, unit: ReadyUnit) -> bool:
        """Whether the unit's package is kept off this owner's nodes."""
        blocked = self.of(owner_id)
        return bool(blocked) and next(self.passing(connection, blocked, [unit]), None) is None

    def passing(
        self, connection: Connection, blocked: frozenset[str] | set[str], units: Iterable[ReadyUnit]
    ) -> Iterator[ReadyUnit]:
        """Those of the units whose package is none of these. Looks a few ahead, more the further it goes."""
        left = iter(units)
        batch_size = FIRST_BATCH
        while batch := list(islice(left, batch_size)):
            self._look_up(connection, batch)
            yield from (unit for unit in batch if self.packages[unit.unit_id] not in blocked)
            batch_size = min(batch_size * 2, LARGEST_BATCH)

    def _look_up(self, connection: Connection, units: list[ReadyUnit]) -> None:
        unknown = [unit.unit_id for unit in units if unit.unit_id not in self.packages]
        if unknown:
            rows = SQL.packages_of_units(connection, ids=msgspec.json.encode(unknown).decode())
            self.packages.update((row["id"], sys.intern(row["package_digest"])) for row in rows)
