"""The readings of My node: what this computer earned, what its GPUs took, how long it worked.

What it earned is its server's word, the rest its own; where no server tells an owner's earnings, what is shared stands
there instead.
"""

from contextlib import suppress
from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.client.errors import ServerError
from core.printable import printable
from core.protocol.node_control import NodeStatus
from core.protocol.node_history import MOST_HISTORY_PAGE, PastUnit

from ....amounts import all_decimals, some_credit_words
from ....attempt_words import kwh_words
from ....earned_watch import Unknown
from ....node_link import LinkState, NodeLink
from ....node_words import duration_words, host_words, mib_words, moment_of
from ....pause_choices import clock_words
from ....trouble import Trouble
from ....ui import Ui
from ....widgets.frames import Panel
from ....widgets.readouts import ReadoutStrip
from ....work_facts import WorkOfDay, is_before, midnight, shared_seconds, work_of_day

_ASK_MS = 15_000
_MOST_PAGES = 10
_NO_EARNINGS = (Unknown.NO_SERVER, Unknown.ELSEWHERE, Unknown.NO_RIGHT, Unknown.NOT_MINE)


class Readings(Panel):
    """Asks the node and the server while it is watched, and the node when a unit begins or ends."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui.theme, parent=parent)
        self._ui = ui
        self._past: list[PastUnit] | None = None
        self._is_whole = True
        self._shared_seconds: float | None = None
        self._units: frozenset[str] | None = None
        self._is_asking = False
        self.strip = strip = ReadoutStrip(ui.theme, line=False)
        self.earned, self.waiting, self.energy, self.working, self.week = (strip.add("") for _ in range(5))
        self.memory, self.disk, self.connected = (strip.add("") for _ in range(3))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(strip)
        self.keep_corners()
        self._timer = QTimer(self, interval=_ASK_MS)
        self._timer.timeout.connect(self._ask)
        ui.node.changed.connect(self._node_changed)
        ui.node.rules.changed.connect(self._show)
        ui.earned.changed.connect(self._show)

    def watch(self, on: bool) -> None:
        """Whether somebody looks at it."""
        if on:
            self._timer.start()
            self._ask()
            self._show()
        else:
            self._timer.stop()

    def retranslate(self) -> None:
        for readout, name in (
            (self.earned, self.tr("Earned today")),
            (self.waiting, self.tr("Waiting for checks")),
            (self.energy, self.tr("Electricity today")),
            (self.working, self.tr("Working today")),
            (self.week, self.tr("This week")),
            (self.memory, self.tr("Memory for units")),
            (self.disk, self.tr("Disk for units")),
            (self.connected, self.tr("Connected")),
        ):
            readout.set_label(name)
        self._show()

    def take(self, past: list[PastUnit], *, is_whole: bool, shared_seconds: float | None = None) -> None:
        """The units of today, as the node tells them, and how long it was shared, where it keeps that."""
        self._past, self._is_whole, self._shared_seconds = past, is_whole, shared_seconds
        self._show()

    # ---- asking -----------------------------------------------------------------------------------------------------

    def _node_changed(self) -> None:
        status = self._ui.node.status
        units = None if status is None else frozenset(unit.attempt_id for unit in status.units)
        if units is None:
            self._past = None  # another node may come
        if units != self._units:
            self._units = units
            if self._timer.isActive():
                self._ask_node()
        self._show()

    def _ask(self) -> None:
        self._ui.earned.ask()
        self._ask_node()

    def _ask_node(self) -> None:
        node = self._ui.node
        if self._is_asking or not node.is_heard:
            return
        self._is_asking = True
        self._ui.tasks.start(_read_today(node), on_done=self._hear, owner=self, on_trouble=self._hear_nothing)

    def _hear(self, told: tuple[list[PastUnit], bool, float | None]) -> None:
        self._is_asking = False
        self.take(told[0], is_whole=told[1], shared_seconds=told[2])

    def _hear_nothing(self, trouble: Trouble) -> None:
        """A node that is gone; the page tells of that."""
        self._is_asking = False

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        status = self._ui.node.status
        if status is None:
            return
        now = datetime.now().astimezone()
        is_stale = self._ui.node.state is not LinkState.LIVE
        if self._ui.earned.earned is None and self._ui.earned.unknown in _NO_EARNINGS:
            self._show_shared(status, now, is_stale)
            self.strip.show_only([self.working, self.energy, self.memory, self.disk, self.connected])
        else:
            self._show_earned(now)
            self.strip.show_only([self.earned, self.waiting, self.energy, self.working, self.week])
        self._show_work(status, now, is_stale)

    def _show_earned(self, now: datetime) -> None:
        watch = self._ui.earned
        known = watch.earned
        if known is None:
            asking = watch.unknown is Unknown.ASKING
            why = self.tr("The server is being asked.") if asking else self.tr("The server doesn't tell it now.")
            for readout in (self.earned, self.waiting, self.week):
                readout.set_value(None, tip=why)
            return
        stale = watch.is_stale
        heard = self.tr("at {0}").format(clock_words(known.heard_at.astimezone(), now)) if stale else ""
        day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).astimezone()
        credits = self.tr("credits")
        since = self.tr("{0} credits since {1}, when the server's day (UTC) began.")
        tip = since.format(all_decimals(known.today_micro), clock_words(day, now))
        self.earned.set_value(some_credit_words(known.today_micro), credits, heard, tip=tip, stale=stale)
        unit = self.tr("unit") if known.waiting == 1 else self.tr("units")
        note = heard if known.of_newest is None else self.tr("of the newest {0}").format(known.of_newest)
        tip = self.tr("Done here, and not settled yet: what they earn is known when their checks are.")
        self.waiting.set_value(f"{known.waiting:,}", unit, note, tip=tip, stale=stale)
        tip = self.tr("{0} credits since Monday, in the server's days (UTC).").format(all_decimals(known.week_micro))
        self.week.set_value(some_credit_words(known.week_micro), credits, heard, tip=tip, stale=stale)

    def _show_work(self, status: NodeStatus, now: datetime, is_stale: bool) -> None:
        if self._past is None:
            why = self.tr("The node hasn't told what ran today.")
            self.working.set_value(None, tip=why)
            self.energy.set_value(None, tip=why)
            return
        rules = self._ui.node.rules.in_force
        electricity = None if rules is None else rules.electricity
        work = work_of_day(self._past, status.units, electricity, now, is_whole=self._is_whole)
        note = "" if work.is_whole else self.tr("at least")
        tip = self.tr("How long at least one unit ran since midnight.")
        unit = ""
        if self._shared_seconds is not None:
            unit = self.tr("of {0} shared").format(duration_words(max(self._shared_seconds, work.seconds)))
        self.working.set_value(duration_words(work.seconds), unit, note, tip=tip, stale=is_stale)
        self._show_energy(work, has_gpus=bool(status.gpus), is_stale=is_stale)

    def _show_energy(self, work: WorkOfDay, *, has_gpus: bool, is_stale: bool) -> None:
        energy = work.energy
        if energy.told == 0 and (energy.units or not has_gpus):
            without = self.tr("This computer has no GPU, and nobody tells what a processor takes for units.")
            untold = self.tr("No driver here tells what the GPUs took for units.")
            self.energy.set_value(None, tip=untold if energy.units else without)
            return
        unit = "kWh"
        rules = self._ui.node.rules.in_force
        if energy.cost is not None and rules is not None:
            unit = f"kWh · {printable(rules.electricity.currency)}{energy.cost:,.2f}"
            tip = self.tr("What GPUs took for units since midnight, at the price in your rules.")
        elif rules is not None and rules.electricity.command:
            tip = self.tr("What GPUs took for units since midnight. Your command tells the price of now alone.")
        else:
            tip = self.tr("What GPUs took for units since midnight. With a price in Rules, its cost stands here too.")
        told = self.tr("{0} of {1} units told it").format(f"{energy.told:,}", f"{energy.units:,}")
        note = "" if energy.is_whole and work.is_whole else told if not energy.is_whole else self.tr("at least")
        self.energy.set_value(kwh_words(energy.joules), unit, note, tip=tip, stale=is_stale)

    def _show_shared(self, status: NodeStatus, now: datetime, is_stale: bool) -> None:
        machine = status.machine
        for readout, size_mb in (
            (self.memory, None if machine is None else machine.shared_memory_mb),
            (self.disk, None if machine is None else machine.shared_disk_mb),
        ):
            why = self.tr("The node hasn't looked at this computer yet.") if size_mb is None else ""
            readout.set_value(None if size_mb is None else mib_words(size_mb), tip=why, stale=is_stale)
        since = moment_of(status.connected_since, now)
        words = duration_words((now - since).total_seconds()) if status.connected and since is not None else None
        self.connected.set_value(words, host_words(status.server), tip=status.server, stale=is_stale)


async def _read_today(node: NodeLink) -> tuple[list[PastUnit], bool, float | None]:
    """The units that ran today or still run, whether these are all, and how long it was shared. Raises NodeNotRunning,
    ConnectionFailed, ServerError."""
    shared: float | None = None
    with suppress(ServerError):  # of a version that keeps no days
        shared = shared_seconds(await node.day())
    day = midnight(datetime.now().astimezone())
    found: list[PastUnit] = []
    before: int | None = None
    for _ in range(_MOST_PAGES):
        page = await node.history(before=before, limit=MOST_HISTORY_PAGE)
        of_today = [unit for unit in page.data if not is_before(unit, day)]
        found += of_today
        before = page.next_before
        if before is None or not of_today:
            return found, True, shared
    return found, False, shared
