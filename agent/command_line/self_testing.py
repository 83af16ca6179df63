"""What `gpu-agent-node self-test` does, and its words."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from agent.identity import load_identity
from agent.journal import Journal
from agent.line import Line, open_line
from agent.own_files import write_own_files
from agent.policy.keeper import RulesKeeper
from agent.probe.gpus import Gpus
from agent.probe.nvml import Nvml
from agent.sandbox.choose import choose_sandbox
from agent.self_test.checks import Bench, Manners
from agent.self_test.keeper import SelfTests, new_bench
from agent.self_test.line import no_room_for_line
from agent.start import Quotas, open_environments
from agent.traffic import Traffic
from agent.trial import TrialTools
from agent.version import agent_version
from core.client.errors import AddressRefused, ConnectionFailed
from core.client.node import NodeClient
from core.client.node_control import AsyncNodeControl, NodeNotRunning, control_of
from core.console import Console
from core.protocol.self_test import Check, CheckKind, CheckState, SelfTestRun, SelfTestStatus

_ASK_SECONDS = 0.3
_MARKS = {
    CheckState.PASSED: "ok",
    CheckState.FAILED: "FAILED",
    CheckState.BLOCKED: "blocked",
    CheckState.SKIPPED: "skipped",
}
_NAMES = {
    CheckKind.SERVER: "server",
    CheckKind.PYTHON: "Python",
    CheckKind.SANDBOX_PROGRAM: "sandbox program",
    CheckKind.SANDBOX_STARTS: "sandbox starts",
    CheckKind.BREAK_OUT: "break-out attempts",
    CheckKind.SYSTEM_CALLS: "system-call filter",
    CheckKind.LIMITS: "memory and process limits",
    CheckKind.DISK: "disk",
    CheckKind.GPU: "GPU",
    CheckKind.GPU_FREES: "GPU frees its memory",
    CheckKind.LINE: "line",
    CheckKind.UNIT: "a small unit, whole way",
}


class _Teller:
    """Says each check once, when it begins."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = 0

    def tell(self, run: SelfTestRun | None) -> None:
        for check in [] if run is None else run.checks[self._told :]:
            if check.state is CheckState.WAITING:
                return
            self._told += 1
            self._console.info(f"{_name(check)} …")


async def test_here(console: Console, data_dir: Path, *, skip_line: bool) -> SelfTestStatus:
    """By the node that runs with this data folder, or, where none does, in this process."""
    try:
        async with AsyncNodeControl(control_of(data_dir)) as node:
            return await _by_node(console, node, skip_line=skip_line)
    except (NodeNotRunning, ConnectionFailed):  # the file outlives a node that was killed
        return await _by_ourselves(console, data_dir, skip_line=skip_line)


async def _by_node(console: Console, node: AsyncNodeControl, *, skip_line: bool) -> SelfTestStatus:
    console.info("the node that runs here tests itself …")
    teller = _Teller(console)
    status = await node.start_self_test(skip_line=skip_line)
    while status.running:
        teller.tell(status.run)
        await asyncio.sleep(_ASK_SECONDS)  # another program's: it tells nobody of each step
        status = await node.self_test()
    teller.tell(status.run)
    return status


async def _by_ourselves(console: Console, data_dir: Path, *, skip_line: bool) -> SelfTestStatus:
    """Raises JournalBusy where another command does so already, or a node has just begun to start."""
    console.info("no node runs here: it is tested by this command …")
    with contextlib.closing(Journal(data_dir / "journal.sqlite")):  # no node may start meanwhile
        return await _tested(console, data_dir, skip_line=skip_line)


async def _tested(console: Console, data_dir: Path, *, skip_line: bool) -> SelfTestStatus:
    sandbox = await asyncio.to_thread(choose_sandbox, data_dir)
    environments = await open_environments(sandbox, Quotas().environment_bytes)
    own_files = await asyncio.to_thread(write_own_files, sandbox.workspace_root)
    tools = TrialTools(sandbox=sandbox, environments=environments, interpreters=[], own_files=own_files)
    teller = _Teller(console)
    rules, traffic = RulesKeeper(data_dir, time.time), Traffic(data_dir, time.time)
    async with (
        open_line(lambda: rules.limits, traffic) as line,
        _client(console, data_dir, line) as client,
        _gpus() as gpus,
    ):

        async def make_bench(manners: Manners) -> Bench:
            return await new_bench(tools, client, data_dir, gpus.look, manners, {})

        tests = SelfTests(
            data_dir,
            agent_version(),
            make_bench,
            gpus.look,
            manners=Manners(line=lambda: no_room_for_line(line, rules.limits)),
            changed=lambda: teller.tell(tests.status().run),
            troubled=console.warn,
        )
        try:
            tests.begin(skip_line=skip_line)
            await tests.finished()
            return tests.status()
        finally:
            await tests.close()


@contextlib.asynccontextmanager
async def _gpus() -> AsyncIterator[Gpus]:
    """The driver of this machine's GPUs, open while the block runs."""
    nvml = Nvml()
    try:
        yield Gpus(nvml)
    finally:
        await asyncio.to_thread(nvml.close)


@contextlib.asynccontextmanager
async def _client(console: Console, data_dir: Path, line: Line) -> AsyncIterator[NodeClient | None]:
    """The line to the server that this node is enrolled at, if it is."""
    identity = load_identity(data_dir)
    if identity is None:
        yield None
        return
    try:
        client = NodeClient(identity.server, identity.credential, line=line)
    except AddressRefused as error:
        console.warn(f"the server is not asked: {error.message}")
        yield None
        return
    async with client:
        yield client


def failures(status: SelfTestStatus) -> list[Check]:
    """The checks that failed."""
    return [] if status.run is None else [one for one in status.run.checks if one.state is CheckState.FAILED]


def _name(check: Check) -> str:
    name = _NAMES.get(check.kind, check.kind.value)
    return f"{name} {check.subject}" if check.subject else name


def _line(check: Check) -> str:
    took = "" if check.seconds is None else f" ({check.seconds:.1f} s)"
    return f"{_MARKS.get(check.state, check.state.value):<8}{_name(check)}: {check.evidence}{took}"


def in_words(status: SelfTestStatus) -> str:
    """For a person: what failed, why, and what to do."""
    run = status.run
    if run is None:
        return "No self-test was made."
    lines = [_line(check) for check in run.checks]
    for check in failures(status):
        lines += ["", f"{_name(check)} failed: {check.cause}"]
        for number, step in enumerate(check.steps, 1):
            lines.append(f"  {number}. {step.words}")
            if step.command:
                lines.append(f"     {step.command}")
        lines += [f"  seen: {line}" for line in check.seen.splitlines()[-5:]]
    if status.stops:
        lines += ["", f"Until it passes nothing is run here: {status.stops}"]
    lines += [f"Until it passes nothing is run on GPU {gpu}: {why}" for gpu, why in status.stopped_gpus.items()]
    if not run.passed and not failures(status):
        lines += ["", "Not all of it could be looked at: say it again when the machine is less busy."]
    if run.passed:
        lines += ["", "Passed: this machine runs others' units safely."]
    return "\n".join(lines)
