"""One attempt beside the history: how it ended and what that earned, its facts, what it might touch, its course."""

import time
from collections.abc import Sequence
from datetime import datetime

import msgspec
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.customer import AttemptOutcome
from core.protocol.node_history import PastUnit
from core.protocol.node_rules import Electricity
from core.protocol.owner import OwnerAttempt, PackageBlock

from ....amounts import credit_words, local, moment_words, short_digest, size_words
from ....attempt_words import (
    LOST_COLOUR,
    LOST_ICON,
    OWN_JOB,
    attempt_glyph,
    outcome_words,
    reason_words,
    seconds_of,
    share_words,
)
from ....demand_words import sensitivity_words
from ....earnings_facts import cost_of
from ....job_words import UNKNOWN, duration, role_name
from ....models.owner_attempts import energy_words
from ....node_words import mib_words
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.frames import Area, Line
from ....widgets.header import IdLabel
from ....widgets.labels import ElidedLabel, Label
from ....widgets.marked_lines import MarkedLines
from ....widgets.split_bar import SplitBar

_FACTS = 7


class Around(msgspec.Struct, frozen=True):
    """What is known of where an attempt ran: in words, of what tier its machine is now (empty: unknown), whether a box
    stood around it, what power costs here, and what the node remembers of it if that is this computer's."""

    place: str = ""
    tier: str = ""
    is_confined: bool = True
    electricity: Electricity | None = None
    past: PastUnit | None = None


