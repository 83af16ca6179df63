"""Bringing a node that runs to rest before it is restarted or taken down: nothing that was computed may be lost."""

import asyncio
import signal
from pathlib import Path

import psutil

from core.client.errors import ClientError, ServerError
from core.client.node_control import AsyncNodeControl, NodeNotRunning, control_of, node_statuses
from core.console import CommandError, Console, ExitCode
from core.console.words import counted
from core.protocol.node_control import ControlFile, NodeState, NodeStatus

GIVEN_BACK_WITHIN_SECONDS = 660.0  # a last checkpoint may take ten minutes to be uploaded
ENDED_WITHIN_SECONDS = 60.0
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


def finish(data_dir: Path, console: Console) -> bool:
    """Let the node finish what it has and pause; says whether it was sharing before, so that it goes on later. Ctrl-C
    lets it go on at once. Raises CommandError where somebody chose otherwise meanwhile."""
    return asyncio.run(_finish(data_dir, console))


async def _finish(data_dir: Path, console: Console) -> bool:
    async with AsyncNodeControl(control_of(data_dir)) as node:
        before = await node.status()
        was_sharing = before.state not in _OWNERS
        if was_sharing:
            before = await node.finish_then_pause()
        if before.units:
            console.info(f"waiting for {counted(len(before.units), 'unit')} to end; Ctrl-C gives it up …")
        try:
            async for status in node_statuses(node):
                if status.state is NodeState.PAUSED and not status.units:
                    return was_sharing
                if status.state not in (*_OWNERS, NodeState.PROBLEM):
                    raise CommandError(
                        "Somebody had the node share again meanwhile, so it was not restarted.",
                        hint="Say it again: gpu-agent-node service restart --when-idle",
                        exit_code=ExitCode.REFUSED,
                    )
        except asyncio.CancelledError:  # Ctrl-C
            if was_sharing:
                await node.resume()
            raise
    return was_sharing


def go_on(data_dir: Path, before: ControlFile | None, *, seconds: float) -> None:
    """Have the node that was started after `before` share again, as soon as it can be reached. Raises CommandError."""
    asyncio.run(_go_on(data_dir, before, seconds))


async def _go_on(data_dir: Path, before: ControlFile | None, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    control = control_of(data_dir)
                    if control != before:
                        async with AsyncNodeControl(control) as node:
                            await node.resume()
                            return
                except (ClientError, ServerError):
                    pass
                await asyncio.sleep(0.1)  # nothing tells of another program's file
    except TimeoutError:
        raise CommandError(
            f"The node does not answer {seconds:.0f} s after it was restarted.",
            hint="gpu-agent-node logs -n 20, gpu-agent-node service status; then gpu-agent-node resume",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
