"""A running unit: its wall clock, its watch, its two pipes, and the one way in which it ends.

Whatever ends it (its own exit, a limit, a wish), everything is killed first and the pipes are read to their end
after, so no line that was written is lost and nobody who holds a pipe can hang the node.
"""

import asyncio
import contextlib
import functools
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from agent.sandbox.base import GRACE_SECONDS, BoxExit, RunningBox, StopReason, StreamName
from agent.sandbox.lines import LineProtocol, LogBudget
from agent.sandbox.watcher import LOOK_SECONDS, Breach, Watch

_DRAIN_SECONDS = 5.0  # the pipes of dead processes end at once; only an unconfined unit can leave a holder alive
_NICENESS = 10
LAST_IN_LINE = 19
_KILLED_FIRST = 1000  # oom_score_adj


async def readable(fd: int) -> None:
    """Return when `fd` is readable; for a pidfd that is when its process has ended."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)


def send_signal(pidfd: int, number: signal.Signals) -> None:
    """Signal the process behind a pidfd, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, number)


def yield_to_owner(pid: int) -> None:
    """Let what the owner does come first: for processor time, and when the kernel looks for memory to take back."""
    # what has ended and is not reaped is root's in /proc: a user may not write there
    with contextlib.suppress(ProcessLookupError, FileNotFoundError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, _NICENESS)
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(_KILLED_FIRST))


def come_last(pid: int) -> None:
    """Let everything else on the machine come before a process and what it starts from now on, units too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended, and is not reaped
        os.setpriority(os.PRIO_PROCESS, pid, LAST_IN_LINE)


class Streams:
    """Both pipes of a unit as lines, under one log budget. `on_flood` is told once, with the MiB written."""

    def __init__(self, log_mb: int, on_line: Callable[[StreamName, str], None]) -> None:
        self.on_flood: Callable[[float], None] = lambda written_mb: None
        self._budget = LogBudget(log_mb, lambda written_mb: self.on_flood(written_mb))
        self._on_line = on_line
        self._connected: list[tuple[asyncio.ReadTransport, LineProtocol]] = []

    async def connect(self, process: subprocess.Popen[bytes]) -> None:
        """Start reading a process's pipes, which are the streams' own from here on."""
        loop = asyncio.get_running_loop()
        pipes: list[tuple[StreamName, IO[bytes] | None]] = [("stdout", process.stdout), ("stderr", process.stderr)]
        for name, pipe in pipes:
            if pipe is not None:
                protocol = LineProtocol(self._budget, functools.partial(self._on_line, name))
                transport, _ = await loop.connect_read_pipe(functools.partial(_same, protocol), pipe)
                self._connected.append((transport, protocol))

    async def ended(self) -> None:
        """Return when both pipes have been read to their end."""
        for _, protocol in self._connected:
            await asyncio.shield(protocol.closed)

    async def drained(self) -> None:
        """Return when both pipes have ended, or have been given up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self.ended()
        for transport, protocol in self._connected:
            transport.close()
            await protocol.closed


def _same(protocol: LineProtocol) -> LineProtocol:
    return protocol


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds < 10 else f"{seconds:,.0f}"


class Ending:
    """How a kind of box is asked to end, is killed whole, and is known to be dead."""

    def __init__(self, ask: Callable[[], None], kill: Callable[[], None], dead: Callable[[], Awaitable[None]]) -> None:
        self.ask = ask
        self.kill = kill
        self.dead = dead


