"""One user's desktop: when its hands last used it and what fills its screen, by whoever tells there."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import psutil

from agent.presence.base import ANSWER_SECONDS, Steady, Told, Untold
from agent.presence.bus import Bus, Place
from agent.presence.wayland import WaylandIdle
from agent.presence.x11 import XScreen

_VARIABLES = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "HOME")
_MOST_CHARACTERS = 4096
_MONITORS = tuple(
    Place(program, f"org.{name}.IdleMonitor", f"/org/{path}/IdleMonitor/Core", f"org.{name}.IdleMonitor")
    for program, name, path in (
        ("GNOME's Mutter", "gnome.Mutter", "gnome/Mutter"),
        ("Cinnamon's Muffin", "cinnamon.Muffin", "cinnamon/Muffin"),
    )
)
_SAVER = Place(
    "the desktop's screen saver",
    "org.freedesktop.ScreenSaver",
    "/org/freedesktop/ScreenSaver",
    "org.freedesktop.ScreenSaver",
)


def has_screen(variables: Mapping[str, str]) -> bool:
    """Whether they name a screen of this machine."""
    return XScreen.is_local(variables.get("DISPLAY", "")) or bool(variables.get("WAYLAND_DISPLAY"))


def find_environment(uid: int, own: Mapping[str, str], own_pid: int) -> dict[str, str]:
    """Where a user's desktop is: by `own` variables if that is who we are and they name a screen, else by the first of
    the user's processes that may be read and has one (a service has none itself). Empty where there is none. What
    descends from `own_pid` is not asked: a stranger's code might lead away from the screen that is used."""
    if uid == os.getuid() and has_screen(own):
        return {name: own[name] for name in _VARIABLES if name in own}
    for process in psutil.process_iter():
        try:
            variables = process.environ() if process.uids().real == uid else {}
            if has_screen(variables) and own_pid not in {parent.pid for parent in process.parents()}:
                return {name: variables[name][:_MOST_CHARACTERS] for name in _VARIABLES if name in variables}
        except (psutil.Error, OSError, ValueError):
            continue
    return {}


class Desktop:
    """Asks in the order of trust, and of several the first that tells."""

    def __init__(
        self,
        uid: int,
        variables: Mapping[str, str],
        clock: Callable[[], float],
        executable_of: Callable[[int], str],
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`variables` as `find_environment` gives them."""
        self.uid = uid
        run = variables.get("XDG_RUNTIME_DIR") or f"/run/user/{uid}"
        address = variables.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={run}/bus"
        self._bus = Bus(address, f"the session bus of user {uid}", answer_seconds=answer_seconds)
        display, socket = variables.get("DISPLAY", ""), variables.get("WAYLAND_DISPLAY", "")
        authority = variables.get("XAUTHORITY") or f"{variables.get('HOME', '')}/.Xauthority"
        self._x = (
            XScreen(display, authority, executable_of, answer_seconds=answer_seconds)
            if XScreen.is_local(display)
            else None
        )
        self._wayland = WaylandIdle(str(Path(run, socket)), clock, answer_seconds=answer_seconds) if socket else None
        self._saver_counts = False
        asks: list[Callable[[], Told[float]]] = [partial(self._monitor, place) for place in _MONITORS]
        asks += [self._wayland.idle] if self._wayland is not None else []
        asks += [self._x.idle] if self._x is not None else []
        self._idle = [Steady(ask, clock) for ask in [*asks, self._saver]]
        self._full_screen = Steady(self._x.full_screen, clock) if self._x is not None else None

    def idle(self) -> Told[float]:
        """Seconds since it was last used. Raises Untold with the reasons of all that don't tell."""
        reasons = []
        for ask in self._idle:
            try:
                return ask()
            except Untold as error:
                reasons.append(str(error))
        raise Untold("; ".join(reasons))

    def full_screen(self) -> Told[str]:
        """The program that fills a screen, "" for none. Under Wayland only programs of X11 can be seen, most games
        among them: "" is never told there. Raises Untold."""
        if self._full_screen is None:
            raise Untold("Wayland doesn't tell which windows fill the screen")
        told = self._full_screen()
        if self._wayland is not None and not told.value:
            raise Untold(
                "of Wayland's windows only those of X11's programs can be seen, and none of these fills a screen"
            )
        return told

    def close(self) -> None:
        """Hang up everywhere."""
        self._bus.close()
        for screen in (self._x, self._wayland):
            if screen is not None:
                screen.close()

    def _monitor(self, place: Place) -> Told[float]:
        milliseconds = self._bus.call(place, "GetIdletime")[0]
        if not isinstance(milliseconds, int):
            raise Untold(f"{place.program} answers in another form")
        return Told(milliseconds / 1000, place.program)

    def _saver(self) -> Told[float]:
        """KDE tells milliseconds (the standard says seconds). Some always say 0, KDE's under Wayland among them, so it
        counts only once it has told something else."""
        milliseconds = self._bus.call(_SAVER, "GetSessionIdleTime")[0]
        if not isinstance(milliseconds, int):
            raise Untold(f"{_SAVER.program} answers in another form")
        self._saver_counts = self._saver_counts or milliseconds > 0
        if not self._saver_counts:
            raise Untold(f"{_SAVER.program} doesn't count how long it is unused")
        return Told(milliseconds / 1000, _SAVER.program)
