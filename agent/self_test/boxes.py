"""Running one of the scripts of `inside/` in a box, as a unit is run, but behind all that units do."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

import agent.self_test.inside
from agent.interpreters import Interpreter
from agent.own_files import OwnFiles
from agent.sandbox.base import BoxExit, BoxLimits, BoxSpec, DiskLimits, RunningBox, Sandbox, StreamName
from agent.sandbox.supervised import come_last

SLOT = -1  # the last of all uids: units get theirs from the first on
LIMITS = BoxLimits(
    memory_mb=256,
    disk_mb=32,
    output_files=100,
    process_count=64,
    open_files=256,
    wall_seconds=120.0,  # the check ends it before
    tmp_mb=16,
    shm_mb=16,
    log_mb=1,
)
_MOST_SEEN = 1500


class Ran(msgspec.Struct, frozen=True):
    """How a script ended; `told` are the JSON objects among its lines, `said` what it complained of."""

    exit: BoxExit
    told: list[dict[str, Any]]
    said: str


class Started:
    """A script that runs. `first` is set with its first JSON object, or when it has ended."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        self.first = asyncio.Event()
        self.box: RunningBox | None = None

    def hear(self, stream: StreamName, line: str) -> None:
        """One line of it. What is no JSON object says nothing that counts."""
        if stream == "stderr":
            self.complaints.append(line)
            return
        with contextlib.suppress(msgspec.DecodeError):
            self.told.append(msgspec.json.decode(line, type=dict[str, Any]))
            self.first.set()


class Boxes:
    """Boxes for scripts of ours, one after the other. `test_id` names their folders."""

    def __init__(self, sandbox: Sandbox, interpreter: Interpreter, own_files: OwnFiles, test_id: str) -> None:
        self.sandbox = sandbox
        self._interpreter = interpreter
        self._own_files = own_files
        self._test_id = test_id
        self._count = 0

    @contextlib.asynccontextmanager
    async def started(
        self, script: str, given: dict[str, Any], *, limits: BoxLimits = LIMITS, gpu_uuid: str | None = None
    ) -> AsyncIterator[Started]:
        """A script while the block runs; at its end nothing is left of it. Raises BoxNotStarted, OSError."""
        self._count += 1
        box_id = f"{self._test_id}-{self._count}"
        disk = DiskLimits(limits.disk_mb, limits.output_files)
        workspace = await asyncio.to_thread(self.sandbox.prepare_workspace, box_id, SLOT, disk)
        running = Started()
        try:
            await asyncio.to_thread(_copy_script, script, Path(workspace.package_dir))
            spec = BoxSpec(
                attempt_id=box_id,
                slot=SLOT,
                script=script,
                interpreter=self._interpreter,
                package_dir=workspace.package_dir,
                data_dir=None,
                inputs={},
                site_packages_dir=None,
                training_module=str(self._own_files.training_module),
                output_dir=workspace.output_dir,
                checkpoint_dir=workspace.checkpoint_dir,
                environment={"SELF_TEST_GIVEN": msgspec.json.encode(given).decode()},
                limits=limits,
                gpu_uuid=gpu_uuid,
            )
            running.box = await self.sandbox.start(spec, running.hear)
            come_last(running.box.command_pid)
            yield running
        finally:
            if running.box is not None:
                await asyncio.shield(running.box.stop(0))
            await asyncio.shield(self.sandbox.remove_tree(Path(workspace.folder)))

    async def run(
        self, script: str, given: dict[str, Any], *, limits: BoxLimits = LIMITS, gpu_uuid: str | None = None
    ) -> Ran:
        """A script to its end. Raises BoxNotStarted, OSError."""
        async with self.started(script, given, limits=limits, gpu_uuid=gpu_uuid) as running:
            assert running.box is not None
            exit = await running.box.wait()
        return Ran(exit, running.told, "\n".join(running.complaints)[-_MOST_SEEN:])


def _copy_script(script: str, folder: Path) -> None:
    """In the bundle a module's file ends in .pyc; its source lies beside it."""
    source = Path(agent.self_test.inside.__file__).parent / script
    shutil.copyfile(source, folder / script)
    (folder / script).chmod(0o644)
