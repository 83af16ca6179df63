"""The window's line to the node of this computer: its state as it changes, and the owner's wishes to it.

It keeps looking for a node that isn't there yet, and finds it again after it was restarted. What the state means in
words is in node_words.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, Signal

from core.client.errors import ClientError, ServerError
from core.client.node_control import AsyncNodeControl, NodeNotRunning, control_of, node_statuses
from core.protocol.node_control import ControlFile, NodeState, NodeStatus
from core.protocol.node_day import NodeDay
from core.protocol.node_history import HISTORY_PAGE, History
from core.protocol.node_rules import RuleKind, Why
from core.protocol.self_test import SelfTestStatus

from .node_mood import NodeWords
from .node_words import absent_words, lost_words, node_words
from .pause_choices import PauseFor, now_here, pause_seconds
from .rule_book import RuleBook

_LOOK_SECONDS = 1.0
_PAUSE_WITHIN_SECONDS = 10.0


class LinkState(StrEnum):
    """ABSENT: no node runs here. LOST: one did until now and doesn't answer. LIVE: what is shown is so."""

    ABSENT = "absent"
    LIVE = "live"
    LOST = "lost"


class NodeLink(QObject):
    """`changed` comes with every new status and every change of the line. Times are seconds of `monotonic`. `rules` are
    the owner's rules as they are in force there, and how they are changed."""

    changed = Signal()

    def __init__(
        self,
        data_dir: Path,
        *,
        look_seconds: float = _LOOK_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._look_seconds = look_seconds
        self._monotonic = monotonic
        self._control: AsyncNodeControl | None = None
        self._wake = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._pausing_since: float | None = None
        self.state = LinkState.ABSENT
        self.status: NodeStatus | None = None
        self.heard_at: float | None = None
        self.rules = RuleBook(self._line, lambda status: self.take(LinkState.LIVE, status), self)

    @property
    def data_dir(self) -> Path:
        """The folder of the node that is looked for."""
        return self._data_dir

    def set_data_dir(self, data_dir: Path) -> None:
        """Follow another node of this computer."""
        if data_dir != self._data_dir:
            self._data_dir = data_dir
            self.rules.forget()
            if self._following is not None:
                self._following.cancel()
            self.look_now()

    def look_now(self) -> None:
        """Don't wait to look again: a node was just started."""
        self._wake.set()

    async def run(self) -> None:
        """Follow the node for ever; end it by cancelling."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self._follow(control_of(self._data_dir))
                except NodeNotRunning:
                    self.take(LinkState.ABSENT, None)
                await self._wait()
        finally:
            self.take(LinkState.ABSENT, None)

    async def pause(self, choice: PauseFor) -> None:
        """Raises NodeNotRunning, ConnectionFailed, ServerError, as do the other wishes."""
        seconds = pause_seconds(choice, now_here())
        await self._ask(lambda control: control.pause(for_seconds=seconds))

    async def share(self) -> None:
        """Share again, or go on sharing after Finish, then pause."""
        await self._ask(lambda control: control.resume())

    async def finish_then_pause(self) -> None:
        """Take nothing new; pause when what runs has ended."""
        await self._ask(lambda control: control.finish_then_pause())

    async def share_anyway(self, rule: RuleKind, for_seconds: float, gpu_uuid: str | None = None) -> None:
        """Set a rule aside, of one GPU or of the whole node, for so long; 0 ends that."""
        await self._ask(lambda control: control.share_anyway(rule, for_seconds, gpu_uuid))

    @property
    def is_heard(self) -> bool:
        """Whether a node can be asked now."""
        return self._control is not None

    async def day(self) -> NodeDay:
        """What each GPU did today."""
        return await self._line().day()

    async def self_test(self) -> SelfTestStatus:
        """The self-test that runs there, else the newest."""
        return await self._line().self_test()

    async def start_self_test(self, *, skip_line: bool = False) -> SelfTestStatus:
        """Begin one, unless one runs; `skip_line` holds for that one too."""
        return await self._line().start_self_test(skip_line=skip_line)

    async def stop_self_test(self) -> SelfTestStatus:
        """End the one that runs: it counts for nothing."""
        return await self._line().stop_self_test()

    async def history(self, *, before: int | None = None, limit: int = HISTORY_PAGE) -> History:
        """What ran there, the newest first."""
        return await self._line().history(before=before, limit=limit)

    async def why(self) -> Why:
        """Why it earns nothing now, as the node and its server know."""
        return await self._line().why()

    def pausing_seconds_left(self) -> float | None:
        """How long pausing may still take, at most; None while nothing is being paused."""
        if self._pausing_since is None:
            return None
        return max(0.0, self._pausing_since + _PAUSE_WITHIN_SECONDS - self._monotonic())

    def words(self) -> NodeWords:
        """The node in the words of the language shown now."""
        if self.state is LinkState.LOST:
            return lost_words(self.status)
        if self.status is None:
            return absent_words()
        return node_words(self.status, datetime.now().astimezone())

    def take(self, state: LinkState, status: NodeStatus | None) -> None:
        """What was heard, or that nothing is heard any more."""
        if status is not None and state is LinkState.LIVE:
            self.heard_at = self._monotonic()
        is_pausing = state is LinkState.LIVE and status is not None and status.state is NodeState.PAUSING
        if not is_pausing:
            self._pausing_since = None
        elif self._pausing_since is None:
            self._pausing_since = self._monotonic()
        is_news = state is LinkState.LIVE or (state, status) != (self.state, self.status)
        self.state, self.status = state, status
        if is_news:  # the same readings once more are news too: they are as old as their last hearing
            self.changed.emit()

    # ---- how --------------------------------------------------------------------------------------------------------

    async def _follow(self, control_file: ControlFile) -> None:
        """Tell of one run of the node until it ends, its token changes or another folder is wanted."""
        self._following = asyncio.ensure_future(self._listen(control_file))
        try:
            await asyncio.wait([self._following])
        except asyncio.CancelledError:
            self._following.cancel()
            await asyncio.wait([self._following])  # its connection is closed before the loop may end
            raise
        following, self._following = self._following, None
        if following.cancelled():
            self.take(LinkState.ABSENT, None)
            return
        error = following.exception()
        if error is not None and not isinstance(error, ClientError | ServerError):
            raise error
        if self.status is not None and _is_alive(control_file.pid):
            self.take(LinkState.LOST, self.status)
        else:  # it ended, or was killed and left its file behind
            self.take(LinkState.ABSENT, None)

    async def _listen(self, control_file: ControlFile) -> None:
        async with AsyncNodeControl(control_file) as control:
            self._control = control
            try:
                rules_heard: str | None = None
                async with aclosing(node_statuses(control)) as statuses:
                    async for status in statuses:
                        self.take(LinkState.LIVE, status)
                        if status.rules_digest != rules_heard:
                            rules_heard = status.rules_digest
                            await self._hear_rules()
            finally:
                self._control = None

    async def _hear_rules(self) -> None:
        """Others are in force now. A node that can't read what it keeps refuses, and says so in its status too."""
        try:
            await self.rules.ask()
        except ServerError:
            self.rules.forget()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._look_seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _ask(self, ask: Callable[[AsyncNodeControl], Awaitable[NodeStatus]]) -> None:
        self.take(LinkState.LIVE, await ask(self._line()))

    def _line(self) -> AsyncNodeControl:
        if self._control is None:
            raise NodeNotRunning(
                "No node of this computer answers now.", hint="Start it: gpu-agent-node run, or set up sharing here."
            )
        return self._control


def _is_alive(pid: int) -> bool:
    """A node that we started and that was killed is a zombie until it is waited for."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
