"""From a bubblewrap that has been started to a unit that runs: what is tied to it while it waits at the gate."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path

import msgspec
import psutil

from agent.sandbox import gate
from agent.sandbox.base import BoxNotStarted, BoxSpec, OnLine, StreamName
from agent.sandbox.cgroups import UnitCgroup
from agent.sandbox.disk_images import DiskImage
from agent.sandbox.supervised import Ending, Streams, SupervisedBox, readable, send_signal, yield_to_owner
from agent.sandbox.watcher import BoxProcesses, MachineFloor, Watch

START_SECONDS = 30.0


class _Status(msgspec.Struct, rename={"child_pid": "child-pid"}):
    child_pid: int


class BoxStart:
    """One start: sorts what is said before the gate opens from what the unit says after."""

    def __init__(self, spec: BoxSpec, on_line: OnLine) -> None:
        self._spec = spec
        self._on_line = on_line
        self._first_line: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._complaints: list[str] = []
        self.streams = Streams(spec.limits.log_mb, self._sort)

    def _sort(self, name: StreamName, line: str) -> None:
        if self._first_line.done():
            self._on_line(name, line)
        elif name == "stdout":
            self._first_line.set_result(line)
        else:
            self._complaints.append(line)

    async def through_the_gate(
        self,
        process: subprocess.Popen[bytes],
        status: int,
        floor: MachineFloor,
        cgroup: UnitCgroup | None,
        image: DiskImage | None,
    ) -> SupervisedBox:
        """Wait for the gate's word, tie everything to the box, and let it go on; the cgroup is the box's from then."""
        await self.streams.connect(process)
        if cgroup is None:
            await self._wait_for_ready()
        else:  # moving a process makes the kernel wait, for which there is time now; it may have started others already
            await asyncio.gather(self._wait_for_ready(), asyncio.to_thread(_enter, cgroup, process.pid))
        init_pid = _read_status(status)
        with contextlib.ExitStack() as opened:
            init, command_pid = _open_pidfd(init_pid, opened), _first_child(init_pid)
            command = _open_pidfd(command_pid, opened)
            processes = BoxProcesses(init_pid)
            opened.callback(processes.close)
            opened.callback(os.close, os.dup(status))  # bwrap would die of a broken pipe when it tells the exit code
            yield_to_owner(command_pid)
            if cgroup is not None:
                opened.callback(cgroup.remove)
                await asyncio.to_thread(_enter, cgroup, command_pid)
            answer(process, gate.GO)
            spec = self._spec
            return SupervisedBox(
                process=process,
                command_pid=command_pid,
                streams=self.streams,
                ending=Ending(
                    ask=lambda: send_signal(command, signal.SIGTERM),
                    kill=lambda: send_signal(init, signal.SIGKILL),
                    dead=lambda: readable(init),  # the first process of a box ends after all the others have
                ),
                watch=Watch(processes, [spec.output_dir, spec.checkpoint_dir], spec.limits, floor, cgroup, image),
                close=opened.pop_all().close,
            )

    async def _wait_for_ready(self) -> None:
        ended = asyncio.create_task(self._end_of_streams())
        try:
            async with asyncio.timeout(START_SECONDS):
                is_ready = await self._first_line == gate.READY
        except TimeoutError:
            is_ready = False
            self._complaints.append(f"nothing was heard of it for {START_SECONDS:.0f} seconds")
        finally:
            ended.cancel()
        if not is_ready:
            words = " ".join(self._complaints) or "it ended without a word"
            raise BoxNotStarted(f"bubblewrap could not make the box: {words[:1000]}")

    async def _end_of_streams(self) -> None:
        await self.streams.ended()
        if not self._first_line.done():
            self._first_line.set_result("")


def answer(process: subprocess.Popen[bytes], word: bytes) -> None:
    """Answer the gate, or with no word tell it to end."""
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it has died since; whoever waits for it sees that
            process.stdin.write(word)
            process.stdin.close()


def _enter(cgroup: UnitCgroup, process_id: int) -> None:
    try:
        cgroup.enter(process_id)
    except ProcessLookupError:  # it has ended, as is told elsewhere
        return
    except OSError as error:
        raise BoxNotStarted(f"the box could not be put under its limits: {error}") from error


def _read_status(status: int) -> int:
    # Written before the gate could be reached, so this never blocks.
    line = b""
    while b"\n" not in line:
        piece = os.read(status, 4096)
        if not piece:
            raise BoxNotStarted("bubblewrap did not tell which process it started")
        line += piece
    return msgspec.json.decode(line.split(b"\n")[0], type=_Status).child_pid


def _open_pidfd(pid: int, opened: contextlib.ExitStack) -> int:
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError as error:
        raise BoxNotStarted("the box ended before it began") from error
    opened.callback(os.close, pidfd)
    return pidfd


def _first_child(init_pid: int) -> int:
    try:
        children = Path(f"/proc/{init_pid}/task/{init_pid}/children").read_text().split()
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
        children = [str(child.pid) for child in psutil.Process(init_pid).children()]
    if not children:
        raise BoxNotStarted("the box ended before it began")
    return int(children[0])
