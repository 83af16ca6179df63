"""Who is served next: an index in memory beside the store, by class, then by how much of a customer's work runs.

A slowed customer (`core/jobs/running_time.py`) counts as having four times their work and four units more at nodes:
with all at work they get about a fifth of what another gets, and whatever nobody else waits for. Of a suspended one
nothing is leased: their units wait, with all that is theirs, until they are let in again or have waited too long.

The index proposes, the store decides: a claim is an UPDATE that checks the unit's state. It is rebuilt from the store
at start and whenever another process has changed the store.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import islice

from sortedcontainers import SortedList

from ..jobs.ready import ReadyUnit
from ..planning.plan import UnitClass
from ..store.sqlite import Connection, named_sql
from .match import class_from
from .owner_blocks import OwnerBlocks

SQL = named_sql(__file__, "scheduling")
SLOWED_TIMES = 4


class ReadyIndex:
    """Ready units by class and customer. Customers with the least work at nodes come first, then higher priority,
    then age. All operations cost O(log n)."""

    def __init__(self) -> None:
        self._work: dict[int, int] = {}
        self._slowed: set[int] = set()
        self._suspended: set[int] = set()
        # class → customers with ready units, by (place, customer)
        self._customers: dict[int, SortedList[tuple[int, int]]] = {}
        # (class, customer) → units, by (−priority, unit)
        self._units: dict[tuple[int, int], SortedList[tuple[int, int]]] = {}
        self._classes_of: dict[int, set[int]] = {}
        self._unit_classes: dict[int, UnitClass] = {}
        self._listener: Callable[[], None] = lambda: None
        self._fresh: list[ReadyUnit] = []
        self._told: set[int] = set()
        self._arrived: dict[int, int] = {}
        self.blocks = OwnerBlocks()

    def rebuild(self, connection: Connection) -> None:
        """Reads all from the store anew. Whoever waits has to look again: nothing is told of as fresh."""
        self._work = {row["customer_id"]: row["units"] for row in SQL.work_by_customer(connection)}
        self._slowed = {row["id"] for row in SQL.slowed_customers(connection)}
        self._suspended = {row["id"] for row in SQL.suspended_customers(connection)}
        self._customers, self._units, self._classes_of, self._unit_classes = {}, {}, {}, {}
        self.blocks.rebuild(connection)
        units: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for unit_id, class_id, customer_id, priority in SQL.ready_units(connection):
            units.setdefault((class_id, customer_id), []).append((-priority, unit_id))
        for (class_id, customer_id), waiting in units.items():
            self._units_of(class_id, customer_id).update(waiting)

    def _units_of(self, class_id: int, customer_id: int) -> SortedList[tuple[int, int]]:
        """The units of a class and customer; a customer who had none takes their place in the class."""
        units = self._units.get((class_id, customer_id))
        if units is None:
            units = self._units[class_id, customer_id] = SortedList()
            self._customers.setdefault(class_id, SortedList()).add((self._place(customer_id), customer_id))
            self._classes_of.setdefault(customer_id, set()).add(class_id)
        return units

    def add(self, unit: ReadyUnit) -> None:
        """A unit waits for a node."""
        self.put_back(unit)
        self._fresh.append(unit)
        self._arrived[unit.class_id] = self._arrived.get(unit.class_id, 0) + 1
        self._listener()

    def put_back(self, unit: ReadyUnit) -> None:
        """A unit waits as before, since what had taken it was undone: no news for anybody."""
        units = self._units_of(unit.class_id, unit.customer_id)
        entry = (-unit.priority, unit.unit_id)
        if entry not in units:
            units.add(entry)

    def remove(self, unit: ReadyUnit) -> None:
        """A unit waits no longer; one that is not here is passed over."""
        key = (unit.class_id, unit.customer_id)
        units = self._units.get(key)
        if units is None:
            return
        units.discard((-unit.priority, unit.unit_id))
        self.blocks.forget(unit.unit_id)
        if not units:
            del self._units[key]
            entry = (self._place(unit.customer_id), unit.customer_id)
            customers = self._customers[unit.class_id]
            customers.discard(entry)
            if not customers:
                del self._customers[unit.class_id]
            self._classes_of[unit.customer_id].discard(unit.class_id)

    def count_work(self, customer_id: int, change: int) -> None:
        """So many more (+) or fewer (−) of the customer's units are at nodes: the customer's place moves."""
        before = self._place(customer_id)
        self._work[customer_id] = max(0, self._work.get(customer_id, 0) + change)
        self._move(customer_id, before)

    def set_slowed(self, customer_id: int, is_slowed: bool) -> None:
        """Whether the customer is served later than others from now on."""
        before = self._place(customer_id)
        (self._slowed.add if is_slowed else self._slowed.discard)(customer_id)
        self._move(customer_id, before)

    def is_slowed(self, customer_id: int) -> bool:
        """Whether the customer is served later than others."""
        return customer_id in self._slowed

    def set_suspended(self, customer_id: int, is_suspended: bool) -> None:
        """Whether nothing of the customer is leased from now on; what is at nodes goes on to its end."""
        (self._suspended.add if is_suspended else self._suspended.discard)(customer_id)

    def is_suspended(self, customer_id: int) -> bool:
        """Whether nothing of the customer is leased."""
        return customer_id in self._suspended

    def _place(self, customer_id: int) -> int:
        work = self._work.get(customer_id, 0)
        return SLOWED_TIMES * (work + 1) if customer_id in self._slowed else work

    def _move(self, customer_id: int, before: int) -> None:
        after = self._place(customer_id)
        for class_id in self._classes_of.get(customer_id, ()):
            customers = self._customers[class_id]
            customers.discard((before, customer_id))
            customers.add((after, customer_id))

    def tell_node(self, node_id: int) -> None:
        """There is news for the node: an attempt it holds has ended."""
        self._told.add(node_id)
        self._listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Calls `listener` whenever there may be something for a node that waits; `take_news` says what."""
        self._listener = listener

    def take_news(self) -> tuple[list[ReadyUnit], set[int]]:
        """The units that became ready and the nodes that have news, since this was last asked."""
        fresh, told = self._fresh, self._told
        self._fresh, self._told = [], set()
        return fresh, told

    def take_arrived(self) -> dict[int, int]:
        """How many units became ready since this was last asked, by class."""
        arrived, self._arrived = self._arrived, {}
        return arrived

    def put_back_arrived(self, arrived: dict[int, int]) -> None:
        """What was taken could not be written."""
        for class_id, units in arrived.items():
            self._arrived[class_id] = self._arrived.get(class_id, 0) + units

    def waiting(self, class_id: int, customer_id: int | None = None) -> int:
        """How many units of a class wait: of one customer, or of all."""
        if customer_id is not None:
            return len(self._units.get((class_id, customer_id), ()))
        return sum(len(self._units[class_id, customer]) for _, customer in self._customers.get(class_id, ()))

    def classes(self) -> list[int]:
        """The classes that have ready units."""
        return list(self._customers)

    def unit_class(self, connection: Connection, class_id: int) -> UnitClass:
        """What units of a class ask for; a class never changes."""
        found = self._unit_classes.get(class_id)
        if found is None:
            found = self._unit_classes[class_id] = class_from(SQL.class_by_id(connection, id=class_id))
        return found

    def __contains__(self, unit: ReadyUnit) -> bool:
        """Whether the unit waits here."""
        return (-unit.priority, unit.unit_id) in self._units.get((unit.class_id, unit.customer_id), ())

    def candidates(
        self,
        classes: Mapping[int, int | None],
        known_blocked: Set[str] = frozenset(),
        *,
        first: int | None = None,
    ) -> Iterator[ReadyUnit]:
        """Ready units of these classes in the order in which they should be served; a class may be narrowed to one
        customer, and all of the customer `first` come before all others'. Those of suspended customers, and those that
        are known to be of these packages, are left out. The index must not change while this is iterated: take one,
        then stop."""
        own: Set[int] = frozenset() if first is None else self._classes_of.get(first, frozenset())
        mine = {
            class_id: first for class_id, only_of in classes.items() if class_id in own and only_of in (None, first)
        }
        yield from self._in_classes(mine, known_blocked)
        for unit in self._in_classes(classes, known_blocked):
            if not mine or unit.customer_id != first:
                yield unit

    def _in_classes(self, classes: Mapping[int, int | None], known_blocked: Set[str]) -> Iterator[ReadyUnit]:
        in_classes = (self._in_class(class_id, only_of, known_blocked) for class_id, only_of in classes.items())
        for _place, customer_id, negative_priority, unit_id, class_id in heapq.merge(*in_classes):
            yield ReadyUnit(unit_id, class_id, customer_id, -negative_priority)

    def others_before(self, customer_id: int, most: int) -> Iterator[tuple[int, int, int]]:
        """Of other customers who are served before this one: class, customer, and how many units of theirs wait in it;
        at most so many rows."""
        place = (self._place(customer_id), customer_id)
        pairs = (
            (class_id, other)
            for class_id, customers in self._customers.items()
            for _work, other in customers.islice(0, customers.bisect_left(place))
            if other not in self._suspended
        )
        for class_id, other in islice(pairs, most):
            yield class_id, other, len(self._units[class_id, other])

    def own_before(self, unit: ReadyUnit) -> Iterator[tuple[int, int]]:
        """By class, how many units of the same customer come before this one."""
        entry = (-unit.priority, unit.unit_id)
        for class_id in self._classes_of.get(unit.customer_id, ()):
            if before := self._units[class_id, unit.customer_id].bisect_left(entry):
                yield class_id, before

    def _in_class(
        self, class_id: int, only_of: int | None, known_blocked: Set[str]
    ) -> Iterator[tuple[int, int, int, int, int]]:
        package_of = self.blocks.packages.get
        customers: Iterable[tuple[int, int]] = self._customers.get(class_id, ())
        if only_of is not None:
            has_some = (class_id, only_of) in self._units
            customers = [(self._place(only_of), only_of)] if has_some else []
        for place, customer_id in customers:
            if customer_id in self._suspended:
                continue
            for negative_priority, unit_id in self._units[(class_id, customer_id)]:
                if known_blocked and package_of(unit_id) in known_blocked:
                    continue
                yield place, customer_id, negative_priority, unit_id, class_id
