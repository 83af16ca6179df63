"""The confined box of Linux: bubblewrap, started through a gate, with its uid dropped where the agent is root."""

import asyncio
import contextlib
import os
import secrets
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from agent.interpreters import Interpreter
from agent.sandbox import contract, gate
from agent.sandbox.base import (
    BoxLimits,
    BoxNotStarted,
    BoxSpec,
    Confinement,
    DiskLimits,
    OnLine,
    RunningBox,
    Sandbox,
    Workspace,
)
from agent.sandbox.box_python import box_python
from agent.sandbox.box_start import START_SECONDS, BoxStart, answer
from agent.sandbox.bubblewrap_arguments import ETC_FILES, BoxPython, HostFacts, PassedFds, box_arguments, tool_arguments
from agent.sandbox.cgroups import Cgroups, UnitCgroup
from agent.sandbox.disk_images import DiskImage, find_image, mount_again, unmount_below
from agent.sandbox.leftovers import MARK_VARIABLE, box_mark, kill_leftovers
from agent.sandbox.nvidia import GpuBinds, find_gpu
from agent.sandbox.undertaker import RUN_VARIABLE, Undertaker
from agent.sandbox.watcher import MachineFloor
from agent.sandbox.workspace import hand_over, prepare_unit_folders, remove_tree_now, scratch_folder


class _Ready(NamedTuple):
    """What has to be looked up before a box is made, off the event loop."""

    python: BoxPython
    gpu: GpuBinds | None
    image: DiskImage | None


