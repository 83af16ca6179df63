"""The running node: a loop that hands events to the brain and carries out its instructions, on the main thread.

It decides nothing, and what one attempt does is in unit_run.py.
"""

import asyncio
import contextlib
import signal
import sys
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from agent.attempt import JournalledAttempt
from agent.brain import Brain
from agent.day_keeper import DayKeeper
from agent.events import (
    AttemptTrouble,
    CallTrouble,
    ContentForgotten,
    Event,
    ExchangeAnswered,
    ExchangeFailed,
    MachineSeen,
    OwnerChose,
    OwnerSharesAnyway,
    Resumed,
    StopRequested,
    Tick,
    UnitRemoved,
)
from agent.instructions import (
    AttemptInstruction,
    BuildEnvironment,
    Exchange,
    Extend,
    Fetch,
    Finish,
    ForgetContent,
    GiveUrls,
    Instruction,
    JournalChanges,
    KeepSnapshots,
    RemoveUnit,
    Say,
    SayLevel,
    ScanOutputs,
    StartBox,
    StopBox,
    TakeCheckpoint,
    UploadChunks,
)
from agent.journal import Journal, JournalRefused
from agent.owners_choice import Anyway, ChoiceKind, OwnersChoice
from agent.picture import Picture
from agent.policy.keeper import RulesKeeper
from agent.policy.surroundings import Surroundings
from agent.sandbox.base import GRACE_SECONDS
from agent.unit_run import UnitRun, UnitTools
from core.client.errors import ClientError, ServerError, UpgradeRequired
from core.client.node import NodeClient
from core.protocol.node import Fault
from core.protocol.node_rules import Rules
from core.protocol.node_why import NodeWhy

LOOK_SECONDS = 5.0
JOURNAL_RETRY_SECONDS = 2.0
_NOBODY = (401, 403)
_LATER = (408, 429)

Look = Callable[[Rules], tuple[MachineSeen, Surroundings]]
SayAloud = Callable[[Say], None]


