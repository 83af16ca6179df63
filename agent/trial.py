"""A package run on this machine without any server: prepare, train and evaluate in this node's own box, as a job would.

What is printed of it is the command's business.
"""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from agent.box_spec import box_limits, disk_limits, output_limits, unit_variables
from agent.checkpoints import Snapshots
from agent.environments import Environments, choose_interpreter
from agent.interpreters import Interpreter
from agent.metrics_tail import MetricsTail, NewMetrics, follow_metrics
from agent.own_files import OwnFiles
from agent.sandbox.base import BoxExit, BoxSpec, RunningBox, Sandbox, Workspace
from agent.sandbox.outputs import OutputFile, copy_outputs
from agent.sandbox.supervised import come_last
from core.content.chunking import assemble, read_chunk, scan
from core.packages.archive import unpack
from core.packages.training_toml import TrainingToml
from core.protocol.node import UnitLimits

OnRoleLine = Callable[[str, str, str], None]
OnStep = Callable[[str], None]
OnMetrics = Callable[[str, NewMetrics], None]

_SCRATCH_MB = 10_240
_STAGE_MEMORY_MB = 512
_FIRST_SLOT = 0


class TrialUnit(msgspec.Struct, frozen=True):
    """How one unit went: its end in words, the newest value of each metric, and the files it left."""

    role: str
    exit_code: int | None
    run_seconds: float
    message: str
    metrics: dict[str, float]
    outputs: list[OutputFile]
    left_out: list[str]

    @property
    def succeeded(self) -> bool:
        """Whether a job would go on from here."""
        return self.exit_code == 0


class TrialTools(msgspec.Struct, frozen=True):
    """What a trial works with."""

    sandbox: Sandbox
    environments: Environments
    interpreters: Sequence[Interpreter]
    own_files: OwnFiles


class TrialPlan(msgspec.Struct, frozen=True):
    """What is tried: a sound package (a zip), what it says of itself, data, and parameters over its defaults. With a
    `checkpoint` (a folder) train goes on from it."""

    package: Path
    training: TrainingToml
    data: Path
    params: dict[str, Any]
    max_seconds: float
    checkpoint: Path | None = None


class _Step(msgspec.Struct, frozen=True):
    role: str
    script: str
    is_stage: bool
    inputs: tuple[str, ...]


def steps_of(training: TrainingToml) -> list[_Step]:
    """The units of a job up to evaluate; what the package has no script for, the platform's own does."""
    package = training.package
    return [
        _Step("prepare", package.prepare or "prepare.py", package.prepare is None, ()),
        _Step("train", package.entry, False, ("prepare",)),
        _Step("evaluate", package.evaluate or "evaluate.py", package.evaluate is None, ("prepare", "train")),
    ]


