"""The strip of readings of a job: progress, units, time, credits."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.protocol.customer import JobStatus, UnitState
from gui.job_view import JobView, seconds_between
from gui.job_words import about_minutes, credits, duration
from gui.theme.theme import Theme
from gui.widgets.readouts import ReadoutStrip


class Readings(QWidget):
    """`show_job` at each change and second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strip = ReadoutStrip(theme)
        self.progress = self._strip.add("", bar=True, stretch=4)
        self.units = self._strip.add("")
        self.time_left = self._strip.add("")
        self.running = self._strip.add("")
        self.charged = self._strip.add("")
        self.returned = self._strip.add("")
        self.held = self._strip.add("")
        self._narrow = self._ended = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._strip)
        self.retranslate()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self._choose()

    def _choose(self) -> None:
        """While it runs: how far and how long; once it has ended: what came of it."""
        if self._ended:
            shown = [self.units, self.charged, self.returned] + ([] if self._narrow else [self.running, self.held])
        else:
            shown = [self.progress, self.time_left, self.charged, self.held]
            shown += [] if self._narrow else [self.units, self.running]
        self._strip.show_only(shown)

    def show_job(self, view: JobView, now: float) -> None:
        job = view.job
        if job is None:
            return
        if view.ended != self._ended:
            self._ended = view.ended
            self._choose()
            self.retranslate()
        bar = self.progress.bar
        self.progress.set_value(f"{job.progress * 100:.0f}", "%")
        if bar is not None:
            failed = job.status is JobStatus.FAILED
            bar.set_progress(job.progress, "failed" if failed else "kept" if view.ended else "running")
        self._show_units(view)
        left = job.seconds_remaining
        if left is None:
            self.time_left.set_value(None)
        else:
            number, unit = about_minutes(left)
            self.time_left.set_value(number, unit)
        self.running.set_value(duration(seconds_between(job.started_at, job.finished_at, now)))
        self.charged.set_value(credits(job.credits.charged_micro), tip=job.credits.charged)
        returned = sum(unit.released_micro for unit in view.units)
        most = sum(unit.held_micro for unit in view.units)
        self.returned.set_value(credits(returned), note=self.tr("of {0} held").format(credits(most)))
        whole = job.credits.held_micro + job.credits.charged_micro
        note = self.tr("of {0}").format(credits(whole)) if job.credits.held_micro and not self._narrow else ""
        self.held.set_value(credits(job.credits.held_micro), note=note, tip=job.credits.held)

    def _show_units(self, view: JobView) -> None:
        counts = view.job.units if view.job is not None else {}
        done, total = counts.get(UnitState.COMPLETED, 0), sum(counts.values())
        words = self.tr("/ {0} done").format(total)
        failed = counts.get(UnitState.FAILED, 0)
        cancelled = counts.get(UnitState.CANCELLED, 0)
        if failed:
            words += " · " + self.tr("{0} failed").format(failed)
        elif cancelled:
            words += " · " + self.tr("{0} stopped").format(cancelled)
        self.units.set_value(str(done), words)

    def retranslate(self) -> None:
        self.progress.set_label(self.tr("Progress"))
        self.time_left.set_label(self.tr("Time left, about"))
        self.charged.set_label(self.tr("Charged"))
        self.held.set_label(self.tr("Held now") if self._ended else self.tr("Held"))
        self.returned.set_label(self.tr("Returned"))
        self.units.set_label(self.tr("Units"))
        self.running.set_label(self.tr("Ran for") if self._ended else self.tr("Running for"))
