"""The self-tests of a node: one at a time, asked for or due by themselves, and the newest one's word.

`newest()` is what the owner's rules stand on: what must not be leased until a newer one passes.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec

from agent.events import SelfTested
from agent.instructions import Say, SayLevel
from agent.interpreters import find_interpreters
from agent.sandbox.base import ConfinementKind
from agent.sandbox.choose import choose_sandbox
from agent.self_test.checks import Bench, Manners, rows_of
from agent.self_test.giving_way import gpu_in_the_way, line_in_the_way
from agent.self_test.hardware import LookAtGpus
from agent.self_test.kept import AGAIN, Kept, keep, load_kept, made_on, stops_after, why_due
from agent.self_test.run import Run
from agent.self_test.standing import Standing
from agent.service import SayAloud, Service
from agent.trial import TrialTools
from core.client.node import NodeClient
from core.protocol.self_test import CheckKind, SelfTestRun, SelfTestStatus

ASKED = "asked"
SKIPPED_LINE = "its owner left the line out"
_LOOK_SECONDS = 3600.0

MakeBench = Callable[[Manners], Awaitable[Bench]]


async def new_bench(
    tools: TrialTools,
    client: NodeClient | None,
    data_dir: Path,
    look_at_gpus: LookAtGpus,
    manners: Manners,
    lent: dict[str, int],
) -> Bench:
    """What a self-test is made with now. Where nothing confines it is looked whether something does by now."""
    sandbox = tools.sandbox
    if sandbox.confinement.kind is ConfinementKind.NONE:
        sandbox = await asyncio.to_thread(choose_sandbox, data_dir)
    interpreters, gpus = await asyncio.gather(asyncio.to_thread(find_interpreters), asyncio.to_thread(look_at_gpus))
    tools = msgspec.structs.replace(tools, sandbox=sandbox, interpreters=interpreters)
    test_id = f"self-test-{uuid.uuid4().hex[:12]}"
    return Bench(sandbox, interpreters, tools, client, gpus, look_at_gpus, test_id, manners, lent)


class SelfTests:
    """Makes and keeps them; `is_asked`: somebody asked for the newest. `changed` is called after each step, `ended`
    with what is kept of one that came to its end, `troubled` where one could not be made or kept; `wall` gives Unix
    seconds."""

    def __init__(
        self,
        data_dir: Path,
        agent_version: str,
        make_bench: MakeBench,
        look_at_gpus: LookAtGpus,
        *,
        manners: Manners = Manners(),
        changed: Callable[[], None] = lambda: None,
        ended: Callable[[Kept], None] = lambda kept: None,
        troubled: Callable[[str], None] = lambda words: None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._data_dir = data_dir
        self._agent_version = agent_version
        self._make_bench = make_bench
        self._look_at_gpus = look_at_gpus
        self._manners = manners
        self._changed = changed
        self._ended = ended
        self._troubled = troubled
        self._wall = wall
        self._kept = load_kept(data_dir)
        self._run: Run | None = None
        self._last: SelfTestRun | None = None
        self._making: asyncio.Task[SelfTestRun] | None = None
        self._without_line = False
        self.is_asked = False

    def newest(self) -> Kept | None:
        """The newest self-test that came to its end: `words` says why nothing may be leased, `gpus` on which GPUs
        nothing may. None before there was one."""
        return self._kept

    @property
    def is_running(self) -> bool:
        return self._making is not None and not self._making.done()

    def status(self) -> SelfTestStatus:
        """The one that runs, else the newest, and what follows from the newest that came to its end."""
        kept = self._kept
        run = self._last if self._run is None else self._run.view()
        if run is None and kept is not None and not self.is_running:
            run = kept.run
        words, gpus = ("", {}) if kept is None else (kept.words, kept.gpus)
        return SelfTestStatus(self.is_running, run, words, gpus)

    def begin(self, reason: str = ASKED, *, skip_line: bool = False) -> None:
        """Begin one, unless one runs; `skip_line` holds for that one too."""
        if self.is_running:
            self.is_asked = self.is_asked or reason == ASKED
            if skip_line:
                self._leave_line_out()
            return
        self._without_line = skip_line
        self.is_asked = reason == ASKED
        self._last = None
        self._making = asyncio.get_running_loop().create_task(self._make(reason))
        self._making.add_done_callback(self._made)

    def _made(self, task: "asyncio.Task[SelfTestRun]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._troubled(f"a self-test came to nothing: {error or error.__class__.__name__}")
        self._changed()

    async def finished(self) -> SelfTestRun:
        """The one that was begun last, when it has ended. Raises what kept it from being made, or from being kept."""
        assert self._making is not None
        return await asyncio.shield(self._making)

    def stop(self) -> None:
        """End the one that runs: what it has not looked at yet is left out, and it counts for nothing."""
        if self._run is not None:
            self._run.stop()
        elif self._making is not None:
            self._making.cancel()

    def look_again(self) -> None:
        """Something has changed on the node: what is being tested may have to give way."""
        if self._run is not None:
            self._run.look_again()

    def _leave_line_out(self) -> None:
        self._without_line = True
        if self._run is not None:
            self._run.leave_out(CheckKind.LINE, SKIPPED_LINE)

    async def _make(self, reason: str) -> SelfTestRun:
        bench = await self._make_bench(self._manners)
        rows = rows_of(bench)
        run = Run(rows, reason=reason, monotonic=time.monotonic, wall=self._wall, changed=self._changed)
        self._run = run
        if self._without_line:
            run.leave_out(CheckKind.LINE, SKIPPED_LINE)
        try:
            self._last = done = await run.carry_out()
        finally:
            self._run = None
        if not run.was_stopped:
            before = [] if self._kept is None else self._kept.stops
            is_confined = bench.sandbox.confinement.kind is not ConfinementKind.NONE
            stops = stops_after(before, done.checks, confined=is_confined)
            self._kept = Kept(done, self._wall(), made_on(self._agent_version, bench.gpus), stops)
            self._ended(self._kept)
            await asyncio.to_thread(keep, self._data_dir, self._kept)
        return done

    async def keep_up(self, is_idle: Callable[[], bool]) -> None:
        """Make those that are due by themselves, to the end of the task: at a start beside units, later while the node
        is idle. One that is made again after a failure sends nothing over the line."""
        is_start = True
        while True:
            now_on = made_on(self._agent_version, await asyncio.to_thread(self._look_at_gpus))
            due = why_due(self._kept, now_on, self._wall())
            if due is not None and (is_start or is_idle()):
                self.begin(due, skip_line=due == AGAIN)
            is_start = False
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """End what runs, and leave nothing of it."""
        if self._making is not None and not self._making.done():
            self._making.cancel()
            await asyncio.wait({self._making})


@contextlib.asynccontextmanager
async def open_self_tests(
    data_dir: Path,
    service: Service,
    client: NodeClient,
    agent_version: str,
    *,
    by_themselves: bool,
    say: SayAloud,
    standing: Standing,
    no_line: Callable[[], str] = lambda: "",
) -> AsyncIterator[SelfTests]:
    """The self-tests of a running node, while the block runs: its brain hears of them, and what they test gives way to
    units. `by_themselves`: also those that nobody asks for. `standing` is told what they come to. `no_line` says why
    the owner's rules let nobody measure the line now, "" where they do."""
    used = service.tools
    tools = TrialTools(used.sandbox, used.environments, used.interpreters, used.own_files)

    def on_gpu(gpu_uuid: str) -> str:
        return gpu_in_the_way(service.picture(), gpu_uuid, is_asked=tests.is_asked)

    def on_line() -> str:
        return line_in_the_way(service.picture()) or no_line()

    async def make_bench(manners: Manners) -> Bench:
        return await new_bench(tools, client, data_dir, used.gpus.look, manners, standing.lent)

    def tell(kept: Kept) -> None:
        standing.stops, standing.gpus = kept.words, kept.gpus
        service.emit(SelfTested(kept.report(time.time())))
        for words in [kept.words, *kept.gpus.values()]:
            if words:
                text = f"the self-test did not pass: {words}. What to do: gpu-agent-node self-test"
                say(Say(text, SayLevel.WARNING))

    def troubled(words: str) -> None:
        say(Say(words, SayLevel.WARNING))

    tests = SelfTests(
        data_dir,
        agent_version,
        make_bench,
        used.gpus.look,
        manners=Manners(on_gpu, on_line),
        ended=tell,
        troubled=troubled,
    )
    kept = tests.newest()
    if kept is not None:
        tell(kept)
    keeping_up = None
    if by_themselves:
        keeping_up = asyncio.get_running_loop().create_task(
            tests.keep_up(lambda: service.is_sharing and not service.picture().units)
        )
    try:
        with service.listening(tests.look_again):
            yield tests
    finally:
        if keeping_up is not None:
            keeping_up.cancel()
            await asyncio.wait({keeping_up})
        await tests.close()
