"""Try it here: a package runs in this computer's own box on a sample, its log beside its metrics. Nothing is charged
or sent."""

import time
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from core.protocol.customer import LogRow, MetricRow

from ....job_words import duration
from ....metric_series import MetricSeries
from ....theme.theme import Theme
from ....theme.tokens import RESOURCES
from ....trial_child import TrialChild, TrialNews, TrialProblem, TrialResult
from ....widgets.buttons import Button
from ....widgets.chips import StateChip
from ....widgets.fields import Combo
from ....widgets.frames import Area, Line, Panel
from ....widgets.labels import ElidedLabel, Label
from ....widgets.readouts import ReadoutStrip
from ..job_parts.log_view import LogView
from ..job_parts.metric_plot import MetricPlot

MAX_SECONDS = 120
_REDRAW_MS = 100
_NARROW_EM = 48
_SAMPLE = RESOURCES / "examples" / "digits" / "digits.csv"
_ROLES = frozenset({"prepare", "train", "evaluate"})


class TryHere(QWidget):
    """`set_package` says what would run; `start` and `stop` are the button's. `changed` says that it began or ended."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._package = ""
        self._child: TrialChild | None = None
        self._started = self._seconds = 0.0
        self._lines = 0
        self.outcome: TrialResult | TrialProblem | None = None
        self._title = Label(theme, "", weight="strong")
        self.state = StateChip(theme, "running")
        self._note = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.data = Combo(theme)
        self.data.add("digits.csv", str(_SAMPLE))
        self.data.add("", "")
        self.button = Button(theme, "", "play", small=True)
        self.strip = ReadoutStrip(theme)
        self._unit = self.strip.add("")
        self._step = self.strip.add("", bar=True, stretch=2)
        self._time = self.strip.add("")
        self._pace = self.strip.add("")
        self._figures = self.strip.add("", stretch=2)
        self._box = Label(theme, "", style="caption", weight="strong")
        self._forbidden = [(Label(theme), Label(theme, "", style="caption", colour="ink2")) for _ in range(2)]
        self._shield = Label(theme)
        self._free = Label(theme, "", style="caption", colour="ink2", wrap=True)
        self.log = LogView(theme)
        self._series = MetricSeries()
        self._rows = 0
        self._first_step: tuple[str, int, float] | None = None
        self.metrics = MetricPlot(theme)
        self._redraw = QTimer(self, interval=_REDRAW_MS, singleShot=True)
        self._redraw.timeout.connect(self._show_metrics)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_time)
        self.button.clicked.connect(self._start_or_stop)
        self.data.activated.connect(self._data_chosen)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.gap
        head = QHBoxLayout()
        head.setSpacing(gap(8))
        head.addWidget(self._title)
        head.addWidget(self.state)
        head.addWidget(self._note, 1)
        head.addWidget(self.data)
        head.addWidget(self.button)
        self.panel = Panel(theme)
        box = Area(theme, "code")
        row = QHBoxLayout(box)
        row.setContentsMargins(gap(14), gap(7), gap(14), gap(7))
        row.setSpacing(gap(6))
        row.addWidget(self._shield)
        row.addWidget(self._box)
        for mark, words in self._forbidden:
            row.addSpacing(gap(10))
            row.addWidget(mark)
            row.addWidget(words)
        row.addStretch(1)
        plot = Area(theme, "surface")
        beside = QVBoxLayout(plot)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self.metrics, 1)
        beside.addWidget(Line(theme))
        self._free.setContentsMargins(gap(14), gap(8), gap(14), gap(8))
        beside.addWidget(self._free)
        self._line = Line(theme, upright=True)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(0)
        self._sides.addWidget(self.log, 5)
        self._sides.addWidget(self._line)
        self._sides.addWidget(plot, 3)
        inner = QVBoxLayout(self.panel)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.setSpacing(0)
        inner.addWidget(self.strip)
        inner.addWidget(box)
        inner.addWidget(Line(theme))
        inner.addLayout(self._sides, 1)
        for widget in (self.log, plot):
            widget.setMinimumHeight(gap(250))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(8))
        column.addLayout(head)
        column.addWidget(self.panel, 1)
        self.panel.keep_corners()
        self.panel.hide()
        self.state.hide()
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _apply_theme(self) -> None:
        self._shield.setPixmap(self._theme.pixmap("shield-check", "st_completed", 1.08))
        for mark, _ in self._forbidden:
            mark.setPixmap(self._theme.pixmap("ban", "ink3", 1.0))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Log and plot below each other where they don't fit side by side."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_NARROW_EM)
        way = QBoxLayout.Direction
        self._sides.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        self._line.setVisible(not narrow)

    @property
    def running(self) -> bool:
        return self._child is not None

    def set_package(self, path: str) -> None:
        """What the button runs. A run of another package goes on and stays in sight."""
        self._package = path

    def set_data(self, path: Path) -> None:
        """Another sample, in front of the bundled one."""
        if self.data.findData(str(path)) < 0:
            self.data.insertItem(0, path.name, str(path))
        self.data.setCurrentIndex(self.data.findData(str(path)))

    def start(self) -> None:
        """Run it; the log begins anew."""
        data = str(self.data.currentData() or _SAMPLE)
        self.outcome, self._lines, self._started = None, 0, time.monotonic()
        self.log.show_log([], which=Path(self._package).name, ending=None)
        self._child = TrialChild(self._package, data, max_seconds=MAX_SECONDS, parent=self)
        self._child.line.connect(self._add_line)
        self._child.news.connect(self._hear)
        self._child.ended.connect(self._ended)
        for readout in (self._unit, self._step, self._pace, self._figures):
            readout.set_value(None)
        self._series, self._rows, self._first_step = MetricSeries(), 0, None
        self._show_metrics()
        self._tick.start()
        self.panel.show()
        self._show_state()
        self._show_time()
        self.changed.emit()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def close_now(self) -> None:
        """End a run before this returns."""
        if self._child is not None:
            self._child.stop_now()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Try it here"))
        self.data.setItemText(self.data.count() - 1, self.tr("Choose a file…"))
        for readout, words in zip(
            (self._unit, self._step, self._time, self._pace, self._figures),
            (self.tr("Running"), self.tr("Step"), self.tr("Time"), self.tr("A step"), self.tr("Results")),
            strict=True,
        ):
            readout.set_label(words)
        self._box.setText(self.tr("The same box as on a node"))
        for (_, label), words in zip(
            self._forbidden, (self.tr("no network"), self.tr("none of your files")), strict=True
        ):
            label.setText(words)
        self._free.setText(self.tr("Nothing is charged, and nothing leaves this computer."))
        self._show_time()
        self.log.retranslate()
        self._show_state()

    def _start_or_stop(self) -> None:
        if self.running:
            self.stop()
        else:
            self.start()

    def _data_chosen(self, row: int) -> None:
        if self.data.itemData(row):
            return
        self.data.setCurrentIndex(0)
        dialog = QFileDialog(self, self.tr("Data to try it on"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.set_data(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add_line(self, text: str) -> None:
        self._lines += 1
        role, _, said = text.partition(" | ")
        ours = role not in _ROLES
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.log.add([LogRow(self._lines, 1, "platform" if ours else "stdout", now, text if ours else said)])
        if not ours:
            self._unit.set_value(role)

    def _hear(self, news: TrialNews) -> None:
        if news.step is not None and not news.values:
            self._show_step(news.unit, news.step, news.of)
        if not news.values:
            return
        self._rows += 1
        self._series.add([MetricRow(self._rows, news.unit, 1, news.step, "", news.values)])
        if not self._redraw.isActive():
            self._redraw.start()

    def _show_step(self, unit: str, step: int, of: int | None) -> None:
        now = time.monotonic()
        self._step.set_value(f"{step:,}", self.tr("of {0}").format(f"{of:,}") if of else "")
        if self._step.bar is not None:
            self._step.bar.set_progress(step / of if of else 0.0)
        if self._first_step is None or self._first_step[0] != unit:
            self._first_step = unit, step, now
        _, first, since = self._first_step
        if step > first:
            self._pace.set_value(f"{(now - since) / (step - first) * 1000:,.0f}", self.tr("ms"))

    def _show_metrics(self) -> None:
        self.metrics.show_metrics(self._series, {role: role for role in _ROLES})

    def _ended(self, outcome: TrialResult | TrialProblem | None) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.deleteLater()
        self.outcome = outcome
        self._tick.stop()
        self._show_state()
        if isinstance(outcome, TrialResult):
            figures = " · ".join(f"{name} {value:.4g}" for name, value in list(outcome.metrics.items())[:3])
            self._figures.set_value(figures or None)
        self.changed.emit()

    def _show_time(self) -> None:
        if self._started and self.running:
            self._seconds = time.monotonic() - self._started
        self._time.set_value(duration(self._seconds), note=self.tr("of at most {0}").format(duration(MAX_SECONDS)))

    def _show_state(self) -> None:
        self.button.setText(self.tr("Stop") if self.running else self.tr("Try it"))
        self.button.set_icon("circle-stop" if self.running else "play")
        self.state.setVisible(self.running or self._started > 0)
        moving = [self._unit, self._step, self._time, self._pace]
        self.strip.show_only(moving if self.running else [self._figures, self._step, self._time])
        outcome = self.outcome
        if self.running:
            self.state.set_state("running")
            self._note.setText("")
        elif isinstance(outcome, TrialResult):
            good = outcome.status == "completed"
            self.state.set_state("completed" if good else "failed")
            failed = [unit for unit in outcome.units if unit.exit_code != 0]
            self._note.setText(f"{failed[0].role}: {failed[0].message}" if failed else "")
        elif isinstance(outcome, TrialProblem):
            self.state.set_state("failed")
            self._note.setText(" ".join(part for part in (outcome.message, outcome.hint) if part))
        else:
            self.state.set_state("cancelled", self.tr("Stopped") if self._started else None)
            self._note.setText("" if self._started else self.tr("on a sample, before anything is sent"))
