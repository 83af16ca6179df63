"""What one attempt does on this machine: fetch, environment, box, metrics, checkpoints, result, uploads.

Carries out the brain's instructions for one attempt and tells how they went as events; decides nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from agent.box_spec import box_limits, disk_limits, output_limits, variables_of
from agent.checkpoints import Snapshots, Unsettled, remove_contents_now
from agent.contents import MAY_STAY, Contents
from agent.disk_room import DiskRoom, NoDiskRoom
from agent.durable import sync_file_system
from agent.environments import EnvironmentFailed, Environments, choose_interpreter
from agent.events import (
    AttemptTrouble,
    BoxExited,
    BoxStarted,
    BytesMoved,
    CheckpointTaken,
    EnvironmentReady,
    Event,
    FetchDone,
    Line,
    MetricsSeen,
    OutputsScanned,
    ProfileTold,
    UploadDone,
    UploadFailed,
    UrlsWanted,
)
from agent.fetching import ChunkDamaged, FetchFailed, UrlBook
from agent.gpu_work import GpuWork
from agent.interpreters import Interpreter
from agent.metrics_tail import MetricsTail, NewMetrics, follow_metrics
from agent.own_files import OwnFiles
from agent.sandbox.base import BoxNotStarted, BoxSpec, RunningBox, Sandbox, Workspace
from agent.sandbox.contract import is_plain_path
from agent.sandbox.nvidia import GpuNotThere
from agent.sandbox.outputs import FolderClosed, copy_outputs
from agent.sandbox.workspace import remove_tree_now, scratch_folder, unit_folder
from agent.uploading import Uploader, UploadRefused
from core.content.chunking import ChunkSource, Scan, scan
from core.errors import ApiError, ErrorCode
from core.protocol.node import ChunkUpload, Content, Fault, Lease

Emit = Callable[[Event], None]


class CheckpointDamaged(Exception):
    """The checkpoint that the lease begins with is not whole on the server: the one before may be."""


class UnitTools(msgspec.Struct, frozen=True):
    """What all units of a node work with. `passing_contents` are those of which nothing stays when a unit has ended."""

    sandbox: Sandbox
    contents: Contents
    passing_contents: Contents
    disk: DiskRoom
    environments: Environments
    uploader: Uploader
    interpreters: Sequence[Interpreter]
    own_files: OwnFiles
    gpus: GpuWork


class _Prepared(msgspec.Struct):
    slot: int
    workspace: Workspace
    package_dir: Path
    data_dir: Path | None
    inputs: dict[str, str]
    interpreter: Interpreter | None = None
    site_packages_dir: Path | None = None


class UnitRun:
    """One attempt's work. Every method but `remove` ends in one event, also where it fails as it may."""

    def __init__(self, lease: Lease, tools: UnitTools, emit: Emit) -> None:
        self.lease = lease
        self._tools = tools
        self._emit = emit
        self._contents = tools.contents if lease.sensitivity in MAY_STAY else tools.passing_contents
        self._id = lease.attempt_id
        folder = unit_folder(tools.sandbox.workspace_root, self._id)
        scratch = scratch_folder(tools.sandbox.workspace_root, self._id)
        self._output_dir = scratch / "output"
        self._checkpoint_dir = scratch / "checkpoint"
        self._result_dir = folder / "result"
        self._snapshots = Snapshots(self._checkpoint_dir, folder / "snapshots", output_limits(lease.limits))
        self._result: Scan | None = None
        self._book = UrlBook(
            _urls(lease),
            lambda digests: emit(UrlsWanted(self._id, digests)),
            lambda size: emit(BytesMoved(self._id, bytes_in=size)),
        )
        self._prepared: _Prepared | None = None
        self._making: asyncio.Task[Workspace] | None = None
        self._reopening: asyncio.Task[None] | None = None
        self._box: RunningBox | None = None
        self._run_seconds = 0.0

    def add_urls(self, urls: dict[str, str]) -> None:
        """The answer to UrlsWanted."""
        self._book.add(urls)

    async def fetch(self, slot: int) -> None:
        """Bring everything into place; after a restart the newest snapshot of the checkpoint too."""
        try:
            self._prepared = await self._fetch(slot)
        except CheckpointDamaged as error:
            self._fail(Fault.NODE, "checkpoint", f"the checkpoint can't be loaded: {error}")
        except FetchFailed as error:
            self._fail(Fault.NODE, "data", str(error))
        except NoDiskRoom as error:
            self._fail(Fault.NODE, "disk", str(error))
        except ApiError as error:
            rejected = error.code in (ErrorCode.PACKAGE_REJECTED, ErrorCode.VALIDATION_FAILED)
            self._fail(Fault.CUSTOMER if rejected else Fault.NODE, "package" if rejected else "data", error.message)
        except OSError as error:
            self._fail(Fault.NODE, "disk", f"the files could not be written: {error.strerror or error}")
        else:
            self._emit(FetchDone(self._id))

    async def build_environment(self, python: str, requirements: list[str], lock: str | None) -> None:
        """Choose an interpreter and install what is required."""
        prepared = self._require_prepared()
        try:
            prepared.interpreter = choose_interpreter(self._tools.interpreters, python)
            prepared.site_packages_dir = await self._tools.environments.site_packages(
                prepared.interpreter, requirements, lock, self._id
            )
        except EnvironmentFailed as error:
            self._fail(error.fault, error.code, str(error))
        except OSError as error:
            self._fail(Fault.NODE, "disk", f"the environment could not be written: {error.strerror or error}")
        else:
            self._emit(EnvironmentReady(self._id))

    async def run_box(self, run_seconds: float) -> None:
        """Run the code to its end, telling lines and metrics."""
        self._run_seconds = run_seconds
        gpu = self.lease.gpu_uuid
        if gpu is None:
            await self._run_box()
            return
        if why_lost := await self._tools.gpus.why_lost(gpu):
            self._fail(Fault.NODE, "driver", why_lost)
            return
        async with self._tools.gpus.held(gpu, lambda told: self._emit(ProfileTold(self._id, told.words, told.refused))):
            await self._run_box()

    async def _run_box(self) -> None:
        spec = self._box_spec(self._require_prepared(), self._run_seconds)
        try:
            box = await self._tools.sandbox.start(spec, lambda stream, text: self._emit(Line(self._id, stream, text)))
        except GpuNotThere as error:
            self._fail(Fault.NODE, "driver", str(error))
            return
        except BoxNotStarted as error:
            self._fail(Fault.NODE, "box", f"the box could not be started: {error}")
            return
        self._box = box
        self._allow()  # it may have been extended while the box was made
        self._emit(BoxStarted(self._id, await self._gpu_joules()))
        tail = MetricsTail(self._output_dir)
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(follow_metrics(tail, ended, self._tell_metrics))
            exit = await box.wait()
            ended.set()
        try:  # what the code left must outlive a power cut once the journal says that it has ended
            await asyncio.to_thread(self._save_now)
        except OSError as error:
            self._fail(Fault.NODE, "disk", f"the outputs could not be saved: {error.strerror or error}")
            return
        self._box = None
        gpu = self.lease.gpu_uuid
        why_lost = await self._tools.gpus.why_lost(gpu) if gpu is not None and exit.exit_code != 0 else ""
        self._emit(BoxExited(self._id, exit, await self._gpu_joules(), why_lost))

    def extend(self, max_runtime_seconds: float) -> None:
        """Let the code run so many seconds in all, also code that runs already."""
        limits = msgspec.structs.replace(self.lease.limits, max_runtime_seconds=max_runtime_seconds)
        self.lease = msgspec.structs.replace(self.lease, limits=limits)
        self._allow()

    def _allow(self) -> None:
        if self._box is not None:
            self._box.allow(box_limits(self.lease.limits, self._run_seconds).wall_seconds)

    async def stop_box(self, grace_seconds: float) -> None:
        """Ask the code to end; that it has ended is told by `run_box`."""
        if self._box is not None:
            await self._box.stop(grace_seconds)

    async def take_checkpoint(self, *, final: bool) -> None:
        """Save the checkpoint folder as it is."""
        try:
            await self._reopen()
            snapshot, problems = await self._snapshots.take(final=final)
        except Unsettled as error:
            self._emit(CheckpointTaken(self._id, trouble=str(error)))
        except ApiError as error:
            self._emit(CheckpointTaken(self._id, trouble=error.message))
        except OSError as error:
            self._emit(CheckpointTaken(self._id, trouble=error.strerror or str(error)))
        else:
            for problem in problems:
                self._emit(Line(self._id, "platform", f"left out of the checkpoint: {problem}"))
            self._emit(CheckpointTaken(self._id, snapshot))

    async def keep_snapshots(self, names: list[str]) -> None:
        """Remove snapshots that nobody needs any more."""
        await asyncio.to_thread(self._snapshots.keep_now, names)

    async def scan_outputs(self) -> None:
        """Copy what the code left as its result to where nobody writes, and cut it into chunks."""
        try:
            await self._reopen()
            problems = await asyncio.to_thread(self._collect_now)
        except ApiError as error:
            self._fail(Fault.CUSTOMER, "outputs", f"the outputs can't be taken: {error.message}")
        except FolderClosed as error:
            self._fail(Fault.CUSTOMER, "outputs", f"the outputs can't be taken: {error.strerror}")
        except OSError as error:
            self._fail(Fault.NODE, "disk", f"the outputs could not be saved: {error.strerror or error}")
        else:
            for problem in problems:
                self._emit(Line(self._id, "platform", f"left out of the result: {problem}"))
            if self._result is not None:
                self._emit(OutputsScanned(self._id, self._result.manifest))

    async def upload(self, number: int, uploads: list[ChunkUpload]) -> None:
        """Send chunks that the server lacks."""
        try:
            await self._tools.uploader.upload(uploads, self._source_now, self._sent)
        except UploadRefused as error:
            self._emit(UploadFailed(self._id, number, str(error)))
        else:
            self._emit(UploadDone(self._id, number))

    def _sent(self, size: int) -> None:
        self._emit(BytesMoved(self._id, bytes_out=size))

    async def leave(self) -> None:
        """Kill what runs; another run of the agent goes on from what the disk holds. Raises OSError."""
        await self.stop_box(0)
        await self._mounted()
        await asyncio.to_thread(self._tools.sandbox.close_workspace, self._id)

    async def remove(self) -> None:
        """Kill what runs and delete everything of the attempt."""
        if self._box is not None:
            await self._box.stop(0)
        await self._mounted()
        await self._contents.release(self._id)
        await self._tools.environments.release(self._id)
        await self._tools.sandbox.remove_tree(unit_folder(self._tools.sandbox.workspace_root, self._id))

    # ---- how --------------------------------------------------------------------------------------------------------

    async def _fetch(self, slot: int) -> _Prepared:
        missing = [content for content in contents_of(self.lease) if content.digest not in self._contents]
        with self._tools.disk.reserved({content.digest: content.manifest.size_bytes for content in missing}):
            return await self._brought(slot)

    async def _brought(self, slot: int) -> _Prepared:
        lease, contents = self.lease, self._contents
        prepare = self._tools.sandbox.prepare_workspace
        making = asyncio.create_task(asyncio.to_thread(prepare, self._id, slot, disk_limits(lease.limits)))
        self._making = making
        package_dir = self._tools.own_files.stages_dir
        if lease.package is not None:
            package_dir = await contents.package(lease.package, self._id, self._book)
        data_dir = await contents.data(lease.data, self._id, self._book) if lease.data is not None else None
        workspace = await asyncio.shield(making)
        await asyncio.to_thread(remove_contents_now, Path(workspace.output_dir))
        inputs: dict[str, str] = {}
        for name, content in sorted(lease.inputs.items()):  # "train/checkpoint" is a folder in "train"
            if not is_plain_path(name):
                raise FetchFailed(f"not an input's name: {name!r}")
            folder = Path(workspace.inputs_dir) / name
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            await contents.put_together(content.manifest, folder, self._book)
            top = name.split("/", 1)[0]
            inputs[top] = str(Path(workspace.inputs_dir) / top)
        await self._restore_checkpoint(Path(workspace.checkpoint_dir))
        return _Prepared(slot, workspace, package_dir, data_dir, inputs)

    async def _restore_checkpoint(self, folder: Path) -> None:
        """The newest snapshot of this attempt if it was begun before, else what the lease says to go on from."""
        if await asyncio.to_thread(self._snapshots.restore_now):
            return
        await asyncio.to_thread(remove_contents_now, folder)
        if self.lease.checkpoint is not None:
            manifest = self.lease.checkpoint.content.manifest
            try:
                await self._contents.put_together(manifest, folder, self._book)
            except ChunkDamaged as error:
                raise CheckpointDamaged(str(error)) from error

    def _box_spec(self, prepared: _Prepared, run_seconds: float) -> BoxSpec:
        if prepared.interpreter is None:
            raise RuntimeError("a box is started after its environment")
        return BoxSpec(
            attempt_id=self._id,
            slot=prepared.slot,
            script=self.lease.script,
            interpreter=prepared.interpreter,
            package_dir=str(prepared.package_dir),
            data_dir=str(prepared.data_dir) if prepared.data_dir is not None else None,
            inputs=prepared.inputs,
            site_packages_dir=str(prepared.site_packages_dir) if prepared.site_packages_dir is not None else None,
            training_module=str(self._tools.own_files.training_module),
            output_dir=prepared.workspace.output_dir,
            checkpoint_dir=prepared.workspace.checkpoint_dir,
            environment=variables_of(self.lease),
            limits=box_limits(self.lease.limits, run_seconds),
            gpu_uuid=self.lease.gpu_uuid,
        )

    async def _gpu_joules(self) -> float | None:
        gpu = self.lease.gpu_uuid
        return None if gpu is None else await self._tools.gpus.joules(gpu)

    def _tell_metrics(self, seen: NewMetrics) -> None:
        self._emit(MetricsSeen(self._id, seen.rows, seen.step, seen.of))

    async def _mounted(self) -> None:
        """Until no thread mounts anything any more, which goes on when those that wait for it are cancelled."""
        mounting = [task for task in (self._making, self._reopening) if task is not None]
        await asyncio.gather(*mounting, return_exceptions=True)

    async def _reopen(self) -> None:
        if self._prepared is None:  # after a restart
            reopen = asyncio.to_thread(self._tools.sandbox.reopen_workspace, self._id)
            self._reopening = asyncio.create_task(reopen)
            await asyncio.shield(self._reopening)

    def _save_now(self) -> None:
        scratch = self._output_dir.parent  # the folders in it are the code's, which may have closed them
        sync_file_system(scratch)
        if scratch.is_mount():  # the image's own blocks, and its name
            sync_file_system(scratch.parent)

    def _collect_now(self) -> list[str]:
        remove_tree_now(self._result_dir)
        self._result_dir.mkdir(mode=0o700)
        _, problems = copy_outputs(self._output_dir, self._result_dir, output_limits(self.lease.limits))
        sync_file_system(self._result_dir)
        self._result = scan(self._result_dir)
        return problems

    def _source_now(self, digest: str) -> ChunkSource | None:
        if self._result is None and self._result_dir.is_dir():  # after a restart
            self._result = scan(self._result_dir)
        if self._result is not None and digest in self._result.sources:
            return self._result.sources[digest]
        return self._snapshots.source_now(digest)

    def _require_prepared(self) -> _Prepared:
        if self._prepared is None:
            raise RuntimeError("nothing was fetched yet")
        return self._prepared

    def _fail(self, fault: Fault, code: str, message: str) -> None:
        self._emit(AttemptTrouble(self._id, fault, code, message))


def contents_of(lease: Lease) -> list[Content]:
    """All that a lease has its node fetch."""
    contents = [lease.package, lease.data, *lease.inputs.values()]
    if lease.checkpoint is not None:
        contents.append(lease.checkpoint.content)
    return [content for content in contents if content is not None]


def _urls(lease: Lease) -> dict[str, str]:
    return {digest: url for content in contents_of(lease) for digest, url in content.urls.items()}
