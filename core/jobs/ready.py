"""What jobs tell the scheduler: which units wait for a node, and how much of each customer's work is at nodes."""

from typing import Protocol

import msgspec


class ReadyUnit(msgspec.Struct, frozen=True):
    """A unit that a node may take; higher `priority` first."""

    unit_id: int
    class_id: int
    customer_id: int
    priority: int


class ReadyQueue(Protocol):
    """Kept in memory beside the store, which alone decides; see `core/scheduling/fairness.py`."""

    def add(self, unit: ReadyUnit) -> None:
        """The unit waits for a node."""

    def put_back(self, unit: ReadyUnit) -> None:
        """The unit waits as before: what had taken it was undone."""

    def remove(self, unit: ReadyUnit) -> None:
        """The unit waits no longer."""

    def count_work(self, customer_id: int, change: int) -> None:
        """So many more (+) or fewer (−) of the customer's units are at nodes."""

    def set_slowed(self, customer_id: int, is_slowed: bool) -> None:
        """Whether the customer is served later than others from now on."""

    def is_slowed(self, customer_id: int) -> bool:
        """Whether the customer is served later than others."""

    def tell_node(self, node_id: int) -> None:
        """There is news for the node: an attempt it holds has ended."""
