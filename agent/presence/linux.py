"""Linux: every login that logind knows, its desktop or terminal, the kernel's power supplies, and NetworkManager."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from agent.presence.base import ANSWER_SECONDS, PresenceSensor, Steady, Told, Untold, least_idle
from agent.presence.bus import Bus
from agent.presence.desktop import Desktop, find_environment, has_screen
from agent.presence.logind import Logind, Session, terminal_idle
from agent.presence.network import looks_metered
from agent.presence.power import draws_on_battery
from agent.presence.proc_table import ProcTable

_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
_FINDS_AGAIN_SECONDS = 60.0
_NO_SCREEN = "no login with a screen is known to the node, nor has it one itself (DISPLAY, WAYLAND_DISPLAY)"


class LinuxPresence(PresenceSensor):
    """A node that is a user sees that user's desktop, one that is root everybody's; of others' it sees what logind and
    their terminals tell everybody."""

    def __init__(
        self,
        own_pid: int,
        *,
        environ: Mapping[str, str] = os.environ,
        supplies: Path = Path("/sys/class/power_supply"),
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`clock` must be CLOCK_MONOTONIC, `wall_clock` that of files' times."""
        table = ProcTable()
        super().__init__(own_pid, table)
        self._executable_of = table.executable_of
        self._environ = environ
        self._supplies = supplies
        self._clock = clock
        self._wall_clock = wall_clock
        self._answer_seconds = answer_seconds
        address = environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
        self._bus = Bus(address, "the system bus", answer_seconds=answer_seconds)
        self._logind = Logind(self._bus, clock)
        self._sessions = Steady(self._logind.sessions, clock)
        self._metered = Steady(lambda: looks_metered(self._bus), clock)
        self._desktops: dict[int, tuple[frozenset[str], Desktop]] = {}
        self._finds_again_at: dict[int, float] = {}
        self._nobody_since: float | None = None

    def idle(self) -> Told[float]:
        sessions, reason = self._logins()
        told: list[Told[float]] = []
        reasons = [reason] if reason else []
        desktops = self._find_desktops(sessions)
        used: set[int] = set()
        for desktop in desktops:
            try:
                told.append(desktop.idle())
                used.add(desktop.uid)
            except Untold as error:
                reasons.append(str(error))
        for session in sessions or ():
            if session.uid in used if session.is_graphical else not session.terminal:
                continue  # its desktop tells more; and what has no terminal, such as a copy of files, has no hands
            try:
                told.append(self._logind.idle(session) if session.is_graphical else self._typed(session.terminal))
            except Untold as error:
                reasons.append(str(error))
        told += self._terminals_without_logind() if sessions is None else []
        if told or reasons:
            self._nobody_since = None
            return least_idle(told, reasons, _NO_SCREEN)
        if self._nobody_since is None:
            self._nobody_since = self._clock()
        return Told(self._clock() - self._nobody_since, "logind, since nobody is logged in")

    def full_screen(self) -> Told[str]:
        sessions, reason = self._logins()
        desktops = self._find_desktops(sessions)
        reasons = [reason] if reason and not desktops else []
        by = []
        for desktop in desktops:
            try:
                told = desktop.full_screen()
            except Untold as error:
                reasons.append(str(error))
                continue
            if told.value:
                return told
            by.append(told.by)
        reasons += self._unseen_screens(sessions, desktops)
        if reasons or (not by and sessions is None):
            raise Untold("; ".join(dict.fromkeys(reasons)) or _NO_SCREEN)
        return Told("", "; ".join(by) or "logind, by which nobody is logged in at a screen")

    def on_battery(self) -> Told[bool]:
        return draws_on_battery(self._supplies)

    def is_metered(self) -> Told[bool]:
        return self._metered()

    def close(self) -> None:
        for _, desktop in self._desktops.values():
            desktop.close()
        self._desktops = {}
        self._bus.close()

    def _logins(self) -> tuple[list[Session] | None, str]:
        """Who is logged in, or None and why that isn't known."""
        try:
            return self._sessions(), ""
        except Untold as error:
            return None, str(error)

    def _find_desktops(self, sessions: list[Session] | None) -> list[Desktop]:
        """Those of all logins at a screen, and the one that the node was started in. Where a login ended or another
        began, they are looked for anew; where none was found, once a minute."""
        at_screens: dict[int, frozenset[str]] = {}
        for session in sessions or ():
            if session.is_graphical:
                at_screens[session.uid] = at_screens.get(session.uid, frozenset()) | {session.path}
        if has_screen(self._environ):
            at_screens.setdefault(os.getuid(), frozenset())
        if sessions is None:
            at_screens |= {uid: paths for uid, (paths, _) in self._desktops.items()}
        for uid in [uid for uid in self._desktops if self._desktops[uid][0] != at_screens.get(uid)]:
            self._desktops.pop(uid)[1].close()
            self._finds_again_at.pop(uid, None)
        for uid, paths in at_screens.items():
            if uid not in self._desktops and self._clock() >= self._finds_again_at.get(uid, 0.0):
                self._finds_again_at[uid] = self._clock() + _FINDS_AGAIN_SECONDS
                if variables := find_environment(uid, self._environ, self._own_pid):
                    desktop = Desktop(
                        uid, variables, self._clock, self._executable_of, answer_seconds=self._answer_seconds
                    )
                    self._desktops[uid] = (paths, desktop)
        return [desktop for _, desktop in self._desktops.values()]

    def _unseen_screens(self, sessions: list[Session] | None, desktops: list[Desktop]) -> list[str]:
        seen = {desktop.uid for desktop in desktops}
        others = {session.uid for session in sessions or () if session.is_graphical} - seen
        return [f"the screen of user {uid} can't be seen by the node, which is user {os.getuid()}" for uid in others]

    def _typed(self, terminal: str) -> Told[float]:
        return terminal_idle(terminal, self._wall_clock())

    def _terminals_without_logind(self) -> list[Told[float]]:
        """Logins by the system's old list of them, which not every system keeps."""
        told = []
        for user in psutil.users():
            try:
                told.append(self._typed(f"/dev/{user.terminal}"))
            except Untold:
                continue  # a login at a screen has none
        return told
