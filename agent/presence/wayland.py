"""When somebody last used a Wayland session, by ext-idle-notify-v1: KDE Plasma 6, sway, Hyprland, COSMIC and others.

A compositor doesn't answer how long nobody has: it says so once after a time, and again when somebody does.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.presence.base import ANSWER_SECONDS, Told, Untold, harmless
from agent.presence.own_thread import OwnThread

if TYPE_CHECKING:
    from pywayland.client.display import Display

_CONNECTING_TAKES = 10
IDLE_AFTER_SECONDS = 5
_NOTIFIER, _SEAT = "ext_idle_notifier_v1", "wl_seat"
_MOST_SEATS = 16


class WaylandIdle:
    """One compositor. It is connected to when first asked, and anew after it broke."""

    def __init__(self, socket: str, clock: Callable[[], float], *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """`socket` is its whole path."""
        self._socket = socket
        self._clock = clock
        self._seconds = answer_seconds
        self._display: Display | None = None
        self._kept: list[Any] = []
        self._idle_since: dict[int, float | None] = {}
        self._thread = OwnThread(f"the Wayland compositor at {harmless(socket)}")

    def idle(self) -> Told[float]:
        """Seconds since the last input at any of its seats: 0 within the first five. Raises Untold."""
        seconds = self._seconds * (_CONNECTING_TAKES if self._display is None else 1)
        return self._thread.do(self._idle, seconds)

    def close(self) -> None:
        """Hang up."""
        self._thread.close(self._disconnect)

    def _idle(self) -> Told[float]:
        try:
            if self._display is None:
                self._connect()
            if self._display is None or self._display.roundtrip() < 0:
                raise Untold(f"the Wayland compositor at {harmless(self._socket)} has hung up")
        except ImportError:
            raise Untold("under Wayland this machine lacks the library pywayland") from None
        except (OSError, ValueError, RuntimeError) as error:
            self._disconnect()
            raise Untold(f"Wayland can't be asked at {harmless(self._socket)}: {harmless(str(error))}") from None
        except Untold:
            self._disconnect()
            raise
        now = self._clock()
        least = min(0.0 if since is None else now - since for since in self._idle_since.values())
        return Told(max(0.0, least), f"the Wayland compositor ({_NOTIFIER})")

    def _connect(self) -> None:
        from pywayland.client.display import Display
        from pywayland.protocol.ext_idle_notify_v1 import ExtIdleNotifierV1
        from pywayland.protocol.wayland import WlSeat

        display = Display(self._socket)
        display.connect()
        self._display = display
        offered: dict[str, list[tuple[int, int]]] = {_NOTIFIER: [], _SEAT: []}

        def note(registry: object, number: int, interface: str, version: int) -> None:
            if interface in offered:
                offered[interface].append((number, version))

        registry = display.get_registry()
        registry.dispatcher["global"] = note
        display.roundtrip()
        if not offered[_NOTIFIER] or not offered[_SEAT]:
            raise Untold("this Wayland compositor doesn't tell when it is used (it lacks ext-idle-notify-v1)")
        number, version = offered[_NOTIFIER][0]
        notifier = registry.bind(number, ExtIdleNotifierV1, min(version, 2))
        # The second version counts keys and movements only, not that a film asks for the screen to stay on.
        ask = notifier.get_input_idle_notification if version >= 2 else notifier.get_idle_notification
        self._kept = [registry, notifier]
        self._idle_since = {}
        for seat_number, _ in offered[_SEAT][:_MOST_SEATS]:
            seat = registry.bind(seat_number, WlSeat, 1)
            notification = ask(IDLE_AFTER_SECONDS * 1000, seat)
            notification.dispatcher["idled"] = lambda _, seat=seat_number: self._note_idle(seat)
            notification.dispatcher["resumed"] = lambda _, seat=seat_number: self._note_used(seat)
            self._kept += [seat, notification]
            self._idle_since[seat_number] = None

    def _note_idle(self, seat: int) -> None:
        self._idle_since[seat] = self._clock() - IDLE_AFTER_SECONDS

    def _note_used(self, seat: int) -> None:
        self._idle_since[seat] = None

    def _disconnect(self) -> None:
        if self._display is not None:
            display, self._display = self._display, None
            display.disconnect()
        self._kept = []
