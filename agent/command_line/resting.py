"""Bringing a node that runs to rest before it is restarted or taken down: nothing that was computed may be lost."""

import asyncio
import signal
import time
from pathlib import Path

import psutil

from core.client.errors import ClientError, ServerError
from core.client.node_control import AsyncNodeControl, NodeNotRunning, control_of, node_statuses
from core.console import CommandError, Console, ExitCode
from core.console.words import counted
from core.protocol.node_control import ControlFile, NodeState, NodeStatus

GIVEN_BACK_WITHIN_SECONDS = 660.0  # a last checkpoint may take ten minutes to be uploaded
ENDED_WITHIN_SECONDS = 60.0
_HOLDS_SECONDS = 300.0  # a restart takes less
_RENEWED_AFTER_SECONDS = 60.0
_OWNERS = (NodeState.PAUSED, NodeState.PAUSING, NodeState.FINISHING)


def running_node(data_dir: Path) -> tuple[ControlFile, NodeStatus] | None:
    """How to reach the node of this folder, and how it is; None where none runs."""
    return asyncio.run(_running_node(data_dir))


async def _running_node(data_dir: Path) -> tuple[ControlFile, NodeStatus] | None:
    try:
        control = control_of(data_dir)
        async with AsyncNodeControl(control) as node:
            return control, await node.status()
    except (ClientError, ServerError):  # killed: its file is still there, and the port may be another program's
        return None


def give_back(data_dir: Path, console: Console) -> None:
    """Pause the node, and wait until it holds nothing, as long as its server can be reached."""

    async def work() -> None:
        async with AsyncNodeControl(control_of(data_dir)) as node:
            status = await node.pause()
            if status.units:
                console.info(f"giving back {counted(len(status.units), 'unit')} with their last checkpoints …")
            async with asyncio.timeout(GIVEN_BACK_WITHIN_SECONDS):
                async for status in node_statuses(node):
                    if not status.units:
                        return
                    if status.state is NodeState.PAUSED and not status.connected:
                        console.warn("the server can't be reached: it gives the units to others when it misses them")
                        return

    try:
        asyncio.run(work())
    except TimeoutError:
        console.warn("what is left could not be given back in time: the server gives it to others when it misses it")
    except NodeNotRunning:
        return


def end(control: ControlFile) -> None:
    """Ask the node to end, and wait for it. Raises CommandError."""
    try:
        process = psutil.Process(control.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(ENDED_WITHIN_SECONDS)
    except psutil.NoSuchProcess:
        return
    except (psutil.TimeoutExpired, psutil.AccessDenied) as error:
        raise CommandError(
            f"The node (process {control.pid}) could not be ended: {error}",
            hint="End it by hand, and say this again.",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error


def finish(data_dir: Path, console: Console) -> str | None:
    """Let the node finish what it has and pause. Gives when that pause would end by itself (RFC 3339), so that the node
    can be had go on before; None if it was not sharing, or was paused by somebody else meanwhile. Killed on the way,
    this leaves a node that shares again by itself; Ctrl-C has it go on at once. Raises CommandError where somebody had
    it share again."""
    return asyncio.run(_finish(data_dir, console))


async def _finish(data_dir: Path, console: Console) -> str | None:
    async with AsyncNodeControl(control_of(data_dir)) as node:
        status = await node.status()
        ours = None
        if status.state not in _OWNERS:
            status = await node.finish_then_pause(for_seconds=_HOLDS_SECONDS)
            ours = status.paused_until
        if status.units:
            console.info(f"waiting for {counted(len(status.units), 'unit')} to end; Ctrl-C gives it up …")
        renew_at = time.monotonic() + _RENEWED_AFTER_SECONDS
        try:
            async for status in node_statuses(node):
                is_ours = ours is not None and status.paused_until == ours
                if status.state is NodeState.PAUSED and not status.units:
                    return ours if is_ours else None
                if status.state not in (*_OWNERS, NodeState.PROBLEM):
                    raise CommandError(
                        "Somebody had the node share again meanwhile, so it was not restarted.",
                        hint="Say it again: gpu-agent-node service restart --when-idle",
                        exit_code=ExitCode.REFUSED,
                    )
                if is_ours and time.monotonic() >= renew_at:
                    ours = (await node.finish_then_pause(for_seconds=_HOLDS_SECONDS)).paused_until
                    renew_at = time.monotonic() + _RENEWED_AFTER_SECONDS
        except asyncio.CancelledError:  # Ctrl-C
            if ours is not None and (await node.status()).paused_until == ours:
                await node.resume()
            raise
    return None


def go_on(data_dir: Path, before: ControlFile | None, paused_until: str, *, seconds: float) -> bool:
    """Have the node that was started after `before` share again, as soon as it can be reached, unless another pause
    than that one holds; says whether it shares. Raises CommandError."""
    return asyncio.run(_go_on(data_dir, before, paused_until, seconds))


async def _go_on(data_dir: Path, before: ControlFile | None, paused_until: str, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    control = control_of(data_dir)
                    if control != before:
                        async with AsyncNodeControl(control) as node:
                            status = await node.status()
                            if status.state is not NodeState.STARTING:  # else it doesn't know its owner's choice yet
                                is_ours = status.paused_until == paused_until
                                return (await node.resume() if is_ours else status).state not in _OWNERS
                except (ClientError, ServerError):
                    pass
                await asyncio.sleep(0.1)  # nothing tells of another program's file
    except TimeoutError:
        raise CommandError(
            f"The node does not answer {seconds:.0f} s after it was restarted.",
            hint="gpu-agent-node logs -n 20, gpu-agent-node service status; then gpu-agent-node resume",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
