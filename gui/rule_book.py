"""The rules in force at the node of this computer, changed from here, and the way back from each change.

Others change them too, from another window or a command line: a change is made to what is in force at that moment, and
taking it back takes back what it changed alone.
"""

import asyncio
import contextlib
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Signal

from core.client.coded_errors import StateConflict
from core.client.node_control import AsyncNodeControl
from core.protocol.node_control import NodeStatus
from core.protocol.node_rules import GpuRules, Rules

Change = Callable[[Rules], Rules]
_MOST_STEPS = 100
_TRIES_MORE = 4


class RuleBook(QObject):
    """`in_force` is what the node said last, None before that. `changed` when it, what can be undone or whether a
    change is under way is another. `control` gives the line to the node, or raises NodeNotRunning; `heard` gets how the
    node is after a change.

    Everything that asks raises NodeNotRunning, ConnectionFailed, ServerError; what is in force stays as it was then.
    """

    changed = Signal()

    def __init__(
        self,
        control: Callable[[], AsyncNodeControl],
        heard: Callable[[NodeStatus], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._control, self._heard = control, heard
        self._one_at_a_time = asyncio.Lock()
        self._done: list[tuple[Rules, Rules]] = []
        self._undone: list[tuple[Rules, Rules]] = []
        self._under_way = 0
        self.in_force: Rules | None = None

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    @property
    def is_changing(self) -> bool:
        """Whether a change is on its way."""
        return self._under_way > 0

    def forget(self) -> None:
        """Another node, or another run of it, whose rules are not known yet; nothing of its can be undone."""
        if self.in_force is not None or self._done or self._undone:
            self.in_force = None
            self._done.clear()
            self._undone.clear()
            self.changed.emit()

    async def ask(self) -> None:
        """Hear what is in force now."""
        async with self._one_at_a_time:
            self._take(await self._control().rules())

    async def change(self, change: Change) -> None:
        """Put it in force, at once."""
        step = await self._put(change)
        if step is not None:
            self._done = [*self._done, step][-_MOST_STEPS:]
            self._undone.clear()
            self.changed.emit()

    async def begin_anew(self) -> None:
        """Have the rules that hold where none were set: those of the node can't be read. Nothing takes that back."""
        self._heard(await self._control().put_rules(Rules()))

    async def undo(self) -> None:
        """Take the last change back; nothing if there is none."""
        if self._done:
            before, after = step = self._done[-1]
            await self._put(lambda rules: carried_over(rules, after, before))
            self._move(step, self._done, self._undone)

    async def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._undone:
            before, after = step = self._undone[-1]
            await self._put(lambda rules: carried_over(rules, before, after))
            self._move(step, self._undone, self._done)

    def _move(
        self,
        step: tuple[Rules, Rules],
        source: list[tuple[Rules, Rules]],
        target: list[tuple[Rules, Rules]],
    ) -> None:
        if source and source[-1] is step:  # it may have been forgotten meanwhile
            source.pop()
            target.append(step)
        self.changed.emit()

    async def _put(self, change: Change) -> tuple[Rules, Rules] | None:
        """Rules before and after; None where they were so already."""
        self._under_way += 1
        self.changed.emit()
        try:
            async with self._one_at_a_time:
                before, after, status = await changed_at(self._control(), change)
                self.in_force = after
                if status is not None:
                    self._heard(status)
        finally:
            self._under_way -= 1
            self.changed.emit()
        return (before, after) if after != before else None

    def _take(self, rules: Rules) -> None:
        if rules != self.in_force and not self.is_changing:
            self.in_force = rules
            self.changed.emit()


async def changed_at(control: AsyncNodeControl, change: Change) -> tuple[Rules, Rules, NodeStatus | None]:
    """Rules before and after a change to what was in force, made anew where another came between; the status is None
    where nothing was to be changed."""

    async def once() -> tuple[Rules, Rules, NodeStatus | None]:
        digest = (await control.status()).rules_digest
        before = await control.rules()
        after = change(before)
        return before, after, None if after == before else await control.put_rules(after, if_match=digest or None)

    for _ in range(_TRIES_MORE):
        with contextlib.suppress(StateConflict):
            return await once()
    return await once()


def carried_over(rules: Rules, before: Rules, after: Rules) -> Rules:
    """`rules` with what differs between `before` and `after` as it is in `after`; a GPU's rules one by one."""
    changes = {
        name: getattr(after, name)
        for name in Rules.__struct_fields__
        if name != "gpus" and getattr(before, name) != getattr(after, name)
    }
    gpus = dict(rules.gpus)
    for uuid in before.gpus.keys() | after.gpus.keys():
        was, wanted = before.gpus.get(uuid, GpuRules()), after.gpus.get(uuid, GpuRules())
        if was != wanted:
            gpus[uuid] = msgspec.structs.replace(gpus.get(uuid, GpuRules()), **_differing(was, wanted))
    return msgspec.structs.replace(rules, **changes, gpus=gpus)


def with_gpu(rules: Rules, uuid: str, **fields: object) -> Rules:
    """The rules with fields of one GPU's changed."""
    changed = msgspec.structs.replace(rules.gpus.get(uuid, GpuRules()), **fields)
    return msgspec.structs.replace(rules, gpus={**rules.gpus, uuid: changed})


def _differing(was: GpuRules, wanted: GpuRules) -> dict[str, object]:
    return {
        name: getattr(wanted, name)
        for name in GpuRules.__struct_fields__
        if getattr(was, name) != getattr(wanted, name)
    }
