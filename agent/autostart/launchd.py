"""A launch agent of the user's on macOS. It has not been run there yet, and units run on Linux alone."""

import os
import plistlib
from pathlib import Path

from agent.autostart.base import MARK, RESOURCES, ServicePlan, ServiceState, SystemService, mark, run_tool

LABEL = "io.gpu-agent.node"


class LaunchdService(SystemService):
    """A property list in `folder`, which launchd reads at login."""

    system = "launchd"

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"{LABEL}.plist"
        self._domain = f"gui/{os.getuid()}" if os.name == "posix" else ""

    def text(self, plan: ServicePlan) -> bytes:
        """See `SystemService`."""
        entry = plistlib.loads((RESOURCES / f"{LABEL}.plist").read_bytes())
        entry["ProgramArguments"] = plan.command
        entry["EnvironmentVariables"] = {**plan.environment, "GPU_AGENT_SERVICE": mark(plan)}
        return plistlib.dumps(entry)

    def state(self) -> ServiceState:
        """See `SystemService`."""
        there = self._read()
        said = run_tool(["launchctl", "print", f"{self._domain}/{LABEL}"], may_fail=True) if there is not None else ""
        return ServiceState(
            system=self.system,
            file=str(self.file),
            is_installed=there is not None,
            is_ours=there is not None and MARK.encode() in there,
            starts_by_itself=there is not None,
            is_running="state = running" in said,
            next_steps=[] if there is not None else ["gpu-agent-node service install"],
        )

    def restart(self) -> None:
        """See `SystemService`."""
        run_tool(["launchctl", "kickstart", "-k", f"{self._domain}/{LABEL}"])

    def _take_in(self, *, is_new: bool) -> None:
        if is_new:
            run_tool(["launchctl", "bootout", f"{self._domain}/{LABEL}"], may_fail=True)
        run_tool(["launchctl", "bootstrap", self._domain, str(self.file)], may_fail=not is_new)

    def _let_go(self) -> None:
        run_tool(["launchctl", "bootout", f"{self._domain}/{LABEL}"], may_fail=True)

    def _forget(self) -> None:
        pass  # it was let go whole