class Trial:
    """One trial in folders of its own, which `close` removes. `comes_last`: behind everything else on the machine."""

    def __init__(
        self,
        plan: TrialPlan,
        tools: TrialTools,
        trial_id: str,
        *,
        on_line: OnRoleLine,
        on_step: OnStep,
        on_metrics: OnMetrics,
        slot: int = _FIRST_SLOT,
        comes_last: bool = False,
    ) -> None:
        self._plan = plan
        self._tools = tools
        self._id = trial_id
        self._on_line = on_line
        self._on_step = on_step
        self._on_metrics = on_metrics
        self._slot = slot
        self._comes_last = comes_last
        self._workspaces: dict[str, Workspace] = {}
        self._package_dir = ""
        self._data_dir = ""
        self._site_packages_dir: Path | None = None
        self._interpreter: Interpreter | None = None
        self._running: RunningBox | None = None

    async def run(self) -> list[TrialUnit]:
        """Run the units in order, up to the first that fails.

        Raises EnvironmentFailed, BoxNotStarted, ApiError for what can't be unpacked or read, OSError of the disk.
        """
        training = self._plan.training
        interpreter = self._interpreter = choose_interpreter(self._tools.interpreters, training.package.python)
        if training.package.requirements:
            self._on_step(f"installing what the package requires: {', '.join(training.package.requirements)}")
        self._site_packages_dir = await self._tools.environments.site_packages(
            interpreter, training.package.requirements, None, self._id
        )
        first = await self._workspace(steps_of(training)[0])
        await asyncio.to_thread(unpack, self._plan.package, Path(first.package_dir))
        await asyncio.to_thread(_copy_data, self._plan.data, Path(first.data_dir))
        self._package_dir, self._data_dir = first.package_dir, first.data_dir
        self._on_step(f"preparing the box's Python {interpreter.version}")  # which may be copied, once
        done: list[TrialUnit] = []
        for step in steps_of(training):
            done.append(await self._run_step(step, interpreter))
            if not done[-1].succeeded:
                break
        return done

    async def keep_outputs(self, folder: Path) -> None:
        """Copy what the units left to `folder`/<role>, which must not be there yet."""
        for role, workspace in self._workspaces.items():
            source = Path(workspace.folder) / "result"
            if source.is_dir():
                await asyncio.to_thread(shutil.copytree, source, folder / role)

    async def keep_checkpoint(self, role: str, folder: Path) -> bool:
        """Copy the checkpoint that a unit left to `folder`, which must not be there yet; False if it left none."""
        newest = self._snapshot(role)
        if newest is not None:
            await asyncio.to_thread(shutil.copytree, newest, folder)
        return newest is not None

    async def close(self) -> None:
        """End what runs, and remove the trial's folders."""
        if self._running is not None:
            await self._running.stop(0)
        await self._tools.environments.release(self._id)
        for workspace in self._workspaces.values():
            await self._tools.sandbox.remove_tree(Path(workspace.folder))

    async def _workspace(self, step: _Step) -> Workspace:
        if step.role not in self._workspaces:
            limits = disk_limits(self._limits(step))
            prepare, name = self._tools.sandbox.prepare_workspace, f"{self._id}-{step.role}"
            self._workspaces[step.role] = await asyncio.to_thread(prepare, name, self._slot, limits)
        return self._workspaces[step.role]

    def _limits(self, step: _Step) -> UnitLimits:
        resources = self._plan.training.resources
        return UnitLimits(
            max_runtime_seconds=self._plan.max_seconds,
            memory_mb=_STAGE_MEMORY_MB if step.is_stage else resources.memory_mb,
            disk_mb=_SCRATCH_MB,
            vram_mb=0,
            cpus=1 if step.is_stage else resources.cpus,
        )

    async def _run_step(self, step: _Step, interpreter: Interpreter) -> TrialUnit:
        workspace, limits = await self._workspace(step), self._limits(step)
        if step.role == "train" and self._plan.checkpoint is not None:
            await asyncio.to_thread(_copy_readable, self._plan.checkpoint, Path(workspace.checkpoint_dir))
        inputs: dict[str, str] = {}
        for needed in step.inputs:
            inputs[needed] = str(await asyncio.to_thread(self._input_now, needed, workspace))
        uses_environment = not step.is_stage and self._site_packages_dir is not None
        spec = BoxSpec(
            attempt_id=f"{self._id}-{step.role}",
            slot=self._slot,
            script=step.script,
            interpreter=interpreter,
            package_dir=str(self._tools.own_files.stages_dir) if step.is_stage else self._package_dir,
            data_dir=self._data_dir,
            inputs=inputs,
            site_packages_dir=str(self._site_packages_dir) if uses_environment else None,
            training_module=str(self._tools.own_files.training_module),
            output_dir=workspace.output_dir,
            checkpoint_dir=workspace.checkpoint_dir,
            environment=unit_variables(params=self._plan.params, role=step.role, cpus=limits.cpus),
            limits=box_limits(limits, 0.0),
        )
        self._running = await self._tools.sandbox.start(
            spec, lambda stream, text: self._on_line(step.role, stream, text)
        )
        if self._comes_last:
            come_last(self._running.command_pid)
        newest: dict[str, float] = {}
        exit = await self._until_exit(step.role, self._running, Path(workspace.output_dir), newest)
        self._running = None
        return await self._collect(step, workspace, limits, exit, newest)

    async def _until_exit(self, role: str, running: RunningBox, output_dir: Path, newest: dict[str, float]) -> BoxExit:
        """Until the code has ended, telling what it logs; `newest` has the last value of each metric then."""

        def tell(seen: NewMetrics) -> None:
            for row in seen.rows:
                newest.update(row.values)
            self._on_metrics(role, seen)

        ended = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(follow_metrics(MetricsTail(output_dir), ended, tell))
            exit = await running.wait()
            ended.set()
        return exit

    def _input_now(self, needed: str, workspace: Workspace) -> Path:
        """The outputs of an earlier unit, and train's checkpoint, as the next one finds them."""
        source = self._workspaces[needed]
        folder = Path(workspace.inputs_dir) / needed
        _copy_readable(Path(source.folder) / "result", folder)
        newest = self._snapshot(needed)
        if needed == "train" and newest is not None:
            _copy_readable(newest, folder / "checkpoint")
        return folder

    def _snapshot(self, role: str) -> Path | None:
        """The checkpoint that a unit left, taken after its end."""
        workspace = self._workspaces.get(role)
        newest = None if workspace is None else Path(workspace.folder) / "snapshots" / "1"
        return newest if newest is not None and newest.is_dir() else None

    async def _collect(
        self, step: _Step, workspace: Workspace, limits: UnitLimits, exit: BoxExit, metrics: dict[str, float]
    ) -> TrialUnit:
        taking = output_limits(limits)
        result = Path(workspace.folder) / "result"
        await asyncio.to_thread(result.mkdir, mode=0o700)
        files, problems = await asyncio.to_thread(copy_outputs, Path(workspace.output_dir), result, taking)
        snapshots = Snapshots(Path(workspace.checkpoint_dir), Path(workspace.folder) / "snapshots", taking)
        _, left_out = await snapshots.take(final=True)
        stopped = exit.stop is not None
        return TrialUnit(
            role=step.role,
            exit_code=None if stopped else exit.exit_code,
            run_seconds=round(exit.run_seconds, 3),
            message=exit.message,
            metrics=metrics,
            outputs=files,
            left_out=[*problems, *left_out],
        )


def _copy_readable(source: Path, target: Path) -> None:
    """Copy a folder that only we can enter to one that the unit's uid can enter too."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    target.chmod(0o755)


def _copy_data(data: Path, folder: Path) -> None:
    """The data as a unit finds them: read-only, a folder also where it is one file."""
    found = scan(data)
    assemble(found.manifest, folder, lambda digest: read_chunk(found.sources[digest]))