class AttemptPanel(Area):
    """`show_attempt` for another one. `report_asked` carries it, `undo_asked` the block of its package."""

    report_asked = Signal(object)
    undo_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._attempt: OwnerAttempt | None = None
        self._block: PackageBlock | None = None
        self._around = Around()
        self.glyph = Label(theme)
        self.role = ElidedLabel(theme, "", weight="strong")
        self.id_label = IdLabel(theme)
        self.band = Area(theme, "tint_running")
        self.band_title = Label(theme, "", weight="strong", wrap=True)
        self.band_line = Label(theme, "", style="caption", colour="ink2", wrap=True)
        self.split = SplitBar(theme)
        self._here, self._others = (Label(theme, "", style="caption", colour="ink2") for _ in range(2))
        self._fact_names = [Label(theme, "", style="caption", colour="ink3") for _ in range(_FACTS)]
        self._facts = [Label(theme, "", wrap=True) for _ in range(_FACTS)]
        self._may_lead, self._may_not_lead, self._course_lead = (Label(theme, "", weight="strong") for _ in range(3))
        self.may = MarkedLines(theme, "check", "st_completed")
        self.may_not = MarkedLines(theme, "ban", "ink3")
        self._box = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self.course = Label(theme, "", style="caption", mono=True, wrap=True)
        self.blocked_line = Label(theme, "", colour="ink2", wrap=True)
        self.report_button = Button(theme, "", "ban", "danger")
        self.undo_button = Button(theme, "", "undo-2")
        self.report_button.clicked.connect(self._report)
        self.undo_button.clicked.connect(self._undo)
        self._lay_out()
        theme.changed.connect(self._paint_glyph)

    @property
    def attempt(self) -> OwnerAttempt | None:
        """The one shown."""
        return self._attempt

    def show_attempt(self, attempt: OwnerAttempt | None, around: Around, block: PackageBlock | None) -> None:
        """`block` is that of its package, if there is one."""
        self._attempt, self._block, self._around = attempt, block, around
        if attempt is None:
            return
        self._paint_glyph()
        self.role.setText(role_name(attempt.role))
        self.id_label.set_id(attempt.compute_unit_id)
        self._show_band(attempt)
        self._show_facts(attempt)
        self._show_may(attempt)
        self.course.setText("\n".join(f"{_clock(at)}  {words}" for at, words in course_of(attempt, around.past)))
        has_package = bool(attempt.package_digest)
        self.report_button.setVisible(has_package and block is None)
        self.undo_button.setVisible(block is not None)
        self.blocked_line.setVisible(block is not None)
        if block is not None:
            when = moment_words(block.created_at, datetime.now())
            self.blocked_line.setText(self.tr("You keep this package off your machines since {0}.").format(when))

    def retranslate(self) -> None:
        names = (
            self.tr("Time"),
            self.tr("Package"),
            self.tr("Machine"),
            self.tr("Limits"),
            self.tr("Traffic"),
            self.tr("Energy"),
            self.tr("Sensitivity"),
        )
        for label, words in zip(self._fact_names, names, strict=True):
            label.setText(words)
        self._may_lead.setText(self.tr("It might"))
        self._may_not_lead.setText(self.tr("It might not"))
        self._course_lead.setText(self.tr("Course"))
        self.report_button.setText(self.tr("Report and stop this"))
        self.undo_button.setText(self.tr("Let this package in again"))
        self.show_attempt(self._attempt, self._around, self._block)

    # ---- how --------------------------------------------------------------------------------------------------------

    def _report(self) -> None:
        if self._attempt is not None:
            self.report_asked.emit(self._attempt)

    def _undo(self) -> None:
        if self._block is not None:
            self.undo_asked.emit(self._block)

    def _paint_glyph(self) -> None:
        if self._attempt is None:
            return
        glyph = attempt_glyph(self._attempt)
        theme = self._theme
        self.glyph.setPixmap(theme.pixmap(LOST_ICON, LOST_COLOUR, 1.08) if glyph is None else theme.state_pixmap(glyph))

    def _show_band(self, attempt: OwnerAttempt) -> None:
        glyph = attempt_glyph(attempt)
        self.band.set_fill("warn_tint" if glyph is None else f"tint_{glyph}")
        self.band_title.setText(self._band_words(attempt))
        reason = reason_words(attempt)
        self.band_line.setText(f"{reason[:1].upper()}{reason[1:]}" if reason else "")
        self.band_line.setVisible(bool(reason))
        is_split = attempt.share is not None and 0 < attempt.share < 1
        for widget in (self.split, self._here, self._others):
            widget.setVisible(is_split)
        if attempt.share is not None and is_split:
            colour = LOST_COLOUR if glyph is None else f"st_{glyph}"
            seconds = attempt.accepted_seconds
            mine = self.tr("This machine {0} · {1}").format(duration(seconds), share_words(attempt.share))
            theirs = self.tr("Others {0}").format(duration(seconds / attempt.share - seconds))
            self._here.setText(mine)
            self._others.setText(theirs)
            self.split.set_share(attempt.share, colour, f"{mine}, {theirs}")

    def _band_words(self, attempt: OwnerAttempt) -> str:
        amount, outcome = credit_words(attempt.earned_micro), outcome_words(attempt)
        match attempt.payment:
            case "paid" if attempt.outcome is AttemptOutcome.COMPLETED:
                return self.tr("Earned {0} credits").format(amount)
            case "paid":
                return self.tr("{0}, and still earned {1} credits").format(outcome, amount)
            case "waiting":
                return self.tr("{0}: what it earns isn't settled yet").format(outcome)
        return self.tr("{0}: earned nothing").format(outcome)

    def _show_facts(self, attempt: OwnerAttempt) -> None:
        limits = attempt.limits
        cpus = self.tr("1 processor") if limits.cpus == 1 else self.tr("{0} processors").format(limits.cpus)
        parts = [cpus, self.tr("{0} of memory").format(mib_words(limits.memory_mb))]
        parts.append(self.tr("{0} of disk").format(mib_words(limits.disk_mb)))
        if attempt.gpu_uuid is not None:
            parts.append(self.tr("{0} of GPU memory").format(mib_words(limits.vram_mb)))
        digest = printable(attempt.package_digest)
        values = (
            self._time_words(attempt),
            f"sha256 {short_digest(digest)}" if digest else UNKNOWN,
            f"{printable(attempt.node_name)} · {self._around.place}",
            " · ".join(parts),
            self.tr("{0} in, {1} result, {2} checkpoints").format(
                size_words(attempt.input_bytes), size_words(attempt.output_bytes), size_words(attempt.checkpoint_bytes)
            ),
            self._energy_words(attempt),
            self._sensitivity_words(attempt),
        )
        for label, words in zip(self._facts, values, strict=True):
            label.setText(words)
        self._facts[1].setToolTip(digest)

    def _time_words(self, attempt: OwnerAttempt) -> str:
        ran, most = duration(seconds_of(attempt, time.time())), duration(attempt.limits.max_runtime_seconds)
        if attempt.started_at is None or attempt.finished_at is None:
            return self.tr("{0}, at most {1}").format(ran, most)
        span = f"{_clock(attempt.started_at)} – {_clock(attempt.finished_at)}"
        return self.tr("{0} ({1}), at most {2}").format(span, ran, most)

    def _energy_words(self, attempt: OwnerAttempt) -> str:
        power, words = self._around.electricity, energy_words(attempt)
        cost = cost_of(attempt, power)
        return words if cost is None or power is None else f"{words}, {printable(power.currency)}{cost:,.3f}"

    def _sensitivity_words(self, attempt: OwnerAttempt) -> str:
        """The tier is that of now: nobody keeps what it was then."""
        words = printable(sensitivity_words(attempt.sensitivity)) if attempt.sensitivity else UNKNOWN
        tier = printable(self._around.tier)
        return self.tr("{0}; this machine's tier: {1}").format(words, tier) if tier else words

    def _show_may(self, attempt: OwnerAttempt) -> None:
        """What stood around it: where nothing confines code, only its owner's own jobs run."""
        may = [
            (self.tr("Read its package and its data, {0}").format(size_words(attempt.input_bytes)), False),
            (self.tr("Write its own folder, at most {0}").format(mib_words(attempt.limits.disk_mb)), False),
        ]
        if attempt.gpu_uuid is not None:
            may.append((self.tr("Use this GPU alone: {0}").format(self._around.place), False))
        forbidden = [
            self.tr("Reach the network"),
            self.tr("See your files and programs"),
            self.tr("Use other GPUs, camera or keyboard"),
        ]
        if self._around.is_confined:
            self.may.set_lines(may)
            self.may_not.set_lines([(words, False) for words in forbidden])
            self._box.setText(self.tr("The box stood around it from its start to its end."))
        else:
            self.may.set_lines([*may, *((words, True) for words in forbidden)])
            self.may_not.set_lines([(self.tr("Nothing: no box works on this machine"), True)])
            self._box.setText(self.tr("Such a machine runs nothing but your own jobs."))

    def _lay_out(self) -> None:
        gap = self._theme.gap
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(gap(8))
        head.addWidget(self.glyph)
        head.addWidget(self.role, 1)
        head.addWidget(self.id_label)
        split = QHBoxLayout()
        split.addWidget(self._here)
        split.addStretch(1)
        split.addWidget(self._others)
        band = QVBoxLayout(self.band)
        band.setContentsMargins(gap(16), gap(10), gap(16), gap(10))
        band.setSpacing(gap(4))
        for widget in (self.band_title, self.band_line, self.split):
            band.addWidget(widget)
        band.addLayout(split)
        facts = QGridLayout()
        facts.setHorizontalSpacing(gap(12))
        facts.setVerticalSpacing(gap(5))
        facts.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(zip(self._fact_names, self._facts, strict=True)):
            facts.addWidget(name, row, 0)
            facts.addWidget(value, row, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.report_button)
        buttons.addWidget(self.undo_button)
        buttons.addStretch(1)
        sections: tuple[list[QWidget | QLayout], ...] = (
            [head],
            [self.band],
            [facts],
            [self._may_lead, self.may, self._may_not_lead, self.may_not, self._box],
            [self._course_lead, self.course],
            [self.blocked_line, buttons],
        )
        for number, parts in enumerate(sections):
            if number:
                column.addWidget(Line(self._theme))
            column.addLayout(self._section(parts))
        column.addStretch(1)

    def _section(self, parts: Sequence[QWidget | QLayout]) -> QVBoxLayout:
        gap = self._theme.gap
        section = QVBoxLayout()
        is_band = parts[0] is self.band
        section.setContentsMargins(*((0, 0, 0, 0) if is_band else (gap(16), gap(11), gap(16), gap(11))))
        section.setSpacing(gap(5))
        for part in parts:
            if isinstance(part, QWidget):
                section.addWidget(part)
            else:
                section.addLayout(part)
        return section


def course_of(attempt: OwnerAttempt, past: PastUnit | None = None) -> list[tuple[str, str]]:
    """What happened to it, oldest first: the time as the service has it, or its own node, and the words."""
    translate = QCoreApplication.translate
    rows = [(attempt.leased_at, translate("AttemptPanel", "leased to this machine"))]
    if attempt.started_at is not None:
        rows.append((attempt.started_at, translate("AttemptPanel", "started")))
    if attempt.finished_at is not None:
        words = outcome_words(attempt)
        rows.append((attempt.finished_at, f"{words[:1].lower()}{words[1:]}"))
    if past is not None and past.ended_at is not None and past.words:
        rows.append((past.ended_at, printable(past.words)))
    if past is not None and past.wiped_at is not None:
        rows.append((past.wiped_at, translate("AttemptPanel", "nothing of it is left on this computer")))
    return sorted(rows, key=lambda row: datetime.fromisoformat(row[0]))


def is_confined(attempt: OwnerAttempt, *, box_works: bool) -> bool:
    """Whether a box stood around it: nobody else's job is leased to a machine without one."""
    return box_works or attempt.reason != OWN_JOB


def _clock(time_text: str) -> str:
    return local(time_text).strftime("%H:%M:%S")
