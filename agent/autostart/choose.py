"""Which kind of service this machine has, and what it is to run."""

import getpass
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from agent.autostart.base import ServicePlan, ServiceRefused, SystemService
from agent.autostart.launchd import LaunchdService
from agent.autostart.systemd import SystemdService
from agent.autostart.task_scheduler import TaskSchedulerService
from core.sibling_commands import find_command

SYSTEM_UNITS = Path("/etc/systemd/system")
_PROGRAM = "gpu-agent-node"
_PASSED_ON = ("GPU_AGENT_STATE_DIR", "UV_DEFAULT_INDEX")
"""Variables that a node started by hand goes by: the service gets them, too. What holds a password doesn't travel:
anybody on the machine can read a service's."""


def service_of_this_system(environ: Mapping[str, str], *, is_users: bool = False) -> SystemService:
    """Root's is the system's, unless it `is_users`: it starts with the machine, and a root node confines units best."""
    if sys.platform == "win32":
        return TaskSchedulerService(Path(environ["LOCALAPPDATA"]) / "gpu-agent")
    if sys.platform == "darwin":
        return LaunchdService(Path.home() / "Library" / "LaunchAgents")
    if os.geteuid() == 0 and not is_users:
        return SystemdService(SYSTEM_UNITS, is_users=False, user="root")
    config = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return SystemdService(config / "systemd" / "user", is_users=True, user=getpass.getuser())


def services_of_this_system(environ: Mapping[str, str]) -> list[SystemService]:
    """All that may be there: root's may be the system's, and its own."""
    first = service_of_this_system(environ)
    both = [first, service_of_this_system(environ, is_users=True)]
    return both if both[0].file != both[1].file else [first]


def plan_of(
    data_dir: Path, environ: Mapping[str, str], *, insecure: bool = False, ca_file: Path | None = None
) -> ServicePlan:
    """This installation's node program, for that data folder. Raises ServiceRefused where it is not installed."""
    program = find_command(_PROGRAM, executable=sys.executable, script=sys.argv[0])
    if program is None:
        raise ServiceRefused(
            f"{_PROGRAM} is not installed beside this program, so there is nothing that a service could start.",
            hint="Install gpu-agent whole: python3 build_scripts/run.py",
        )
    command = [program, "run", "--data-dir", str(data_dir)]
    command += ["--ca-file", str(ca_file.absolute())] if ca_file is not None else []
    command += ["--insecure"] if insecure else []
    return ServicePlan(command, data_dir, {name: environ[name] for name in _PASSED_ON if _may_travel(environ, name)})


def _may_travel(environ: Mapping[str, str], name: str) -> bool:
    return bool(environ.get(name)) and "@" not in environ[name]