class BubblewrapSandbox(Sandbox):
    """See `Sandbox`. `uids` are the slots' own uids for a root agent, None when units run with the agent's.

    `seccomp_program` is the filter of system calls that every box gets; `cgroups` is None where the watcher has to do.
    Without `makes_images` (root's to make) units write to ordinary folders.
    """

    def __init__(
        self,
        *,
        bwrap: str,
        host: HostFacts,
        workspace_root: Path,
        confinement: Confinement,
        uids: range | None,
        floor: MachineFloor,
        seccomp_program: bytes,
        cgroups: Cgroups | None,
        confines_tools: bool,
        makes_images: bool,
    ) -> None:
        self.confinement = confinement
        self.workspace_root = workspace_root
        self._bwrap = bwrap
        self._host = host
        self._uids = uids
        self._floor = floor
        self._seccomp_program = seccomp_program
        self._cgroups = cgroups
        self._confines_tools = confines_tools
        self._makes_images = makes_images
        self._run = secrets.token_hex(16)
        self._undertaker: Undertaker | None = None
        self._undertaker_lock = threading.Lock()  # boxes start side by side; a second one would end all

    async def start(self, spec: BoxSpec, on_line: OnLine) -> RunningBox:
        """See `Sandbox`."""
        ready = await asyncio.to_thread(self._make_ready, spec)
        cgroup = await asyncio.to_thread(self._make_cgroup, spec)
        start = BoxStart(spec, on_line)
        with contextlib.ExitStack() as to_close:
            process, status = self._spawn(spec, ready, to_close)
            try:
                return await start.through_the_gate(process, status, self._floor, cgroup, ready.image)
            except BaseException:
                await asyncio.to_thread(self._give_up, process, spec.attempt_id)
                if cgroup is not None:
                    cgroup.remove()
                await start.streams.drained()
                for pipe in (process.stdout, process.stderr):
                    if pipe is not None:  # one that the streams had not taken over yet
                        pipe.close()
                raise

    def prepare_workspace(self, attempt_id: str, slot: int, limits: DiskLimits) -> Workspace:
        """See `Sandbox`."""
        image = limits if self._makes_images else None
        return prepare_unit_folders(self.workspace_root, attempt_id, self._uid(slot), image)

    def reopen_workspace(self, attempt_id: str) -> None:
        """See `Sandbox`."""
        if self._uids is not None:
            mount_again(scratch_folder(self.workspace_root, attempt_id))

    def close_workspace(self, attempt_id: str) -> None:
        """See `Sandbox`."""
        if self._uids is not None:
            unmount_below(scratch_folder(self.workspace_root, attempt_id))

    def tool_prefix(self, folder: Path) -> list[str]:
        """See `Sandbox`."""
        return [self._bwrap, *tool_arguments(folder)] if self._confines_tools else []

    async def remove_tree(self, path: Path) -> None:
        """See `Sandbox`."""
        await asyncio.to_thread(remove_tree_now, path)

    async def sweep(self) -> list[int]:
        """See `Sandbox`."""
        return await asyncio.to_thread(kill_leftovers, self.workspace_root, self._uids or ())

    def probe(self, interpreter: Interpreter, command: Callable[[str], list[str]]) -> str | None:
        """Run a command in a box made exactly as a unit's (blocking); None if it ended with 0, else what was said.

        `command` gets the executable of the interpreter as the box sees it.
        """
        folders = self.prepare_workspace(f"probe-{secrets.token_hex(8)}", 0, _PROBE_DISK)
        try:
            spec = probe_spec(folders, interpreter)
            ready = self._make_ready(spec)
            return self._run_once(spec, ready, command(ready.python.executable))
        finally:
            remove_tree_now(Path(folders.folder))

    def _run_once(self, spec: BoxSpec, ready: _Ready, command: list[str]) -> str | None:
        with contextlib.ExitStack() as to_close:
            process, _ = self._spawn(spec, ready, to_close, command)
            try:
                said, complained = process.communicate(gate.GO, timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return f"bubblewrap did not finish in {START_SECONDS:.0f} seconds"
        if process.returncode == 0 and said.decode(errors="replace").strip() == gate.READY:
            return None
        words = complained.decode(errors="replace").strip()
        return words or f"bubblewrap ended with {process.returncode} and said nothing"

    def _give_up(self, process: subprocess.Popen[bytes], attempt_id: str) -> None:
        # Killed in its first milliseconds, bubblewrap leaves its other half waiting: so everything with the mark goes.
        process.kill()
        kill_leftovers(self.workspace_root, (), attempt_id)
        answer(process, b"")
        process.wait()

    def _uid(self, slot: int) -> int | None:
        return None if self._uids is None else self._uids[slot % len(self._uids)]

    def _make_ready(self, spec: BoxSpec) -> _Ready:
        uid = self._uid(spec.slot)
        for name in spec.inputs:
            _make_mount_point(spec.inputs, name)
        if uid is not None:
            hand_over(spec.output_dir, uid)
            hand_over(spec.checkpoint_dir, uid)
        python = box_python(spec.interpreter, self.workspace_root / "interpreters", uid is not None)
        gpu = find_gpu(spec.gpu_uuid) if spec.gpu_uuid is not None else None
        return _Ready(python, gpu, find_image(Path(spec.output_dir).parent))

    def _make_cgroup(self, spec: BoxSpec) -> UnitCgroup | None:
        name = f"gpu-agent-{self._run}-"
        with self._undertaker_lock:
            if self._undertaker is None:
                begun = self._cgroups.folders(name) if self._cgroups is not None else []
                self._undertaker = Undertaker(self._run, begun)
        if self._cgroups is None:
            return None
        try:
            return self._cgroups.make(f"{name}{spec.attempt_id}", spec.limits)
        except OSError as error:
            raise BoxNotStarted(f"the unit's cgroup could not be made: {error}") from error

    def _spawn(
        self, spec: BoxSpec, ready: _Ready, to_close: contextlib.ExitStack, command: list[str] | None = None
    ) -> tuple[subprocess.Popen[bytes], int]:
        """Start bwrap; its process, and the reading end of its status pipe, which `to_close` closes."""

        def passed(fd: int) -> int:
            to_close.callback(os.close, fd)
            return fd

        status_read, status_write = os.pipe()
        passed(status_read)
        fds = PassedFds(
            etc={name: passed(gate.memory_file(name, text.encode())) for name, text in ETC_FILES.items()},
            status=passed(status_write),
            seccomp=passed(gate.memory_file("seccomp", self._seccomp_program)),
        )
        arguments = box_arguments(spec, self._host, ready.python, fds, ready.gpu)
        arguments_fd = passed(gate.memory_file("arguments", b"".join(os.fsencode(word) + b"\0" for word in arguments)))
        unit = command or [ready.python.executable, "-u", contract.script_argument(spec.script)]
        inherited = [*fds.etc.values(), fds.status, fds.seccomp, arguments_fd]
        process = _popen(
            [self._bwrap, "--args", str(arguments_fd), "--", *gate.gated(unit, spec.limits)],
            {MARK_VARIABLE: box_mark(self.workspace_root, spec.attempt_id), RUN_VARIABLE: self._run},
            inherited,
            self._uid(spec.slot),
        )
        return process, status_read


def _popen(
    command: list[str], environment: Mapping[str, str], inherited: list[int], uid: int | None
) -> subprocess.Popen[bytes]:
    # bwrap's command line and environment can be read inside as /proc/1's: neither holds a path of the host.
    # A session of its own, so that a Ctrl-C at the agent's terminal reaches the agent alone.
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd="/",
            pass_fds=inherited,
            start_new_session=True,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
        )
    except OSError as error:
        raise BoxNotStarted(f"bubblewrap could not be started: {error}") from error


def _make_mount_point(inputs: Mapping[str, str], name: str) -> None:
    """An input that lies in another is mounted on a folder there; the folder is ours to make, not the box's."""
    parts = name.split("/")
    for length in range(1, len(parts)):
        parent = inputs.get("/".join(parts[:length]))
        if parent is not None:
            try:
                Path(parent, *parts[length:]).mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError) as error:
                raise BoxNotStarted(f"a file stands where the input {name!r} belongs") from error


_PROBE_DISK = DiskLimits(disk_mb=16, files=10)
_PROBE_LIMITS = BoxLimits(
    memory_mb=256, disk_mb=16, output_files=10, process_count=64, open_files=64, wall_seconds=30.0, tmp_mb=1, shm_mb=1
)


def probe_spec(folders: Workspace, interpreter: Interpreter) -> BoxSpec:
    """A spec that binds all that a unit's does."""
    module = Path(folders.package_dir) / "training.py"
    module.touch()
    return BoxSpec(
        attempt_id=Path(folders.folder).name,
        slot=0,
        script="probe.py",
        interpreter=interpreter,
        package_dir=folders.package_dir,
        data_dir=folders.data_dir,
        inputs={"probe": folders.inputs_dir},
        site_packages_dir=folders.package_dir,
        training_module=str(module),
        output_dir=folders.output_dir,
        checkpoint_dir=folders.checkpoint_dir,
        environment={},
        limits=_PROBE_LIMITS,
    )
