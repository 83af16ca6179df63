"""Overview: what runs, what is left, what needs attention, what came of it; and the first steps of a new account."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.customer import JobStatus, TrainingJob
from core.protocol.events import GapEvent, JobEvent, UnitEvent, job_after

from ...amounts import all_decimals, credit_words, left_words, size_words
from ...example_run import run_example
from ...overview_facts import OverviewFacts, gather_facts
from ...transfer_words import kind_of, state_of, trouble_words
from ...transfers import Transfer
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.readouts import ReadoutStrip
from ..page import Page
from .overview_parts.first_steps import FirstSteps
from .overview_parts.sections import OverviewRow, Section

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "customer-custom-training-guide.md"
_RELOAD_MS = 500
_LOW_CREDITS_MICRO = 5_000_000
_MOST_ROWS = 5
_MICRO_A_MINUTE = 60 / 1_000_000
_GLYPHS = {
    JobStatus.PLANNING: "planning",
    JobStatus.QUEUED: "queued",
    JobStatus.RUNNING: "running",
    JobStatus.COMPLETED: "completed",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
}


class Overview(Page):
    """Asked for anew when it comes in sight and when a job's event comes."""

    key = "overview"
    icon = "layout-dashboard"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self.facts: OverviewFacts | None = None
        self._client: object = None
        self._guide = Button(theme, "", "book-open-text")
        self._guide.clicked.connect(self._open_guide)
        self.header.set_actions([self._guide] if GUIDE.is_file() else [])
        self.strip = ReadoutStrip(theme)
        self.credits, self.at_once, self.units, self.rate = (self.strip.add("") for _ in range(4))
        self.first_steps = FirstSteps(
            theme,
            choose_folder=lambda: ui.navigate("datasets", choose="folder"),
            choose_file=lambda: ui.navigate("datasets", choose="file"),
            choose_package=lambda: ui.navigate("packages", choose="folder"),
            new_job=lambda: ui.navigate("new_job"),
            run_example=self.run_example,
        )
        self.running = Section(theme, "workflow")
        self.attention = Section(theme, "bell-dot")
        self.artifacts = Section(theme, "box")
        self.running.all_button.clicked.connect(lambda: ui.navigate("jobs"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scrolled(self.first_steps))
        self._stack.addWidget(self._scrolled(self._sections()))
        self.body.addWidget(self.strip)
        self.body.addWidget(self._stack, 1)
        self._reload_soon = QTimer(self, singleShot=True, interval=_RELOAD_MS)
        self._reload_soon.timeout.connect(self._load)
        ui.session.state_changed.connect(self._session_changed)
        ui.session.event_came.connect(self._event_came)
        for signal in (ui.transfers.changed, ui.transfers.removed):
            signal.connect(self._show_attention)
        self.retranslate()

    def _sections(self) -> QWidget:
        gap = self.ui.theme.gap
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(gap(20), gap(20), gap(20), gap(20))
        column.setSpacing(gap(24))
        for section in (self.running, self.attention, self.artifacts):
            column.addWidget(section)
        column.addStretch(1)
        return made

    def set_narrow(self, narrow: bool) -> None:
        self.first_steps.set_narrow(narrow)

    @staticmethod
    def _scrolled(widget: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(widget)
        return scroll

    def title(self) -> str:
        return self.tr("Overview")

    def shown(self) -> None:
        self._session_changed()
        self._load()
        if self._stack.currentIndex() == 0:
            self.first_steps.folder.setFocus()

    def _load(self) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(gather_facts(client), on_done=self._show_facts, retry=self._load)

    def _session_changed(self) -> None:
        if self.ui.session.client is self._client:
            return
        self._client = self.ui.session.client
        self.facts = None
        self._show_words()
        if self.isVisible():
            self._load()

    def _event_came(self, event: object) -> None:
        """Its rows change by what events tell; all is gathered anew when a job begins or ends, and after a gap."""
        if not self.isVisible():
            return
        if isinstance(event, GapEvent):
            self._reload_soon.start()
        elif isinstance(event, JobEvent | UnitEvent):
            before = self._take(event)
            if isinstance(event, JobEvent) and (before is None or before.status is not event.status):
                self._reload_soon.start()

    def _take(self, event: JobEvent | UnitEvent) -> TrainingJob | None:
        """Shows what an event tells of a job that is known; the job as it was."""
        facts = self.facts
        job = next((one for one in facts.jobs if one.id == event.training_job_id), None) if facts is not None else None
        if facts is not None and job is not None:
            jobs = [job_after(one, event) if one is job else one for one in facts.jobs]
            self._show_facts(msgspec.structs.replace(facts, jobs=jobs))
        return job

    def _show_facts(self, facts: OverviewFacts) -> None:
        self.facts = facts
        self._show_words()

    def run_example(self) -> None:
        """Send the example and launch it, then show its job."""
        client = self.ui.session.client
        if client is None:
            return
        self.first_steps.set_example_busy(True)
        task = self.start(
            run_example(client, self.ui.transfers),
            on_done=lambda job: self.ui.navigate("job", job_id=job.id),
            retry=self.run_example,
        )
        task.add_done_callback(lambda ended: self.first_steps.set_example_busy(False))

    # Showing

    def _show_words(self) -> None:
        facts = self.facts
        self._show_strip(facts)
        self._stack.setCurrentIndex(0 if facts is None or facts.is_new else 1)
        if facts is None:
            return
        self.first_steps.show_progress(has_dataset=facts.has_dataset, has_package=facts.has_package)
        self.running.show_rows([self._job_row(job) for job in facts.active[:_MOST_ROWS]])
        self._show_attention()
        self.artifacts.show_rows(
            [
                OverviewRow(
                    printable(one.artifact.name),
                    f"{printable(one.job.name)} · {size_words(one.artifact.size_bytes)}",
                    "completed",
                    self.tr("Ready"),
                    button=self.tr("Open job"),
                    do=self._opens(one.job),
                )
                for one in facts.artifacts
            ]
        )

    def _show_strip(self, facts: OverviewFacts | None) -> None:
        if facts is None:
            for readout in (self.credits, self.at_once, self.units):
                readout.set_value(None)
        else:
            held = facts.usage.held_micro
            held_words = self.tr("{0} held").format(credit_words(held)) if held else self.tr("none held")
            balance = facts.usage.balance_micro
            self.credits.set_value(credit_words(balance), note=held_words, tip=all_decimals(balance))
            for readout, name, note in (
                (self.at_once, "active_jobs", ""),
                (self.units, "units_per_day", self.tr("resets 00:00 UTC")),
            ):
                used = facts.limits.get(name)
                readout.set_value(None if used is None else f"{used[0]} / {used[1]}", note=note)
        self._show_rate()

    def _show_rate(self) -> None:
        meta = self.ui.session.meta
        rows = meta.rates.get("classes") if meta is not None else None
        by_class = {
            str(row.get("rate_class")): row.get("micro_per_second")
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        }
        cpu = by_class.get("cpu")
        gpu = [value for name, value in by_class.items() if name.startswith("gpu") and isinstance(value, int)]
        if not gpu or not isinstance(cpu, int):
            self.rate.set_value(None)
            return
        words = self.tr("credits a GPU minute and up · CPU {0}").format(f"{cpu * _MICRO_A_MINUTE:.3f}")
        self.rate.set_value(f"{min(gpu) * _MICRO_A_MINUTE:.2f}", note=words)

    def _job_row(self, job: TrainingJob) -> OverviewRow:
        parts = [self.tr("{0} charged").format(credit_words(job.credits.charged_micro))]
        if job.seconds_remaining is not None:
            parts.insert(0, left_words(job.seconds_remaining))
        words = {
            JobStatus.PLANNING: self.tr("Planning"),
            JobStatus.QUEUED: self.tr("Queued"),
            JobStatus.RUNNING: self.tr("Running"),
        }
        return OverviewRow(
            printable(job.name),
            " · ".join(parts),
            _GLYPHS[job.status],
            words.get(job.status, job.status.value),
            job.progress,
            self.tr("Open"),
            lambda: self.ui.navigate("job", job_id=job.id),
        )

    def _show_attention(self) -> None:
        facts = self.facts
        if facts is None:
            return
        rows = [self._transfer_row(one) for one in self.ui.transfers if one.trouble is not None]
        for job in facts.failed[:_MOST_ROWS]:
            why = printable(job.failure.message) if job.failure is not None else ""
            go = self._opens(job)
            rows.append(OverviewRow(printable(job.name), why, "failed", self.tr("Failed"), None, self.tr("Look"), go))
        if facts.usage.balance_micro < _LOW_CREDITS_MICRO:
            left = self.tr("{0} credits left").format(credit_words(facts.usage.balance_micro))
            line = self.tr("Ask the operator of this server for more, before a job is refused.")
            rows.append(OverviewRow(left, line, "retrying", self.tr("Low credits")))
        self.attention.show_rows(rows)

    def _opens(self, job: TrainingJob) -> Callable[[], object]:
        return lambda: self.ui.navigate("job", job_id=job.id)

    def _transfer_row(self, transfer: Transfer) -> OverviewRow:
        words, state = trouble_words(transfer), state_of(transfer)
        page = "packages" if kind_of(transfer) == "training-packages" else "datasets"
        return OverviewRow(
            printable(transfer.name),
            words.title if words is not None else "",
            state.state,
            state.words,
            transfer.fraction,
            self.tr("Look"),
            lambda: self.ui.navigate(page, name=transfer.name),
        )

    def _open_guide(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(GUIDE)))

    def retranslate(self) -> None:
        super().retranslate()
        self._guide.setText(self.tr("Customer guide"))
        for readout, words in (
            (self.credits, self.tr("Credits")),
            (self.at_once, self.tr("Jobs at once")),
            (self.units, self.tr("Units today")),
            (self.rate, self.tr("Rate")),
        ):
            readout.set_label(words)
        self.first_steps.retranslate()
        self.running.set_words(self.tr("Running jobs"), self.tr("None runs now."), self.tr("All jobs"))
        self.attention.set_words(self.tr("Needs attention"), self.tr("Nothing. All is well."))
        self.artifacts.set_words(self.tr("Recent artifacts"), self.tr("Completed jobs leave them here."))
        self._show_words()
