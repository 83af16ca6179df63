"""A real node in a process of its own, at a real server. For any test that needs one."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from agent.sandbox.disk_images import unmount_below
from agent.sandbox.leftovers import MARK_VARIABLE, box_mark
from agent.sandbox.workspace import STATE_DIR_VARIABLE, workspace_root
from core.client.node_control import AsyncNodeControl, control_of, node_statuses
from core.protocol.node_control import CONTROL_FILE_NAME, NodeStatus
from tests.agent.loop_devices import wait_for_no_image
from tests.backend.server_process import PROJECT, BackendServer

COMMAND = [sys.executable, "-c", "from agent.command_line import main; main()"]
LAST_SECONDS = 60


class NodeProcess:
    """`gpu-agent-node run` in a folder of its own; `start` returns when its owner's programs can reach it."""

    def __init__(
        self,
        folder: Path,
        server: BackendServer,
        program: Sequence[str] = tuple(COMMAND),
        *,
        data_dir: Path | None = None,
        state_parent: Path | None = None,
    ) -> None:
        self.folder = folder
        self.data_dir = data_dir or folder / "node"
        self._program = program
        self._server = server
        self._state = tempfile.TemporaryDirectory(
            prefix="gpu-agent-node-", dir=state_parent
        )  # where units with other uids may pass
        Path(self._state.name).chmod(0o755)
        self._process: subprocess.Popen[str] | None = None

    @property
    def root(self) -> Path:
        """Where its units' folders, its chunks and its copies of contents lie."""
        return workspace_root(self.data_dir, {STATE_DIR_VARIABLE: self._state.name})

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *options: str, owner: str | None = None) -> None:
        """Starts it, the first time with a code of the account with this e-mail address: a node that nothing confines
        takes only its owner's jobs."""
        arguments = ["run", "--server", self._server.url, "--data-dir", str(self.data_dir), *options]
        if not (self.data_dir / "node.json").exists():
            owned = [] if owner is None else ["--owner", owner]
            arguments += ["--enroll", self._server.command("nodes", "enrollment-code", *owned)["code"]]
        environment = {**os.environ, STATE_DIR_VARIABLE: self._state.name}
        log = (self.folder / "node.log").open("a+")
        self._process = subprocess.Popen(
            [*self._program, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        )
        log.close()

    def log(self) -> str:
        """What it said so far."""
        return (self.folder / "node.log").read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signals it and waits; gives its exit code."""
        assert self._process is not None and self._process.stdout is not None
        self._process.send_signal(number)
        code = self._process.wait(LAST_SECONDS)
        self._process.stdout.close()
        return code

    def unit_processes(self) -> list[int]:
        """The processes of its units, by the mark they carry."""
        mark, marked = box_mark(self.root, ""), []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):  # gone, or another's
                if process.environ().get(MARK_VARIABLE, "").startswith(mark):
                    marked.append(process.pid)
        return marked

    def leavings(self) -> list[Path]:
        """The folders of its units, and what is half made. Waits for the kernel to let go of its units' disks."""
        wait_for_no_image(self.root)
        return [*self.root.glob("units/*"), *self.root.rglob("*.part"), *self.root.rglob(".*.part")]

    def close(self) -> None:
        """Ends what is left of it."""
        if self.is_running:
            self.stop()
        if os.geteuid() == 0:
            unmount_below(self.root)  # of one that was killed and never came back
        self._state.cleanup()

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """One of its owner's commands, to its end."""
        return subprocess.run(
            [*COMMAND, *arguments, "--data-dir", str(self.data_dir)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LAST_SECONDS,
            check=False,
        )


async def until(node: AsyncNodeControl, is_so: Callable[[NodeStatus], bool]) -> NodeStatus:
    """Waits, by the node's own stream, for a status of which this is so."""
    async with asyncio.timeout(LAST_SECONDS):
        async for status in node_statuses(node):
            if is_so(status):
                return status
    raise AssertionError("the stream has ended")


async def started(node: NodeProcess, *options: str, owner: str | None = None) -> None:
    """Starts it, and waits until it can be reached."""
    node.start(*options, owner=owner)
    async with asyncio.timeout(LAST_SECONDS):
        while not (node.data_dir / CONTROL_FILE_NAME).exists():  # noqa: ASYNC110 - nothing tells of another's file
            await asyncio.sleep(0.05)


def control(node: NodeProcess) -> AsyncNodeControl:
    """Its owner's program."""
    return AsyncNodeControl(control_of(node.data_dir))