class Service:
    """One node from its start to its end. `look` (blocking) sees the machine and what these rules look at, `say` tells
    the owner; `begin_paused` stands over what the owner chose last."""

    def __init__(
        self,
        *,
        brain: Brain,
        client: NodeClient,
        journal: Journal,
        tools: UnitTools,
        look: Look,
        rules: RulesKeeper,
        say: SayAloud,
        begin_paused: bool = False,
    ) -> None:
        self._brain = brain
        self._client = client
        self._journal = journal
        self._tools = tools
        self._look = look
        self._rules = rules
        self._say = say
        if begin_paused:  # remembered before anything else happens: a node killed now must not begin to share
            journal.write(JournalChanges(choice=OwnersChoice(ChoiceKind.PAUSE)))
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._units: dict[str, UnitRun] = {}
        self._tasks: dict[str, set[asyncio.Task[None]]] = {}
        self._own_tasks: set[asyncio.Task[None]] = set()
        self._finish: Finish | None = None
        self._told: dict[int, asyncio.Future[None]] = {}
        self.days = DayKeeper(journal, brain.doings)
        self._listeners: set[Callable[[], None]] = {self.days.note}
        self._stopped = asyncio.Event()
        self._look_now = asyncio.Event()
        self._putting_rules = asyncio.Lock()
        self._has_begun = asyncio.Event()
        self._journal_refuses = False
        self.is_over = False

    async def run(self) -> str:
        """Share the machine until asked to stop; gives what went wrong in words, or nothing."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        try:
            for warning in self._rules.warnings:
                self._say(Say(warning, SayLevel.WARNING))
            await self._decide(await self._looked())
            await self._decide(self._rules.judge(self._journal.choice().anyway))  # the brain doesn't know it yet
            self._take_up(self._journal.attempts())
            self._start(self._keep_looking(), self._own_tasks, None)
            while self._finish is None:
                await self._handle(await self._next_event())
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
            self.is_over = True
            self._has_begun.set()
            for taken in self._told.values():  # nobody hears it any more, and nobody shall wait for that
                if not taken.done():
                    taken.set_result(None)
            self._changed()
            await self._end()
            self.days.close()
        return self._finish.trouble

    def emit(self, event: Event) -> None:
        """Tell the brain of something, from the loop's own thread."""
        self._events.put_nowait(event)

    async def tell(self, event: Event) -> None:
        """The same, and wait until the brain has taken it. What the journal holds is taken before: an owner's word must
        not be followed by what they wanted earlier."""
        await self._has_begun.wait()
        if self.is_over:
            return
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._told[id(event)] = taken
        self.emit(event)
        if self._journal_refuses and isinstance(event, OwnerChose) and event.choice.kind is ChoiceKind.PAUSE:
            for attempt_id in list(self._units):  # code that runs doesn't wait for room on the disk to be stopped
                self._carry_out(StopBox(attempt_id, GRACE_SECONDS))
        await taken

    @contextlib.contextmanager
    def listening(self, changed: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `changed` is called after whatever happens to the node."""
        self._listeners.add(changed)
        try:
            yield
        finally:
            self._listeners.discard(changed)

    @property
    def tools(self) -> UnitTools:
        """What units are run with here."""
        return self._tools

    @property
    def is_connected(self) -> bool:
        """Whether the server has answered the newest call."""
        return self._brain.is_connected

    @property
    def is_sharing(self) -> bool:
        """Whether units may run here."""
        return self._brain.choice.kind is not ChoiceKind.PAUSE and not self._brain.is_paused_by_rules

    @property
    def rules(self) -> RulesKeeper:
        """The owner's rules in force."""
        return self._rules

    async def put_rules(self, rules: Rules, check: Callable[[], None]) -> None:
        """Have these rules from now on, also after a restart. Raises OSError, and what `check` raises when no others
        can come between; the old ones stay then."""
        async with self._putting_rules:
            check()
            await asyncio.to_thread(self._rules.write, rules)
            self._rules.take(rules)
        await self.tell(Tick())
        self._look_now.set()  # at what only these rules ask for, such as a program that was named just now

    async def share_anyway(self, anyway: Anyway) -> None:
        """Set a rule aside for a while, or mind it again."""
        await self.tell(OwnerSharesAnyway(anyway))

    @property
    def journal(self) -> Journal:
        """What the node remembers."""
        return self._journal

    async def ask_server_why(self) -> NodeWhy | None:
        """What its server has for it; None where that can't be asked now, such as of an older one."""
        try:
            return await self._client.why()
        except (ClientError, ServerError):
            return None

    def picture(self) -> Picture:
        """The node as its owner may see it."""
        return self._brain.picture(time.monotonic())

    # ---- events and instructions ------------------------------------------------------------------------------------

    def _take_up(self, attempts: list[JournalledAttempt]) -> None:
        for journalled in attempts:
            self._units[journalled.lease.attempt_id] = UnitRun(journalled.lease, self._tools, self.emit)
        self.emit(Resumed(attempts, self._journal.choice()))
        self._has_begun.set()

    async def _next_event(self) -> Event:
        wake_at = self._brain.wake_at()
        pause_ends_at, rules_change_at = self._brain.choice.until, self._rules.next_at
        now = time.time()  # the clock on the wall goes on while the machine sleeps; it is looked at again with each
        if pause_ends_at is not None and now >= pause_ends_at:  # event, at the latest when the machine is looked at
            return OwnerChose(OwnersChoice())
        if rules_change_at is not None and now >= rules_change_at:
            return Tick()
        for until in (pause_ends_at, rules_change_at):
            if until is not None:
                over_at = time.monotonic() + until - now
                wake_at = over_at if wake_at is None else min(wake_at, over_at)
        try:
            async with asyncio.timeout_at(wake_at):  # the loop's clock is the monotonic one
                return await self._events.get()
        except TimeoutError:
            return Tick()

    async def _handle(self, event: Event) -> None:
        if not await self._decide(event):
            return
        is_due = self._rules.is_due or isinstance(event, OwnerChose | OwnerSharesAnyway)
        if is_due and not await self._decide(self._rules.judge(self._brain.choice.anyway)):
            return  # judged here and not where it is told, so that no verdict is older than what it is about
        taken = self._told.pop(id(event), None)
        if taken is not None and not taken.done():
            taken.set_result(None)
        self._changed()

    async def _decide(self, event: Event) -> bool:
        """Have the brain take an event, and do what it says. False if the owner stopped the node meanwhile."""
        instructions = self._brain.handle(event, time.monotonic())
        stops = [one for one in instructions if isinstance(one, StopBox)]
        for instruction in instructions:
            if not isinstance(instruction, JournalChanges):
                self._carry_out(instruction)
            elif not await self._remember(instruction, stops):
                return False
        return True

    async def _remember(self, changes: JournalChanges, stops: Sequence[StopBox]) -> bool:
        """Write to the journal, however long the disk is full: nothing is done or said that is not remembered, but that
        code is stopped which has to be. False if the owner stopped the node meanwhile."""
        while True:
            try:
                self._journal.write(changes)
            except JournalRefused as error:
                if not self._journal_refuses:
                    self._say(Say(f"{error}. Free some disk space: the node waits for it", SayLevel.WARNING))
                    for stop in stops:
                        self._carry_out(stop)
                self._journal_refuses = True
                if await self._is_stopped_within(JOURNAL_RETRY_SECONDS):
                    self._finish = Finish(str(error))
                    return False
            else:
                self._journal_refuses = False
                return True

    async def _is_stopped_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        return self._stopped.is_set()

    def _stop(self) -> None:
        self._stopped.set()
        self.emit(StopRequested("the owner stopped the node"))

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()

    def _carry_out(self, instruction: Instruction) -> None:
        match instruction:
            case Exchange():
                self._start(self._exchange(instruction), self._own_tasks, None)
            case Say():
                self._say(instruction)
            case Finish():
                self._finish = instruction
            case Fetch():
                unit = self._units.get(instruction.attempt_id)
                if unit is None:
                    unit = self._units[instruction.attempt_id] = UnitRun(instruction.lease, self._tools, self.emit)
                self._work(instruction, unit.fetch(instruction.slot))
            case ForgetContent():
                self._start(self._forget(instruction), self._own_tasks, None)
            case RemoveUnit():
                self._start(self._remove(instruction.attempt_id), self._own_tasks, None)
            case AttemptInstruction():
                self._carry_out_for(self._units[instruction.attempt_id], instruction)

    def _carry_out_for(self, unit: UnitRun, instruction: AttemptInstruction) -> None:
        match instruction:
            case GiveUrls():
                unit.add_urls(instruction.urls)
            case BuildEnvironment():
                wanted = (instruction.python, instruction.requirements, instruction.lock)
                self._work(instruction, unit.build_environment(*wanted))
            case StartBox():
                self._work(instruction, unit.run_box(instruction.run_seconds))
            case Extend():
                unit.extend(instruction.max_runtime_seconds)
            case StopBox():
                self._work(instruction, unit.stop_box(instruction.grace_seconds))
            case TakeCheckpoint():
                self._work(instruction, unit.take_checkpoint(final=instruction.final))
            case KeepSnapshots():
                self._work(instruction, unit.keep_snapshots(instruction.names))
            case ScanOutputs():
                self._work(instruction, unit.scan_outputs())
            case UploadChunks():
                self._work(instruction, unit.upload(instruction.number, instruction.uploads))

    def _work(self, instruction: AttemptInstruction, work: Coroutine[Any, Any, None]) -> None:
        tasks = self._tasks.setdefault(instruction.attempt_id, set())
        self._start(work, tasks, instruction.attempt_id)

    def _start(self, work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]], attempt_id: str | None) -> None:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(lambda done: self._done(done, tasks, attempt_id))

    def _done(self, task: asyncio.Task[None], tasks: set[asyncio.Task[None]], attempt_id: str | None) -> None:
        """A task that ended by an error that nobody foresaw is a bug of ours: shown, and the end of what it was for."""
        tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        sys.stderr.write("".join(traceback.format_exception(error)))
        if attempt_id is not None:
            self.emit(AttemptTrouble(attempt_id, Fault.NODE, "agent", f"a fault of the node program: {error!r}"))
        else:
            self._finish = Finish(f"a fault of the node program: {error!r}")
            self.emit(Tick())

    # ---- its own work -----------------------------------------------------------------------------------------------

    async def _exchange(self, instruction: Exchange) -> None:
        try:
            response = await self._client.exchange(instruction.request)
        except UpgradeRequired as error:
            words = f"this node program is too old for its server: {error.message}. {error.hint}"
            self.emit(ExchangeFailed(instruction.call, CallTrouble.UPGRADE, words))
        except ServerError as error:
            words = f"the server says: {error.message}"
            self.emit(ExchangeFailed(instruction.call, _trouble(error), words, error.retry_after_seconds))
        except ClientError as error:
            self.emit(ExchangeFailed(instruction.call, CallTrouble.UNREACHABLE, error.message))
        else:
            self.emit(ExchangeAnswered(instruction.call, response))

    async def _keep_looking(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._look_now.wait()
            self._look_now.clear()
            self.emit(await self._looked())

    async def _looked(self) -> MachineSeen:
        await self._tools.disk.tend([unit.lease.limits.disk_mb for unit in self._units.values()])
        machine, seen = await asyncio.to_thread(self._look, self._rules.rules)
        self._rules.see(seen)
        await self._tools.gpus.renew()
        return machine

    async def _remove(self, attempt_id: str) -> None:
        await _cancelled(self._tasks.pop(attempt_id, set()))
        unit = self._units.pop(attempt_id, None)
        is_wiped = True
        if unit is not None:
            try:
                await unit.remove()
            except OSError as error:  # removed at the next start, when nothing can hold it any more
                is_wiped = False
                self._say(Say(f"a unit's folder is left behind: {error}", SayLevel.WARNING))
        self.emit(UnitRemoved(attempt_id, is_wiped))

    async def _forget(self, instruction: ForgetContent) -> None:
        try:
            contents = (self._tools.contents, self._tools.passing_contents)
            is_gone = all([await one.forget(instruction.digest, instruction.chunks) for one in contents])
        except OSError as error:  # the server asks again
            self._say(Say(f"a deleted content could not be removed: {error}", SayLevel.WARNING))
        else:
            if is_gone:
                self.emit(ContentForgotten(instruction.digest))

    async def _end(self) -> None:
        """Leave nothing running; what is not finished stays in the journal and in its folder."""
        for tasks in [self._own_tasks, *self._tasks.values()]:
            await _cancelled(tasks)
        for unit in self._units.values():
            try:
                await unit.leave()
            except OSError as error:  # found and ended by the next start
                self._say(Say(f"a unit's disk is left mounted: {error}", SayLevel.WARNING))


def _trouble(error: ServerError) -> CallTrouble:
    if error.status in _NOBODY:
        return CallTrouble.CREDENTIAL
    if error.status in _LATER or error.status >= 500:
        return CallTrouble.UNREACHABLE
    return CallTrouble.REFUSED


async def _cancelled(tasks: set[asyncio.Task[None]]) -> None:
    """Break these tasks off, and wait until they have ended."""
    pending = list(tasks)
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending)
