"""Runs one unit in a real box and tells all that happened; as a program, for tests of another user or of a dying agent.

`python -m tests.agent.sandbox.drive MODE` reads a Case as JSON from stdin and prints an Outcome. With MODE `hold` it
prints the process ids of a unit that has said the awaited line, and then holds on to it until it is killed; with
`die-at-spawn` it kills itself with SIGKILL as soon as bubblewrap has been started; with `serve` it runs a Case a line.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from agent.interpreters import Interpreter, ask_interpreter, find_interpreters
from agent.sandbox.base import (
    BoxExit,
    BoxLimits,
    BoxNotStarted,
    BoxSpec,
    Confinement,
    DiskLimits,
    Sandbox,
    StreamName,
    Workspace,
)
from agent.sandbox.bubblewrap import BubblewrapSandbox
from agent.sandbox.choose import choose_sandbox
from agent.sandbox.outputs import OutputLimits, Problems, open_outputs
from agent.sandbox.unconfined import UnconfinedSandbox
from agent.sandbox.watcher import MachineFloor
from agent.sandbox.workspace import STATE_DIR_VARIABLE

LIMITS = BoxLimits(
    memory_mb=1000,
    disk_mb=200,
    output_files=1000,
    process_count=128,
    open_files=256,
    wall_seconds=60.0,
    tmp_mb=64,
    shm_mb=64,
)


class Case(msgspec.Struct):
    """One unit: what its folders hold, and what is done to it. Files are given by their text."""

    script: str
    folder: str = ""
    unconfined: bool = False
    package: dict[str, str] = {}
    data: dict[str, str] | None = None
    inputs: dict[str, dict[str, str]] = {}
    checkpoint: dict[str, str] = {}
    site_packages: str | None = None
    environment: dict[str, str] = {}
    limits: BoxLimits = LIMITS
    floor: MachineFloor = MachineFloor()
    executable: str | None = None
    script_name: str = "train.py"
    attempt_id: str = "attempt-1"
    stop_on: str | None = None
    grace_seconds: float = 30.0
    gpu_uuid: str | None = None
    clear: bool = True
    allow_seconds: float | None = None  # said once it runs


class Outcome(msgspec.Struct):
    """What came of it. `left` are processes that a sweep still found after the end."""

    confinement: Confinement
    exit: BoxExit | None = None
    not_started: str | None = None
    stdout: list[str] = []
    stderr: list[str] = []
    outputs: dict[str, str] = {}
    checkpoint: dict[str, str] = {}
    problems: list[str] = []
    left: list[int] = []
    workspace_root: str = ""
    first_line_seconds: float | None = None


def make_sandbox(case: Case) -> Sandbox:
    """The box of this machine, or the unconfined one where the case asks for it."""
    folder = Path(case.folder)
    environ = {STATE_DIR_VARIABLE: case.folder}
    sandbox = choose_sandbox(folder, environ=environ, floor=case.floor)
    if case.unconfined:
        return UnconfinedSandbox(
            workspace_root=sandbox.workspace_root, confinement=sandbox.confinement, floor=case.floor
        )
    return sandbox


def make_spec(case: Case, sandbox: Sandbox) -> tuple[BoxSpec, Workspace]:
    """Fill the folders and name them."""
    limits = DiskLimits(case.limits.disk_mb, case.limits.output_files)
    folders = sandbox.prepare_workspace(case.attempt_id, 0, limits)
    _write(folders.package_dir, {**case.package, case.script_name: case.script})
    _write(folders.data_dir, case.data or {})
    _write(folders.checkpoint_dir, case.checkpoint)
    inputs = {}
    for number, (name, files) in enumerate(case.inputs.items()):
        inputs[name] = f"{folders.inputs_dir}/{number}"
        _write(inputs[name], files)
    module = Path(folders.folder) / "training.py"
    module.write_text("WHOSE = 'ours'\n")
    spec = BoxSpec(
        attempt_id=case.attempt_id,
        slot=0,
        script=case.script_name,
        interpreter=_interpreter(case),
        package_dir=folders.package_dir,
        data_dir=folders.data_dir if case.data is not None else None,
        inputs=inputs,
        site_packages_dir=case.site_packages,
        training_module=str(module),
        output_dir=folders.output_dir,
        checkpoint_dir=folders.checkpoint_dir,
        environment=case.environment,
        limits=case.limits,
        gpu_uuid=case.gpu_uuid,
    )
    return spec, folders


def _interpreter(case: Case) -> Interpreter:
    found = find_interpreters() if case.executable is None else [ask_interpreter(case.executable)]
    if not found or found[0] is None:
        raise SystemExit("no interpreter for the unit")
    return found[0]


def _write(folder: str, files: dict[str, str]) -> None:
    Path(folder).mkdir(exist_ok=True)
    for name, text in files.items():
        file = Path(folder) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def read_folder(folder: str, problems: Problems) -> dict[str, str]:
    """What may be taken of a folder, each file's first 4 KiB as text."""
    limits = OutputLimits(files=1000, total_bytes=100_000_000, file_bytes=100_000_000)
    return {
        file.path: os.read(fd, 4096).decode("utf-8", "replace")
        for file, fd in open_outputs(Path(folder), limits, problems)
    }


