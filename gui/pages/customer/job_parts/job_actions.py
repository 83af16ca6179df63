"""What can be done with a job as a whole: start another like it, retry it, cancel it."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.protocol.customer import JobStatus, TrainingJob
from gui.job_view import JobView
from gui.job_words import credits, job_name
from gui.theme.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.confirm import ConfirmDialog


class JobActions(QObject):
    """Buttons for the page's header; what they ask for is the page's to do."""

    again_wanted = Signal()
    retry_wanted = Signal()
    cancel_wanted = Signal()
    cancel_agreed = Signal()

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._again = Button(theme, "", "copy-plus")
        self._retry = Button(theme, "", "rotate-cw")
        self._cancel = Button(theme, "", "circle-stop", "danger")
        self._again.clicked.connect(lambda: self.again_wanted.emit())
        self._retry.clicked.connect(lambda: self.retry_wanted.emit())
        self._cancel.clicked.connect(lambda: self.cancel_wanted.emit())

    @property
    def buttons(self) -> list[Button]:
        return [self._again, self._retry, self._cancel]

    def show_job(self, view: JobView, job: TrainingJob) -> None:
        """Only what the job's state allows; the header has to be folded anew after it."""
        says_why = job.status is JobStatus.FAILED and job.failure is not None  # its banner has both ways out
        retry = job.status in (JobStatus.FAILED, JobStatus.CANCELLED) and not says_why
        for button, there in zip(self.buttons, (not says_why, retry, not view.ended), strict=True):
            button.setProperty("hidden_by_page", not there)
            button.setVisible(there)

    def ask_cancel(self, job: TrainingJob, page: QWidget) -> None:
        """What cancelling costs and gives back; `cancel_agreed` follows if it is agreed to."""
        paid, back = credits(job.credits.charged_micro), credits(job.credits.held_micro)
        ConfirmDialog(
            self._theme,
            page,
            title=self.tr("Cancel {0}?").format(job_name(job)),
            line=self.tr(
                "Units that run are stopped and cost nothing; {0} for completed units stays charged, {1} comes back. "
                "Artifacts and checkpoints of completed units are kept."
            ).format(paid, back),
            agree=self.tr("Cancel job, pay {0}").format(paid),
            keep=self.tr("Keep it running"),
            do=self.cancel_agreed.emit,
            icon="circle-stop",
        ).open()

    def retranslate(self) -> None:
        self._again.setText(self.tr("Start again"))
        self._retry.setText(self.tr("Retry"))
        self._cancel.setText(self.tr("Cancel job"))
