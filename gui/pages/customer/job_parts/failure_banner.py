"""Why the page's job failed, with both ways out of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.protocol.customer import JobStatus
from gui.job_view import JobView
from gui.theme.theme import Theme
from gui.widgets.banner import Banner

from .failure import failure_words, memory_to_ask


class FailureBanner(QWidget):
    """Seen only while the job shown has failed. `again_wanted` carries the MiB of VRAM to ask for, or None."""

    again_wanted = Signal(object)
    retry_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner(theme)
        gap = theme.gap
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(20), gap(14), gap(20), gap(12))
        column.addWidget(self.banner)
        self.hide()

    def show_job(self, view: JobView) -> None:
        job = view.job
        failed = job is not None and job.status is JobStatus.FAILED and job.failure is not None
        self.setVisible(failed)
        if job is None or not failed:
            return
        title, line = failure_words(view)
        more = memory_to_ask(job)
        again = self.tr("Start again") if more is None else self.tr("Start again with {0} MiB").format(f"{more:,}")
        ways = [
            (again, "copy-plus", lambda: self.again_wanted.emit(more)),
            (self.tr("Retry as it is"), "rotate-cw", self.retry_wanted.emit),
        ]
        if self.banner.title_text() != title or self.banner.isHidden():
            self.banner.say(title, line, "error", ways, closable=False, primary=True)