async def run_case(case: Case, sandbox: Sandbox | None = None) -> Outcome:
    """Run the unit to its end."""
    sandbox = sandbox or make_sandbox(case)
    spec, folders = make_spec(case, sandbox)
    outcome = Outcome(sandbox.confinement, workspace_root=str(sandbox.workspace_root))
    said = asyncio.Event()
    began = time.perf_counter()

    def on_line(stream: StreamName, line: str) -> None:
        if outcome.first_line_seconds is None:
            outcome.first_line_seconds = time.perf_counter() - began
        (outcome.stdout if stream == "stdout" else outcome.stderr).append(line)
        if line == case.stop_on:
            said.set()

    try:
        box = await sandbox.start(spec, on_line)
        if case.allow_seconds is not None:
            box.allow(case.allow_seconds)
        if case.stop_on is None:
            outcome.exit = await box.wait()
        else:
            ended = asyncio.create_task(box.wait())
            awaited = asyncio.create_task(said.wait())
            await asyncio.wait([ended, awaited], return_when=asyncio.FIRST_COMPLETED)
            awaited.cancel()
            outcome.exit = await box.stop(case.grace_seconds)
            await ended
    except BoxNotStarted as error:
        outcome.not_started = str(error)
    outcome.left = await sandbox.sweep()
    problems = Problems()
    outcome.outputs = read_folder(folders.output_dir, problems)
    outcome.checkpoint = read_folder(folders.checkpoint_dir, problems)
    outcome.problems = problems.words
    if case.clear:
        await sandbox.remove_tree(Path(folders.folder))
    return outcome


async def serve() -> None:
    """Run a case a line, one after the other, in one and the same box-maker; an Outcome a line."""
    sandbox: Sandbox | None = None
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        case = msgspec.json.decode(line, type=Case)
        sandbox = sandbox or make_sandbox(case)
        outcome = await run_case(case, sandbox)
        sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")
        sys.stdout.flush()


async def hold_case(case: Case) -> None:
    """Start the unit, print its Python's process id once it has said the awaited line, and never let go."""
    sandbox = make_sandbox(case)
    spec, _ = make_spec(case, sandbox)
    said = asyncio.Event()
    box = await sandbox.start(spec, lambda stream, line: said.set() if line == case.stop_on else None)
    await said.wait()
    print(box.command_pid, flush=True)  # noqa: T201
    await box.wait()


class DyingSandbox(BubblewrapSandbox):
    """An agent that is killed at the worst moment: bubblewrap runs, the gate is not reached yet."""

    def _spawn(self, *arguments: object, **options: object) -> tuple[subprocess.Popen[bytes], int]:
        process, status = super()._spawn(*arguments, **options)  # type: ignore[arg-type]
        print(process.pid, flush=True)  # noqa: T201
        os.kill(os.getpid(), signal.SIGKILL)
        return process, status


async def die_at_spawn(case: Case) -> None:
    """Begin to start the unit; does not return."""
    sandbox = make_sandbox(case)
    spec, _ = make_spec(case, sandbox)
    sandbox.__class__ = DyingSandbox
    await sandbox.start(spec, lambda stream, line: None)


def main(mode: str) -> None:
    """See the module."""
    if mode == "serve":
        asyncio.run(serve())
        return
    case = msgspec.json.decode(sys.stdin.buffer.read(), type=Case)
    if mode == "run":
        outcome = asyncio.run(run_case(case))
        sys.stdout.write(msgspec.json.encode(outcome).decode())
    else:
        asyncio.run(hold_case(case) if mode == "hold" else die_at_spawn(case))


if __name__ == "__main__":
    main(sys.argv[1])
