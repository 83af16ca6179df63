"""Requests a minute, counted by who asks: a customer, or, without a valid key, the address they come from.

They are counted in windows of a minute that begin with the first request. Strangers cost a bounded amount of memory,
and one network counts as one however many addresses it has.
"""

import ipaddress
import math
from collections import OrderedDict
from typing import Protocol

from .limits import WINDOW_SECONDS, Window

MOST_STRANGERS = 65_536
_IPV6_NETWORK_BITS = 64  # what one home or machine is given; single addresses are free to whoever has one
_UNKNOWN = "unknown"


class Counts(Protocol):
    """Where customers' windows are kept: when one began (Unix seconds), and the requests counted in it."""

    def get(self, customer_id: int) -> tuple[float, int] | None:
        """The window of a customer, if there was one."""

    def put(self, customer_id: int, began_at: float, used: int) -> None:
        """Keeps it."""


class CountsInMemory:
    """Counts that are gone with the process."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[float, int]] = {}

    def get(self, customer_id: int) -> tuple[float, int] | None:
        """See `Counts`."""
        return self._counts.get(customer_id)

    def put(self, customer_id: int, began_at: float, used: int) -> None:
        """See `Counts`."""
        self._counts[customer_id] = (began_at, used)


class RequestWindows:
    """Counts requests. A customer is named by their internal id, a stranger by an address; `what` strangers try is
    counted apart from what else they do."""

    def __init__(self, customers: Counts | None = None) -> None:
        self._customers = customers or CountsInMemory()
        self._strangers: OrderedDict[str, tuple[float, int]] = OrderedDict()  # by when their windows began

    def count(self, who: int | str, limit: int, now: float, *, what: str = "") -> Window:
        """Counts one request, unless the window is full. A window with `remaining` -1 means: refuse this request."""
        key = self._key(who, what)
        began_at, used = self._current(key, now)
        if used >= limit:
            return self._window(began_at, used, limit, -1, now)
        self._keep(key, began_at, used + 1)
        return self._window(began_at, used + 1, limit, limit - used - 1, now)

    def give_back(self, customer_id: int, counted_at: float, now: float) -> None:
        """Takes one count back that was made at `counted_at`, if its window is still the current one."""
        began_at, used = self._current(customer_id, now)
        if used and began_at <= counted_at:
            self._keep(customer_id, began_at, used - 1)

    def look(self, who: int | str, limit: int, now: float) -> Window:
        """The same window as it is, without counting."""
        began_at, used = self._current(self._key(who), now)
        return self._window(began_at, used, limit, max(0, limit - used), now)

    @staticmethod
    def _key(who: int | str, what: str = "") -> int | str:
        return who if isinstance(who, int) else f"{what} {network_of(who)}"

    def _current(self, key: int | str, now: float) -> tuple[float, int]:
        found = self._customers.get(key) if isinstance(key, int) else self._strangers.get(key)
        began_at, used = found or (now, 0)
        return (began_at, used) if 0 <= now - began_at < WINDOW_SECONDS else (now, 0)

    def _keep(self, key: int | str, began_at: float, used: int) -> None:
        if isinstance(key, int):
            self._customers.put(key, began_at, used)
            return
        self._strangers[key] = (began_at, used)
        if used == 1:
            self._strangers.move_to_end(key)
            if len(self._strangers) > MOST_STRANGERS:
                self._strangers.popitem(last=False)

    @staticmethod
    def _window(began_at: float, used: int, limit: int, remaining: int, now: float) -> Window:
        return Window(limit, remaining, max(1, math.ceil(began_at + WINDOW_SECONDS - now)), used)


def network_of(address: str) -> str:
    """By what an address is counted: an IPv4 address by itself, also where it is written as an IPv6 one; an IPv6
    address by its network of 64 bits; whatever is no address all together."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return _UNKNOWN
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{int(found) >> _IPV6_NETWORK_BITS:x}::/{_IPV6_NETWORK_BITS}"
