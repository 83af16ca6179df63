"""Who is logged in, as logind tells: screens, consoles and remote shells, and since when each is idle."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from agent.presence.base import Told, Untold, harmless
from agent.presence.bus import Bus, Place

_LOGIND = "org.freedesktop.login1"
_MANAGER = Place("logind", _LOGIND, "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
_GRAPHICAL = ("x11", "wayland", "mir")
_MOST_SESSIONS = 200
_KNOWN_SECONDS = 60.0


class Session(NamedTuple):
    """One login. `kind` is x11, wayland, tty, …; `terminal` is a device's path, "" where it has none."""

    path: str
    uid: int
    kind: str
    terminal: str

    @property
    def is_graphical(self) -> bool:
        return self.kind in _GRAPHICAL


class Logind:
    """Asks for the list at each look, for a login's own facts once a minute."""

    def __init__(self, system_bus: Bus, clock: Callable[[], float]) -> None:
        """`clock` is CLOCK_MONOTONIC in seconds, in which logind tells times."""
        self._bus = system_bus
        self._clock = clock
        self._known: dict[str, Session | None] = {}
        self._forgets_at = 0.0

    def sessions(self) -> list[Session]:
        """Logins of people, greeters and the like not among them. Raises Untold where there is no logind."""
        listed = self._bus.call(_MANAGER, "ListSessions")[0]
        if not isinstance(listed, list):
            raise Untold("logind answers in another form")
        if (now := self._clock()) >= self._forgets_at:
            self._known, self._forgets_at = {}, now + _KNOWN_SECONDS
        known: dict[str, Session | None] = {}
        for entry in listed[:_MOST_SESSIONS]:
            path, uid = str(entry[4]), int(entry[1])
            known[path] = self._known[path] if path in self._known else self._look(path, uid)
        self._known = known
        return [session for session in known.values() if session is not None]

    def idle(self, session: Session) -> Told[float]:
        """Seconds since a graphical login has been idle, by the hint that its desktop gives. Raises Untold where the
        desktop never gave any: then it says "not idle" for ever."""
        facts = self._bus.get_all(_session(session.path))
        since = facts.get("IdleSinceHintMonotonic")
        if not isinstance(since, int) or since == 0:
            raise Untold(f"the desktop of login {_number(session)} doesn't tell logind when it is idle")
        seconds = max(0.0, self._clock() - since / 1e6) if facts.get("IdleHint") is True else 0.0
        return Told(seconds, f"logind's hint for login {_number(session)}")

    def _look(self, path: str, uid: int) -> Session | None:
        try:
            facts = self._bus.get_all(_session(path))
        except Untold:
            return None  # it has just ended
        if not str(facts.get("Class", "user")).startswith("user") or facts.get("State") == "closing":
            return None
        terminal = str(facts.get("TTY") or "")
        return Session(
            path,
            uid,
            str(facts.get("Type", "")),
            f"/dev/{terminal}" if terminal and ".." not in terminal else "",
        )


def _session(path: str) -> Place:
    return Place("logind", _LOGIND, path, "org.freedesktop.login1.Session")


def _number(session: Session) -> str:
    return harmless(session.path.rpartition("/")[2])


def terminal_idle(terminal: str, now: float) -> Told[float]:
    """Seconds since somebody typed at a terminal (the kernel is exact to 8 s); `now` is the wall's clock, which its
    times are in. Raises Untold."""
    try:
        facts = Path(terminal).stat()
    except OSError as error:
        raise Untold(f"{harmless(terminal)} can't be seen: {error.strerror}") from None
    if not stat.S_ISCHR(facts.st_mode):
        raise Untold(f"{harmless(terminal)} is no terminal")
    return Told(max(0.0, now - facts.st_atime), f"what was typed at {harmless(Path(terminal).name)}")
