"""The unit that is chosen: its attempts with their reasons, what it needs and costs, why it waits, and its log."""

from itertools import takewhile

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.protocol.customer import Attempt, AttemptOutcome, ComputeUnit, TrainingJob, UnitKind, UnitState
from gui.job_steps import Step
from gui.job_view import JobView, seconds_between, waiting_since
from gui.job_words import (
    GLYPH_OF_OUTCOME,
    attempt_words,
    clock,
    credits,
    duration,
    mib,
    outcome_word,
    step_name,
    translate,
    unit_label,
)
from gui.theme.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.chips import Tag, state_words
from gui.widgets.frames import Area, Line
from gui.widgets.labels import ElidedLabel, Label

from .log_view import LogView
from .settled import SettledTable


class _Section(QWidget):
    """A title over rows, a line below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = Label(theme, "", style="body", weight="strong")
        self.title.set_colour("ink2")
        self.rows = QVBoxLayout()
        self.rows.setSpacing(theme.gap(8))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(theme.gap(16), theme.gap(11), theme.gap(16), theme.gap(12))
        inner.setSpacing(theme.gap(7))
        inner.addWidget(self.title)
        inner.addLayout(self.rows)
        column.addLayout(inner)
        column.addWidget(Line(theme))


class _AttemptRow(QWidget):
    """One attempt: glyph, node and time; under it what it did. A silent one has not ended, and its lease is over."""

    def __init__(self, theme: Theme, attempt: Attempt, *, silent: bool) -> None:
        super().__init__()
        self.attempt = attempt
        self._ended_at = attempt.last_heard_at if silent else attempt.finished_at
        glyph = Label(theme)
        glyph.setFixedWidth(theme.gap(16))
        outcome = attempt.outcome
        if silent or outcome is AttemptOutcome.LOST:
            glyph.setPixmap(theme.pixmap("unplug", "warn", 1.08))
        else:
            glyph.setPixmap(theme.state_pixmap(GLYPH_OF_OUTCOME[outcome], 1.08))
        word = outcome_word(AttemptOutcome.LOST if silent else outcome)
        glyph.setToolTip(word)
        newest = outcome is None or outcome is AttemptOutcome.COMPLETED
        name = ElidedLabel(theme, attempt.node_label, weight="strong" if newest else None)
        self._time = Label(theme, "")
        head = QHBoxLayout()
        head.setSpacing(theme.gap(8))
        head.addWidget(glyph)
        head.addWidget(name, 1)
        head.addWidget(self._time)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(1))
        column.addLayout(head)
        lines = attempt_words(attempt)
        if silent or outcome not in (None, AttemptOutcome.COMPLETED):
            lines.insert(0, f"{word}, {clock(self._ended_at)}" if self._ended_at else word)
        if silent:
            lines.append(translate("jobs", "It goes on if it comes back; else another node does."))
        for line in lines:
            label = Label(theme, line, style="caption", colour="ink3", wrap=True)
            label.setContentsMargins(theme.gap(24), 0, 0, 0)
            column.addWidget(label)
        self.setAccessibleName(f"{attempt.node_label}: {word}")

    def tick(self, now: float) -> None:
        attempt = self.attempt
        self._time.setText(duration(seconds_between(attempt.started_at, self._ended_at, now)))


class _OverTheLog(QScrollArea):
    """Shows its content whole where there is room, and scrolls where the log would get none."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        content = self.widget()
        layout = content.layout() if content is not None else None
        if layout is None:
            return super().sizeHint()
        return QSize(0, max(layout.totalHeightForWidth(self.width()), layout.totalSizeHint().height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, min(60, self.sizeHint().height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()


class UnitPanel(Area):
    """`stepped(±1)` asks for the unit before or behind."""

    stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._unit: ComputeUnit | None = None
        self._job: TrainingJob | None = None
        self._waiting: ComputeUnit | None = None
        self._waiting_since: str | None = None
        self._attempts: list[_AttemptRow] = []
        self._shown_attempts: list[tuple[Attempt, bool]] = []
        self._logged = 0
        self._glyph = Label(theme)
        self._name = ElidedLabel(theme, "", weight="strong")
        self._tag = Tag(theme)
        self._back = Button(theme, "", "chevron-left", "quiet", small=True)
        self._on = Button(theme, "", "chevron-right", "quiet", small=True)
        self._back.clicked.connect(lambda: self.stepped.emit(-1))
        self._on.clicked.connect(lambda: self.stepped.emit(1))
        self._attempts_section = _Section(theme)
        self._details_section = _Section(theme)
        self._details = QGridLayout()
        self._details.setHorizontalSpacing(theme.gap(14))
        self._details.setVerticalSpacing(theme.gap(4))
        self._details.setColumnStretch(1, 1)
        self._details_section.rows.addLayout(self._details)
        self._detail_rows: list[tuple[Label, Label]] = []
        self._why = Area(theme, "tint_ready")
        self._why_title = Label(theme, "", weight="strong", colour="st_ready", wrap=True)
        self._why_line = Label(theme, "", colour="ink2", wrap=True)
        self._settled = SettledTable(theme)
        self.log = LogView(theme)
        self.log.setMinimumHeight(theme.px(11))
        self._lay_out(theme)
        theme.changed.connect(self._redraw)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(theme.gap(16), 0, theme.gap(8), 0)
        head.setSpacing(theme.gap(8))
        head.addWidget(self._glyph)
        head.addWidget(self._name)
        head.addWidget(self._tag)
        head.addStretch(1)
        head.addWidget(self._back)
        head.addWidget(self._on)
        bar = QWidget()
        bar.setFixedHeight(theme.size("section_header"))
        bar.setLayout(head)
        why = QVBoxLayout(self._why)
        why.setContentsMargins(theme.gap(16), theme.gap(12), theme.gap(16), theme.gap(12))
        why.setSpacing(theme.gap(6))
        why.addWidget(self._why_title)
        why.addWidget(self._why_line)
        self._top = Area(theme, "surface")
        top = QVBoxLayout(self._top)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(0)
        top.addWidget(self._attempts_section)
        top.addWidget(self._details_section)
        top.addWidget(self._why)
        top.addWidget(self._settled)
        self._scroll = _OverTheLog(self._top)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(Line(theme))
        column.addWidget(self._scroll)
        column.addWidget(self.log, 1)
        self.setMinimumWidth(theme.px(17))

    # What is shown

    def show_unit(self, view: JobView, unit: ComputeUnit | None, step: Step | None, now: float) -> None:
        """A unit as it is now; None while there is none."""
        another = (unit.id if unit else None) != (self._unit.id if self._unit else None)
        self._unit, self._job = unit, view.job
        waiting = unit if unit is not None and unit.state is UnitState.READY else view.longest_waiting()
        self._waiting = waiting
        self._waiting_since = waiting_since(waiting, view.units) if waiting else None
        for widget in (self._scroll, self.log):
            widget.setVisible(unit is not None)
        if unit is None or step is None:
            self._name.setText(self.tr("No unit chosen"))
            return
        many = len(step.units) > 1
        self._name.setText(step_name(step) + (f" · {unit_label(unit)}" if many else ""))
        self._glyph.setPixmap(self._theme.state_pixmap(unit.state.value, 1.08))
        self._glyph.setToolTip(state_words(unit.state.value))
        self._tag.set_text("GPU" if unit.kind is UnitKind.GPU else "CPU")
        self._show_attempts(unit)
        self._show_details(unit)
        self._settled.setVisible(view.ended)
        if view.ended:
            self._settled.show_units(view.units)
        which = self.tr("try {0}").format(unit.attempt) if unit.attempt else ""
        newest = unit.attempts[-1] if unit.attempts else None
        ending = newest.reason if newest is not None and newest.outcome is AttemptOutcome.FAILED else None
        if another:
            self._logged = view.last_line(unit.id)
            self.log.show_log(view.lines(unit.id), which=which, ending=ending)
        else:
            self.log.say_which(which, ending)
        self.tick(now)

    def add_lines(self, view: JobView) -> None:
        """Log lines of the unit that came since."""
        if self._unit is None:
            return
        newest_first = takewhile(lambda row: row.number > self._logged, reversed(view.lines(self._unit.id)))
        new = list(newest_first)[::-1]
        if new:
            self._logged = new[-1].number
            self.log.add(new)

    def _show_attempts(self, unit: ComputeUnit) -> None:
        waits = unit.state is UnitState.READY  # the server gives it to another node, while a try of it is open
        attempts = [(one, waits and one.outcome is None) for one in sorted(unit.attempts, key=lambda one: -one.number)]
        self._attempts_section.setVisible(bool(attempts))
        if attempts == self._shown_attempts:
            return
        self._shown_attempts = attempts
        for row in self._attempts:
            self._attempts_section.rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._attempts = [_AttemptRow(self._theme, attempt, silent=silent) for attempt, silent in attempts]
        for row in self._attempts:
            self._attempts_section.rows.addWidget(row)

    def _show_details(self, unit: ComputeUnit) -> None:
        job = self._job
        rows: list[tuple[str, str]] = []
        if job is not None:
            vram = self.tr("{0} VRAM, ").format(mib(job.required_vram_mb)) if unit.kind is UnitKind.GPU else ""
            rows.append((self.tr("Needs"), vram + self.tr("{0} disk").format(mib(job.required_disk_mb))))
        newest = unit.attempts[-1] if unit.attempts else None
        if newest is not None and newest.last_step is not None:
            rows.append((self.tr("Step"), f"{newest.last_step:,}"))
        if newest is not None and newest.outcome is None and newest.last_heard_at is not None:
            rows.append((self.tr("Last heard"), clock(newest.last_heard_at)))
        if newest is not None and newest.limit is not None and newest.measured is not None:
            rows.append((self.tr("Most it took"), f"{newest.measured:,.0f}"))
            rows.append((self.tr("Allowed"), f"{newest.limit:,.0f}"))
        if newest is not None and newest.exit_code not in (None, 0):
            rows.append((self.tr("Exit code"), str(newest.exit_code)))
        if unit.state is UnitState.COMPLETED:
            rows.append((self.tr("Charged"), credits(unit.charged_micro)))
            rows.append((self.tr("Returned"), credits(unit.released_micro)))
        elif unit.held_micro and not unit.released_micro:
            rows.append((self.tr("Held"), self.tr("{0}, settled on completion").format(credits(unit.held_micro))))
        elif unit.released_micro:
            rows.append((self.tr("Returned"), credits(unit.released_micro)))
        while len(self._detail_rows) < len(rows):
            pair = (Label(self._theme, "", colour="ink3"), Label(self._theme, "", wrap=True).selectable())
            line = len(self._detail_rows)
            self._details.addWidget(pair[0], line, 0, Qt.AlignmentFlag.AlignTop)
            self._details.addWidget(pair[1], line, 1)
            self._detail_rows.append(pair)
        for place, (name, value) in enumerate(self._detail_rows):
            shown = place < len(rows)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(rows[place][0])
                value.setText(rows[place][1])

    def tick(self, now: float) -> None:
        """A second has gone by: times that run."""
        for row in self._attempts:
            row.tick(now)
        waiting, job = self._waiting, self._job
        self._why.setVisible(waiting is not None and job is not None)
        if waiting is not None and job is not None:
            seconds = seconds_between(self._waiting_since, None, now)
            title = self.tr("Why is {0} waiting? · {1}").format(unit_label(waiting), duration(seconds))
            self._why_title.setText(title)
            needs = [mib(job.required_vram_mb) + " VRAM"] if waiting.kind is UnitKind.GPU else []
            needs.append(self.tr("{0} disk").format(mib(job.required_disk_mb)))
            line = self.tr("No node that may run it is free now. It needs {0}; it starts when one is.")
            self._why_line.setText(line.format(", ".join(needs)))
        self._scroll.updateGeometry()

    def retranslate(self) -> None:
        self._attempts_section.title.setText(self.tr("Attempts"))
        self._details_section.title.setText(self.tr("Details"))
        self._back.describe(self.tr("Previous unit"))
        self._on.describe(self.tr("Next unit"))

    def _redraw(self) -> None:
        self._shown_attempts = []
        if self._unit is not None:
            self._glyph.setPixmap(self._theme.state_pixmap(self._unit.state.value, 1.08))
            self._show_attempts(self._unit)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._redraw()