class SupervisedBox(RunningBox):
    """See `RunningBox`. Takes over the process and its streams; `close` lets go of what the kind of box holds."""

    def __init__(
        self,
        *,
        process: subprocess.Popen[bytes],
        command_pid: int,
        streams: Streams,
        ending: Ending,
        watch: Watch,
        close: Callable[[], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._command_pid = command_pid
        self._streams = streams
        self._ending = ending
        self._watch = watch
        self._close = close
        self._breach: Breach | None = None
        self._exited = asyncio.Event()
        self._kill_timer: asyncio.TimerHandle | None = None
        self._started_at = self._loop.time()
        self._wall_seconds = watch.limits.wall_seconds
        self._wall_clock = self._loop.call_later(self._wall_seconds, self._wall_clock_ran_out)
        streams.on_flood = self._log_flooded
        self._over = self._loop.create_task(self._supervise())

    @property
    def command_pid(self) -> int:
        """See `RunningBox`."""
        return self._command_pid

    async def wait(self) -> BoxExit:
        """See `RunningBox`; a waiter that is cancelled leaves the unit running."""
        return await asyncio.shield(self._over)

    def allow(self, wall_seconds: float) -> None:
        """See `RunningBox`."""
        if wall_seconds == self._wall_seconds or self._breach is not None or self._exited.is_set():
            return
        self._wall_seconds = wall_seconds
        self._wall_clock.cancel()
        self._wall_clock = self._loop.call_at(self._started_at + wall_seconds, self._wall_clock_ran_out)

    async def stop(self, grace_seconds: float = GRACE_SECONDS) -> BoxExit:
        """See `RunningBox`; a second call may shorten the grace of the first."""
        self._end(Breach(StopReason.ASKED, None, None, "on request"), grace_seconds)
        return await self.wait()

    def _end(self, breach: Breach, grace_seconds: float) -> None:
        if self._exited.is_set():
            return
        if self._breach is None:
            self._breach = breach
        if grace_seconds <= 0:
            self._ending.kill()
            return
        if self._kill_timer is not None:
            self._kill_timer.cancel()
        self._ending.ask()
        self._kill_timer = self._loop.call_later(grace_seconds, self._ending.kill)

    def _wall_clock_ran_out(self) -> None:
        limit = self._wall_seconds
        ran = self._loop.time() - self._started_at
        words = f"{_seconds(ran)} seconds, {_seconds(limit)} allowed"
        self._end(Breach(StopReason.WALL_CLOCK, ran, limit, words), GRACE_SECONDS)

    def _log_flooded(self, written_mb: float) -> None:
        limit = self._watch.limits.log_mb
        words = f"{written_mb:,.0f} MiB of log, of which {limit:,} are kept"
        self._end(Breach(StopReason.LOG, written_mb, limit, words), 0.0)

    async def _supervise(self) -> BoxExit:
        looking = self._loop.create_task(self._keep_looking())
        pidfd = os.pidfd_open(self._process.pid)
        try:
            await readable(pidfd)
            run_seconds = self._loop.time() - self._started_at
            self._exited.set()
            self._ending.kill()
            await self._ending.dead()
            self._breach = self._breach or self._watch.ended_by_kernel()
            await self._streams.drained()
            await looking
        finally:
            self._wall_clock.cancel()
            if self._kill_timer is not None:
                self._kill_timer.cancel()
            os.close(pidfd)
            self._close()
        status = self._process.wait()
        if status != 0 and self._breach is None:  # it may have failed for want of what the machine lacks, before a look
            self._breach = await asyncio.to_thread(self._watch.look_at_machine)
        return self._describe(status, run_seconds)

    async def _keep_looking(self) -> None:
        # A thread of its own: the loop's shared ones may all be busy with transfers when memory runs out.
        with ThreadPoolExecutor(1, thread_name_prefix="box-watch") as thread:
            while not self._exited.is_set():
                began = self._loop.time()
                try:
                    breach = await self._loop.run_in_executor(thread, self._watch.look)
                except OSError as error:  # what can't be looked at must not run
                    words = f"it can't be watched any more: {error.strerror or error}"
                    breach = Breach(StopReason.MACHINE, None, None, words)
                if breach is not None:
                    self._end(breach, 0.0)
                    return
                pause = max(LOOK_SECONDS, 10 * (self._loop.time() - began))  # never over a tenth of a core
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._exited.wait()

    def _describe(self, status: int, run_seconds: float) -> BoxExit:
        exit_code = status if status >= 0 else 128 - status
        number = exit_code - 128 if 128 < exit_code < 128 + signal.NSIG else None
        breach = self._breach
        if breach is not None:
            message = f"stopped by the node: {breach.message}"
            return BoxExit(exit_code, number, breach.reason, breach.limit, breach.measured, run_seconds, message)
        message = f"ended with exit code {exit_code}"
        if number is not None and number in set(signal.Signals):
            message = f"{message} ({signal.Signals(number).name})"
        return BoxExit(exit_code, number, None, None, None, run_seconds, message)
