"""A systemd service: of the user's own manager, or for root of the system's, where units are confined best.

The file is ours, the rest is `systemctl`'s. Hardening is what leaves the box whole: no mount namespace, since units'
disks and their /proc must be mounted, and no filter of namespaces.
"""

import os
import re
import shutil
import stat
from pathlib import Path

from agent.autostart.base import (
    MARK,
    RESOURCES,
    ServicePlan,
    ServiceRefused,
    ServiceState,
    SystemService,
    mark,
    run_tool,
)

UNIT = "gpu-agent-node.service"
_BACKOFF_SINCE = 254
_BACKOFF = ("RestartSec=5", "RestartSteps=6", "RestartMaxDelaySec=300")
_NO_BACKOFF = ("RestartSec=30",)
_HARDENING = (
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "SystemCallArchitectures=native",
)
_SETUID_BWRAP = ("# bubblewrap is a set-uid program here, and would get no privileges with NoNewPrivileges.",)
_LINGER = Path("/var/lib/systemd/linger")


class SystemdService(SystemService):
    """`is_users`: the user manager's; else the system's, which only root may change."""

    system = "systemd"

    def __init__(self, folder: Path, *, is_users: bool, user: str, linger: Path = _LINGER) -> None:
        self.file = folder / UNIT
        self._is_users = is_users
        self._user = user
        self._linger = linger
        self._systemctl = ["systemctl", "--user"] if is_users else ["systemctl"]

    def text(self, plan: ServicePlan) -> bytes:
        """See `SystemService`."""
        template = RESOURCES / f"gpu-agent-node.{'user' if self._is_users else 'system'}.service"
        environment = [f"Environment={_quoted(f'{name}={value}')}" for name, value in sorted(plan.environment.items())]
        parts = {
            "@MARK@": [mark(plan)],
            "@COMMAND@": [" ".join(_quoted(word, is_command=True) for word in plan.command)],
            "@ENVIRONMENT@": environment,
            "@BACKOFF@": _BACKOFF if _version() >= _BACKOFF_SINCE else _NO_BACKOFF,
            "@HARDENING@": _SETUID_BWRAP if _bwrap_is_setuid() else _HARDENING,
        }
        lines = template.read_text(encoding="utf-8").splitlines()
        for place, put in parts.items():
            lines = [
                made
                for line in lines
                for made in ([line.replace(place, one) for one in put] if place in line else [line])
            ]
        return ("\n".join(lines) + "\n").encode()

    def state(self) -> ServiceState:
        """See `SystemService`."""
        there = self._read()
        if there is None:
            return ServiceState(
                system=self.system,
                file=str(self.file),
                is_installed=False,
                is_ours=False,
                starts_by_itself=False,
                is_running=False,
                next_steps=["gpu-agent-node service install"],
            )
        enabled = run_tool([*self._systemctl, "is-enabled", UNIT], may_fail=True)
        active = run_tool([*self._systemctl, "is-active", UNIT], may_fail=True)
        return ServiceState(
            system=self.system,
            file=str(self.file),
            is_installed=True,
            is_ours=MARK.encode() in there,
            starts_by_itself=enabled == "enabled" if enabled else None,
            is_running=active in ("active", "activating", "reloading", "deactivating") if active else None,
            detail=active,
            next_steps=self._next_steps(),
        )

    def restart(self) -> None:
        """See `SystemService`."""
        run_tool([*self._systemctl, "restart", UNIT])

    def _forget(self) -> None:
        """See `SystemService`."""
        run_tool([*self._systemctl, "daemon-reload"], may_fail=True)

    def _take_in(self, *, is_new: bool) -> None:
        if is_new:
            run_tool([*self._systemctl, "daemon-reload"])
        run_tool([*self._systemctl, "enable", "--now", UNIT])

    def _let_go(self) -> None:
        run_tool([*self._systemctl, "disable", "--now", UNIT])

    def _next_steps(self) -> list[str]:
        if not self._is_users or (self._linger / self._user).exists():
            return []
        return [f"to share also while you are not logged in: loginctl enable-linger {self._user}"]


def _quoted(word: str, *, is_command: bool = False) -> str:
    """A word as systemd reads it (systemd.service(5), systemd.syntax(7)). Raises ServiceRefused."""
    if not word.isprintable():
        raise ServiceRefused(f"{word!r} can't stand in a unit.", hint="Name folders without control characters.")
    word = word.replace("%", "%%")
    if is_command:
        word = word.replace("$", "$$")
    if re.fullmatch(r"[\w@%+=:,./$-]+", word, re.ASCII):
        return word
    inner = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def _version() -> int:
    found = re.match(r"systemd (\d+)", run_tool(["systemctl", "--version"]))
    return int(found[1]) if found is not None else 0


def _bwrap_is_setuid() -> bool:
    bwrap = shutil.which("bwrap")
    return bwrap is not None and bool(os.stat(bwrap).st_mode & stat.S_ISUID)  # noqa: PTH116 - a text
