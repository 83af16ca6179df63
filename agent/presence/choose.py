"""Which sensor this operating system has."""

import os
import sys

from agent.presence.base import PresenceSensor


class PresenceNotOffered(Exception):
    """Nothing is seen of other users on this operating system. The text is for the owner."""


def choose_presence(own_pid: int | None = None) -> PresenceSensor:
    """The sensor of this system, which looks at nothing yet; `own_pid` (this process) and what descends from it are
    nobody's programs. Raises PresenceNotOffered."""
    own_pid = os.getpid() if own_pid is None else own_pid
    if sys.platform.startswith("linux"):
        from agent.presence.linux import LinuxPresence

        return LinuxPresence(own_pid)
    if sys.platform == "win32":
        from agent.presence.windows import WindowsPresence

        return WindowsPresence(own_pid)
    if sys.platform == "darwin":
        from agent.presence.macos import MacosPresence

        return MacosPresence(own_pid)
    raise PresenceNotOffered(f"who uses this machine can't be seen on {sys.platform}")
