"""The box where nothing confines: the same contract with real paths, for jobs of the account that owns the node.

It keeps the wall clock, the memory and the disk, and ends everything; it hides nothing and forbids nothing.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from agent.sandbox import contract, gate
from agent.sandbox.base import BoxNotStarted, BoxSpec, Confinement, DiskLimits, OnLine, RunningBox, Sandbox, Workspace
from agent.sandbox.leftovers import MARK_VARIABLE, box_mark, kill_leftovers
from agent.sandbox.supervised import Ending, Streams, SupervisedBox, send_signal, yield_to_owner
from agent.sandbox.watcher import MachineFloor, SessionProcesses, Watch
from agent.sandbox.workspace import prepare_unit_folders, remove_tree_now, unit_folder


class UnconfinedSandbox(Sandbox):
    """See `Sandbox`. Limits on processes are not kept here: they would count all that the owner runs."""

    def __init__(self, *, workspace_root: Path, confinement: Confinement, floor: MachineFloor) -> None:
        self.confinement = confinement
        self.workspace_root = workspace_root
        self._floor = floor

    async def start(self, spec: BoxSpec, on_line: OnLine) -> RunningBox:
        """See `Sandbox`."""
        contract.check_spec(spec)
        view = await asyncio.to_thread(self._make_view, spec)
        streams = Streams(spec.limits.log_mb, on_line)
        process = self._spawn(spec, view)
        await streams.connect(process)
        with contextlib.ExitStack() as opened:
            command = os.pidfd_open(process.pid)
            opened.callback(os.close, command)
            yield_to_owner(process.pid)
            processes = SessionProcesses(process.pid)
            opened.callback(processes.close)
            return SupervisedBox(
                process=process,
                command_pid=process.pid,
                streams=streams,
                ending=Ending(
                    ask=lambda: send_signal(command, signal.SIGTERM),
                    kill=lambda: _kill_group(process.pid),
                    dead=lambda: self._kill_stragglers(spec.attempt_id),
                ),
                watch=Watch(processes, [spec.output_dir, spec.checkpoint_dir], spec.limits, self._floor),
                close=opened.pop_all().close,
            )

    def prepare_workspace(self, attempt_id: str, slot: int, limits: DiskLimits) -> Workspace:
        """See `Sandbox`; there is one uid for all slots, and the watcher keeps the limits."""
        return prepare_unit_folders(self.workspace_root, attempt_id, None)

    def reopen_workspace(self, attempt_id: str) -> None:
        """See `Sandbox`; ordinary folders are always open."""

    def close_workspace(self, attempt_id: str) -> None:
        """See `Sandbox`."""

    def tool_prefix(self, folder: Path) -> list[str]:
        """See `Sandbox`."""
        return []

    async def remove_tree(self, path: Path) -> None:
        """See `Sandbox`."""
        await asyncio.to_thread(remove_tree_now, path)

    async def sweep(self) -> list[int]:
        """See `Sandbox`."""
        return await asyncio.to_thread(kill_leftovers, self.workspace_root, ())

    async def _kill_stragglers(self, attempt_id: str) -> None:
        # Those that left the process group; a process that also cleared its environment can't be told from others.
        await asyncio.to_thread(kill_leftovers, self.workspace_root, (), attempt_id)

    def _make_view(self, spec: BoxSpec) -> Path:
        """A folder that shows inputs, the module of ours and a /tmp by the names they have in a confined box."""
        view = unit_folder(self.workspace_root, spec.attempt_id) / "view"
        remove_tree_now(view)
        for folder in (view / "inputs", view / "ours" / "gpu_agent", view / "home"):
            folder.mkdir(parents=True)
        (view / "ours" / "gpu_agent" / "training.py").symlink_to(spec.training_module)
        for name in sorted(spec.inputs):
            _show(spec.inputs, name, view / "inputs")
        return view

    def _spawn(self, spec: BoxSpec, view: Path) -> subprocess.Popen[bytes]:
        executable = spec.interpreter.executable
        site_packages = [spec.site_packages_dir] if spec.site_packages_dir is not None else []
        environment = contract.unit_environment(
            {**spec.environment, MARK_VARIABLE: box_mark(self.workspace_root, spec.attempt_id)},
            data=spec.data_dir,
            inputs=str(view / "inputs"),
            output=spec.output_dir,
            checkpoint=spec.checkpoint_dir,
            home=str(view / "home"),
            path=f"{Path(executable).parent}:/usr/bin:/bin",
            python_path=[str(view / "ours"), *site_packages],
            gpu_uuid=spec.gpu_uuid,
        )
        # The kernel ends it with the agent, where util-linux can ask for that; else the next start's sweep does.
        pdeathsig = [tool, "--pdeathsig", "KILL", "--"] if (tool := shutil.which("setpriv")) else []
        command = [executable, "-u", contract.script_argument(spec.script)]
        limited = gate.limited(command, spec.limits) if shutil.which("prlimit") else command
        try:
            return subprocess.Popen(
                [*pdeathsig, *limited],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                cwd=spec.package_dir,
                start_new_session=True,
            )
        except OSError as error:
            raise BoxNotStarted(f"{executable} could not be started: {error}") from error


def _show(inputs: dict[str, str], name: str, view: Path) -> None:
    """Put an input into the view, as real folders of hard links: a unit that follows no links finds what it would
    find in a confined box. `inputs` are shown in the order of their names, outer ones first."""
    try:
        shutil.copytree(inputs[name], view / name, symlinks=True, copy_function=_link_or_copy, dirs_exist_ok=True)
    except FileExistsError as error:
        raise BoxNotStarted(f"a file stands where the input {name!r} belongs") from error


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target, follow_symlinks=False)


def _kill_group(process_id: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process_id, signal.SIGKILL)
