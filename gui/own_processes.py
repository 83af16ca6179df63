"""What the window itself has running: a node that shares this computer, or the world of *Try both*. It ends with it.

How a process is started and ended is in child_processes. All of it happens on one thread that lives as long as this
object, since on Linux a child gets its death signal when the thread that started it ends. No Qt here.
"""

import asyncio
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from core.client.errors import ClientError, ServerError
from core.client.node_control import AsyncNodeControl, control_of
from core.console import CommandError, Console, ExitCode

from .child_processes import Child, start_node
from .demo_world import World

T = TypeVar("T")

_NODE_STOPS_SECONDS = 12.0
_NODE_STARTS_SECONDS = 45.0
_LOOK_SECONDS = 0.05
_KILLED_ENDS_SECONDS = 2.0
_IDENTITY = "node.json"


class TryBoth(msgspec.Struct, frozen=True):
    """A backend and a node on this computer, and the key of the account that owns both."""

    url: str
    api_key: str
    node_dir: Path
    folder: Path


class OwnProcesses:
    """Starts and ends them. `node_dir` is where this computer's node keeps its credential, `demo_dir` the worlds of
    *Try both*, `log_dir` what children say."""

    def __init__(self, node_dir: Path | None = None, log_dir: Path | None = None, demo_dir: Path | None = None) -> None:
        self.node_dir = node_dir or platformdirs.user_data_path("gpu-agent") / "node"
        self.log_dir = log_dir or platformdirs.user_log_path("gpu-agent")
        self.demo_dir = demo_dir or platformdirs.user_data_path("gpu-agent") / "demo"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="own-processes")
        self._node: Child | None = None
        self._world: World | None = None

    @property
    def has_children(self) -> bool:
        """Whether something of ours runs, which ends when the program does."""
        return self._is_sharing or self._world is not None

    @property
    def is_enrolled(self) -> bool:
        """Whether this computer's node has a credential already."""
        return (self.node_dir / _IDENTITY).is_file()

    async def share(self, server: str, code: str, *, name: str | None = None, insecure: bool = False) -> None:
        """Enrol this computer and start its node, paused. Raises CommandError, with the node's own words."""
        await self._refuse_second_node()
        if self.is_enrolled:
            raise CommandError(
                f"This computer has a node already, in {self.node_dir}.",
                hint="Start that one, or move its folder away to enrol anew.",
                exit_code=ExitCode.REFUSED,
            )
        await self._start_node(server=server, code=code, name=name, paused=True, insecure=insecure)

    async def start_known_node(self) -> bool:
        """Start the node that was enrolled earlier, as it was left; False where none was, or one runs already."""
        if not self.is_enrolled or await _runs(self.node_dir) or await self._is_child_left():
            return False
        await self._start_node()
        return True

    async def try_both(self) -> TryBoth:
        """A backend and a node that share this computer with nobody else. Raises CommandError. Again is the same."""
        world = await self._on_thread(self._bring_up_world)
        backend, api_key = world.backend, world.api_key
        if backend is None or api_key is None:
            raise RuntimeError("a world that has started has a backend and a key")
        if world.node is not None:
            await self._until_heard(world.node, world.node_dir)
        return TryBoth(backend.url, api_key, world.node_dir, world.folder)

    async def stop_sharing(self) -> None:
        """End the node that was started here: what it runs is given back."""
        node, self._node = self._node, None
        if node is not None:
            await self._on_thread(lambda: node.stop(term_seconds=_NODE_STOPS_SECONDS))

    async def close(self) -> None:
        """End everything that was started here, in order. Nothing can be started any more."""
        await self._on_thread(self._end_children)
        self._thread.shutdown()

    def close_now(self) -> None:
        """The same, waiting; for an end without a loop."""
        self._end_children()
        self._thread.shutdown()

    # ---- how --------------------------------------------------------------------------------------------------------

    @property
    def _is_sharing(self) -> bool:
        return self._node is not None and self._node.exit_code is None

    async def _is_child_left(self) -> bool:
        """Whether our node is there still. One that was killed closes its endpoint a moment before it has ended."""
        node = self._node
        if node is None:
            return False
        try:
            await self._on_thread(lambda: node.wait(_KILLED_ENDS_SECONDS))
        except subprocess.TimeoutExpired:
            return True
        return False

    def _end_children(self) -> None:
        node, self._node = self._node, None
        world, self._world = self._world, None
        try:
            if node is not None:
                node.stop(term_seconds=_NODE_STOPS_SECONDS)
        finally:
            if world is not None:
                world.__exit__(None, None, None)

    async def _refuse_second_node(self) -> None:
        if self._is_sharing or await _runs(self.node_dir):
            raise CommandError(
                "This computer is shared already.",
                hint="Look at My node; pause or stop it there.",
                exit_code=ExitCode.REFUSED,
            )

    async def _start_node(
        self,
        *,
        server: str | None = None,
        code: str | None = None,
        name: str | None = None,
        paused: bool = False,
        insecure: bool = False,
    ) -> None:
        def start() -> Child:
            return start_node(
                self.node_dir,
                self.log_dir / "node.log",
                server=server,
                code=code,
                name=name,
                paused=paused,
                insecure=insecure,
            )

        node = self._node = await self._on_thread(start)
        try:
            await self._until_heard(node, self.node_dir)
        except BaseException:
            self._node = None
            await self._on_thread(node.stop)
            raise

    async def _until_heard(self, node: Child, data_dir: Path) -> None:
        """Until the node answers its owner. Raises CommandError with its words if it ends, or stays silent."""
        try:
            async with asyncio.timeout(_NODE_STARTS_SECONDS):
                while not await _runs(data_dir):
                    node.require_alive()
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError as error:
            raise CommandError(
                f"The node gave no answer in {_NODE_STARTS_SECONDS:.0f} s. Its last lines:\n{node.last_lines()}",
                hint=f"Look at {node.log}",
                exit_code=ExitCode.ENVIRONMENT,
            ) from error

    def _bring_up_world(self) -> World:
        if self._world is not None:
            return self._world
        world = World(Console.choose(quiet=True), self.demo_dir)
        try:
            world.start().close()
        except BaseException:
            world.__exit__(None, None, None)
            raise
        self._world = world
        return world

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(work))


async def _runs(data_dir: Path) -> bool:
    """Whether a node of this folder answers. Its file alone says little: a killed node leaves it behind."""
    try:
        async with AsyncNodeControl(control_of(data_dir)) as control:
            await control.status()
    except (ClientError, ServerError):
        return False
    return True
