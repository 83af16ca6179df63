"""Whether the network is paid for by what passes, as NetworkManager tells."""

from agent.presence.base import Told, Untold
from agent.presence.bus import Bus, Place

_MANAGER = Place(
    "NetworkManager",
    "org.freedesktop.NetworkManager",
    "/org/freedesktop/NetworkManager",
    "org.freedesktop.NetworkManager",
)
_METERED = {
    1: Told(True, "NetworkManager, where it is set so"),
    2: Told(False, "NetworkManager, where it is set so"),
    3: Told(True, "NetworkManager, which takes it for a phone's"),
    4: Told(False, "NetworkManager, which sees no sign of it"),
}


def looks_metered(system_bus: Bus) -> Told[bool]:
    """What it guesses counts as what it knows: of a phone's line nobody sets anything. Raises Untold."""
    told = system_bus.get(_MANAGER, "Metered")
    if not isinstance(told, int) or told not in _METERED:
        raise Untold("NetworkManager doesn't know it (is this network another program's?)")
    return _METERED[told]
