"""The page of one job: its readings, its units live, the chosen unit, its metrics and files. Parts are in job_parts."""

import asyncio
import time
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.client.errors import ConnectionFailed
from core.protocol.customer import ComputeUnit, TrainingJob
from gui.job_follower import JobFollower
from gui.job_view import Change, JobView
from gui.job_words import clock, day_and_time, job_name, unit_label
from gui.models.artifacts import ArtifactsModel
from gui.models.units import UnitsModel
from gui.pages.page import Page
from gui.ui import Ui
from gui.widgets.labels import Label

from .job_parts.arrangement import Arrangement
from .job_parts.artifact_files import ArtifactFiles
from .job_parts.artifacts_panel import ArtifactsPanel
from .job_parts.failure_banner import FailureBanner
from .job_parts.job_actions import JobActions
from .job_parts.metric_plot import MetricPlot
from .job_parts.readings import Readings
from .job_parts.unit_panel import UnitPanel
from .job_parts.units_panel import UnitsPanel

_SECOND_MS = 1000
_REDRAW_MS = 100


class JobPage(Page):
    """Opened with `job_id`; follows that job while it is in sight. `redrawn` after each change that is shown."""

    redrawn = Signal()

    key = "job"
    icon = "workflow"
    parent_key = "jobs"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self.view = JobView("")
        self._follower: JobFollower | None = None
        self._following: asyncio.Task[Any] | None = None
        self._asked: object = None  # the client that it asks
        self._in_sight = self._narrow = False
        self.units_model = UnitsModel(self)
        self.selection = QItemSelectionModel(self.units_model, self)
        self.artifacts_model = ArtifactsModel(self)
        self.readings = Readings(theme)
        self.failure = FailureBanner(theme)
        self.units_panel = UnitsPanel(theme, self.units_model, self.selection, lambda: self.view, time.time)
        self.unit_panel = UnitPanel(theme)
        self.metrics_panel = MetricPlot(theme)
        self.artifacts_panel = ArtifactsPanel(theme, self.artifacts_model)
        self.arrangement = Arrangement(
            theme, self.units_panel, self.unit_panel, self.metrics_panel, self.artifacts_panel
        )
        self.files = ArtifactFiles(ui, self.artifacts_model, self.artifacts_panel, self.banner, self.start, self)
        self._actions = JobActions(theme, self)
        self._shown_by_itself: str | None = None  # the unit that nobody chose
        self._when = Label(theme, "", colour="ink2")
        self.header.extra.addWidget(self._when)
        self.body.addWidget(self.failure)
        self.body.insertWidget(0, self.readings)
        self.body.addWidget(self.arrangement, 1)
        self._tick = QTimer(self, interval=_SECOND_MS)
        self._tick.timeout.connect(self._second)
        self._redraw = QTimer(self, interval=_REDRAW_MS, singleShot=True)
        self._redraw.timeout.connect(self._show_changes)
        self._changed = dict.fromkeys(("job", "units", "metrics", "artifacts", "log"), False)
        self._connect()

    def _connect(self) -> None:
        self.selection.currentChanged.connect(self._unit_chosen)
        self.unit_panel.stepped.connect(self._step)
        self.units_panel.opened.connect(self._unit_opened)
        self.units_panel.log_wanted.connect(self._go_to_log)
        self.files.changed.connect(self.redrawn)
        self.ui.session.state_changed.connect(self._follow)
        self.failure.again_wanted.connect(self._start_again)
        self.failure.retry_wanted.connect(self._retry_job)
        self._actions.again_wanted.connect(lambda: self._start_again(None))
        self._actions.retry_wanted.connect(self._retry_job)
        self._actions.cancel_wanted.connect(self._ask_cancel)
        self._actions.cancel_agreed.connect(self._cancel_job)

    # The window's calls

    def title(self) -> str:
        return job_name(self.view.job) if self.view.job is not None else self.tr("Training job")

    def open(self, **what: str) -> None:
        job_id = what.get("job_id", "")
        if job_id and job_id != self.view.job_id:
            self._show_job(JobView(job_id))

    def shown(self) -> None:
        self._in_sight = True
        self._tick.start()
        self._follow()

    def hidden(self) -> None:
        self._in_sight = False
        self._tick.stop()
        self._stop_following()

    def reload(self) -> None:
        self.banner.clear_trouble()
        self._stop_following()
        self._follow()

    def search_here(self) -> None:
        self.arrangement.show_unit_panel()
        self.unit_panel.log.open_search()

    def side_panels(self) -> list[QWidget]:
        return [self.unit_panel]

    def set_narrow(self, narrow: bool) -> None:
        self.arrangement.set_narrow(narrow)
        self.units_panel.set_narrow(narrow)
        self.readings.set_narrow(narrow)
        self._narrow = narrow
        self._when.setVisible(self.view.ended and not narrow)
        self._show_crumbs()

    def _show_crumbs(self) -> None:
        """A narrow page has no room for the way here; Esc and Alt+← lead back."""
        crumbs = [] if self._narrow else [(self.tr("Training jobs"), self._back_to_list)]
        self.header.set_crumbs(crumbs)
        self.header.id_label.set_id("" if self._narrow else self.view.job_id)

    def _back_to_list(self) -> None:
        self.ui.navigate("jobs")

    # Following

    def _show_job(self, view: JobView) -> None:
        """Another job takes the page; what was shown of the last one goes."""
        self._stop_following()
        self.view = view
        self.banner.clear()
        self.files.show_job(view.job_id)
        self.failure.hide()
        self._changed = dict.fromkeys(self._changed, True)
        self._show_changes()
        if self._in_sight:
            self._follow()

    def _follow(self) -> None:
        client = self.ui.session.client
        goes_on = self._following is not None and not self._following.done()
        if client is None or not self.view.job_id or goes_on or not self._in_sight or self._was_refused_by(client):
            return
        self._asked = client
        self._follower = JobFollower(client, self.view, self.take)
        self._following = self.start(self._follower.run(), retry=self.reload)
        self._want_log()

    def _was_refused_by(self, client: object) -> bool:
        """Whether asking it again would be answered the same."""
        following = self._following
        if following is None or not following.done() or following.cancelled() or client is not self._asked:
            return False
        return not isinstance(following.exception(), ConnectionFailed)

    def _stop_following(self) -> None:
        if self._following is not None:
            self._following.cancel()
        self._following = self._follower = None

    def take(self, change: Change) -> None:
        """Something is known anew: shown at the next redraw, ten times a second at most; log lines with it."""
        self._changed["job"] |= change.job
        self._changed["units"] |= change.units or change.job
        self._changed["metrics"] |= change.metrics
        self._changed["artifacts"] |= change.artifacts
        unit = self.chosen()
        if change.log_of is not None and unit is not None and change.log_of == unit.id:
            self._changed["log"] = True
        if any(self._changed.values()) and not self._redraw.isActive():
            self._redraw.start()

    # Showing

    def redraw_now(self) -> None:
        """Show what is known, without the pause between redraws."""
        self._redraw.stop()
        self._show_changes()

    def _show_changes(self) -> None:
        changed, self._changed = self._changed, dict.fromkeys(self._changed, False)
        now = time.time()
        if changed["units"]:
            self.units_panel.put_units()
            self.arrangement.set_flat(all(len(step.units) <= 2 for step in self.units_model.steps))
            self._choose_first()
            self._show_unit()
        if changed["job"]:
            self._show_head(now)
        if changed["job"] or changed["units"]:
            self.readings.show_job(self.view, now)
            self.failure.show_job(self.view)
        if changed["log"]:
            self.unit_panel.add_lines(self.view)
        if changed["metrics"] or changed["units"]:
            names = {unit.id: unit_label(unit) for unit in self.view.units}
            self.metrics_panel.show_metrics(self.view.metrics, names)
        if changed["artifacts"] or changed["job"]:
            self.artifacts_model.put_rows(self.view.artifacts)
            self._show_artifact_words()
        self.redrawn.emit()

    def _second(self) -> None:
        now = time.time()
        if not self.view.ended:
            self.units_panel.tick()
            self.unit_panel.tick(now)
            self.readings.show_job(self.view, now)

    def _show_head(self, now: float) -> None:
        job = self.view.job
        self.header.set_title(self.title())
        self.header.id_label.set_id("" if self._narrow else self.view.job_id)
        if job is None:
            self.header.set_state(None)
            return
        self.header.set_state(job.status.value)
        began, ended = day_and_time(job.created_at, now), clock(job.finished_at)[:5]
        self._when.setText(self.tr("{0} to {1}").format(began, ended) if self.view.ended else "")
        self._when.setVisible(self.view.ended and not self._narrow)
        self.files.name_job(job.name)
        self._actions.show_job(self.view, job)
        self.header.refold()

    def _show_artifact_words(self) -> None:
        job = self.view.job
        count = len(self.view.artifacts)
        self.arrangement.set_words(
            self.tr("Units"),
            self.tr("Selected unit"),
            self.tr("Metrics"),
            self.tr("Artifacts {0}").format(count) if count else self.tr("Artifacts"),
        )
        waits = job is not None and not self.view.ended
        words = self.tr("The model appears after package.") if waits else ""
        self.artifacts_panel.say(self.files.download_all.words() or words)

    # The chosen unit

    def chosen(self) -> ComputeUnit | None:
        unit = self.units_model.unit_at(self.selection.currentIndex())
        return self.view.unit(unit.id) if unit is not None else None

    def choose(self, unit_id: str) -> None:
        """Show a unit, and stay with it."""
        if self._changed["units"]:
            self._show_changes()  # it may be one of those
        self._shown_by_itself = None
        self.units_panel.graph.choose(unit_id)

    def _unit_opened(self, unit_id: str) -> None:
        self._shown_by_itself = None
        self.arrangement.show_unit_panel()

    def _choose_first(self) -> None:
        """Until somebody chooses one: what runs, or has failed."""
        chosen, first = self.chosen(), self.view.first_to_show()
        if first is not None and (chosen is None or chosen.id == self._shown_by_itself):
            self._shown_by_itself = first.id
            self.units_panel.graph.choose(first.id)

    def _unit_chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        self._show_unit()
        self._want_log()

    def _want_log(self) -> None:
        unit = self.chosen()
        if unit is not None and self._follower is not None:
            self._follower.want_log(unit.id)

    def _show_unit(self) -> None:
        unit = self.chosen()
        step = self.units_model.step_at(self.units_model.index_of(unit.id)) if unit is not None else None
        self.unit_panel.show_unit(self.view, unit, step, time.time())

    def _step(self, by: int) -> None:
        units = list(self.units_model.units())
        unit = self.chosen()
        ids = [one.id for one in units]
        if unit is not None and unit.id in ids and 0 <= ids.index(unit.id) + by < len(ids):
            self.choose(ids[ids.index(unit.id) + by])

    def _go_to_log(self, unit_id: str) -> None:
        self.choose(unit_id)
        self.arrangement.show_unit_panel()
        self.unit_panel.log.text.setFocus()

    # Actions

    def _ask_cancel(self) -> None:
        if self.view.job is not None:
            self._actions.ask_cancel(self.view.job, self)

    def _cancel_job(self) -> None:
        if self.ui.session.client is not None:
            self.start(self.ui.session.client.cancel_job(self.view.job_id), on_done=self._job_answered)

    def _retry_job(self) -> None:
        if self.ui.session.client is not None:
            self.start(self.ui.session.client.retry_job(self.view.job_id), on_done=self._job_answered)

    def _start_again(self, vram_mb: int | None) -> None:
        what = {"again": self.view.job_id} | ({} if vram_mb is None else {"required_vram_mb": str(vram_mb)})
        self.ui.navigate("new_job", **what)

    def _job_answered(self, job: TrainingJob) -> None:
        self.take(self.view.put_job(job))
        self.reload()  # the stream of an ended job has ended; a retried one goes on

    # Language and theme

    def retranslate(self) -> None:
        super().retranslate()
        self._show_crumbs()
        self._actions.retranslate()
        self.header.set_actions(self._actions.buttons)
        self.readings.retranslate()
        self.failure.banner.clear()
        self._changed = dict.fromkeys(self._changed, True)
        self._show_changes()

    def apply_theme(self) -> None:
        super().apply_theme()
        self.units_panel.tick()
