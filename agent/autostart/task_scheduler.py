"""A task of the Windows Task Scheduler, at its user's login. It has not been run there yet, and units run on Linux
alone. The task is the system's; the file that it was made of is kept, to be known again."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

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

TASK = r"\GPU-Agent\node"
_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"


class TaskSchedulerService(SystemService):
    """The task, made from a file in `folder`."""

    system = "Task Scheduler"

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gpu-agent-node.task.xml"

    def text(self, plan: ServicePlan) -> bytes:
        """See `SystemService`. A task has no variables of its own: it runs with its user's."""
        ElementTree.register_namespace("", _NAMESPACE)
        template = (RESOURCES / "gpu-agent-node.task.xml").read_text(encoding="utf-8")
        task = ElementTree.fromstring(template.partition("?>")[2])
        command = task.find(f".//{{{_NAMESPACE}}}Command")
        arguments = task.find(f".//{{{_NAMESPACE}}}Arguments")
        source = task.find(f".//{{{_NAMESPACE}}}Source")
        if command is None or arguments is None or source is None:
            raise ServiceRefused("The task's template is not whole.", hint="Install the program anew.")
        source.text = mark(plan)
        command.text, arguments.text = plan.command[0], subprocess.list2cmdline(plan.command[1:])
        # As UTF-8: schtasks takes it, and it can be read like the other systems' files.
        made: bytes = ElementTree.tostring(task, encoding="utf-8", xml_declaration=True)
        return made

    def state(self) -> ServiceState:
        """See `SystemService`."""
        there = self._read()
        said = run_tool(["schtasks", "/Query", "/TN", TASK, "/FO", "LIST"], may_fail=True)
        return ServiceState(
            system=self.system,
            file=str(self.file),
            is_installed=bool(said),
            is_ours=there is not None and MARK.encode() in there,
            starts_by_itself="Disabled" not in said if said else False,
            is_running="Running" in said,
            next_steps=[] if said else ["gpu-agent-node service install"],
        )

    def restart(self) -> None:
        """See `SystemService`."""
        run_tool(["schtasks", "/End", "/TN", TASK], may_fail=True)
        run_tool(["schtasks", "/Run", "/TN", TASK])

    def _take_in(self, *, is_new: bool) -> None:
        if is_new:
            run_tool(["schtasks", "/Create", "/TN", TASK, "/XML", str(self.file), "/F"])
        run_tool(["schtasks", "/Run", "/TN", TASK])

    def _let_go(self) -> None:
        run_tool(["schtasks", "/End", "/TN", TASK], may_fail=True)
        run_tool(["schtasks", "/Delete", "/TN", TASK, "/F"], may_fail=True)

    def _forget(self) -> None:
        pass  # it was let go whole
