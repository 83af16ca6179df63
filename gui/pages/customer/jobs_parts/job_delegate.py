"""How a job is drawn in the list: two lines a cell; a bar only while it runs; charged over what is held."""

import time
from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.printable import printable
from core.protocol.customer import JobStatus, TrainingJob, UnitState
from gui.job_view import seconds_between
from gui.job_words import about_minutes, credits, day_and_time, duration, job_name, mib, translate
from gui.models.jobs import JOB_ROLE, JobColumn
from gui.theme.theme import Theme
from gui.widgets.chips import state_words
from gui.widgets.header import short_id
from gui.widgets.progress import paint_progress

Index = QModelIndex | QPersistentModelIndex
_RUNNING = (JobStatus.RUNNING, JobStatus.PLANNING, JobStatus.QUEUED)


class JobDelegate(QStyledItemDelegate):
    """`contents` are the names of datasets and packages by id, filled by the page as they become known."""

    def __init__(self, theme: Theme, contents: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._contents = contents

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(6), self._theme.size("row_two_lines"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job: TrainingJob = index.data(JOB_ROLE)
        theme, rect = self._theme, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        behind = "selected" if chosen else "hover" if under else "surface"
        painter.fillRect(rect, theme.colour(behind))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("border"))
        left = theme.gap(20) if index.column() == JobColumn.NAME else theme.gap(14)
        place = rect.adjusted(left, 0, -theme.gap(12), -1)
        match index.column():
            case JobColumn.NAME:
                self._paint_name(painter, place, job)
            case JobColumn.STATE:
                self._paint_state(painter, place, job, behind)
            case JobColumn.PROGRESS:
                self._paint_progress(painter, place, job)
            case JobColumn.CREDITS:
                first, second = credits(job.credits.charged_micro), _settled_words(job)
                self._two(painter, place, first, second, weight="label", right=True)
            case JobColumn.CONTENT:
                data = self._contents.get(job.dataset_id, short_id(job.dataset_id))
                package = self._contents.get(job.training_package_id, short_id(job.training_package_id))
                self._two(painter, place, data, package)
            case JobColumn.CREATED:
                self._one(painter, place, day_and_time(job.created_at, time.time()))
            case JobColumn.ACTIONS:
                size = theme.size("icon")
                icon = theme.pixmap("ellipsis", "ink2")
                painter.drawPixmap(rect.center().x() - size // 2, rect.center().y() - size // 2, icon)
        painter.restore()

    def _paint_name(self, painter: QPainter, place: QRect, job: TrainingJob) -> None:
        if job.failure is not None:
            self._two(painter, place, job_name(job), printable(job.failure.message), weight="label", colour="danger")
        elif job.status is JobStatus.QUEUED:
            needs = mib(job.required_vram_mb) + " VRAM" if job.required_vram_mb else mib(job.required_disk_mb)
            words = translate("jobs", "waits for a free node: needs {0}").format(needs)
            self._two(painter, place, job_name(job), words, weight="label")
        else:
            self._two(painter, place, job_name(job), short_id(job.id), weight="label", mono=True)

    def _paint_state(self, painter: QPainter, place: QRect, job: TrainingJob, behind: str) -> None:
        theme, state = self._theme, job.status.value
        glyph = theme.size("state_glyph")
        pixmap = theme.state_pixmap(state, 1.08, behind)
        painter.drawPixmap(place.x(), place.center().y() - glyph // 2, pixmap)
        painter.setFont(theme.font("body", "label"))
        painter.setPen(theme.state_colour(state))
        words = QRect(place).adjusted(glyph + theme.gap(6), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, state_words(state))

    def _paint_progress(self, painter: QPainter, place: QRect, job: TrainingJob) -> None:
        done, total = job.units.get(UnitState.COMPLETED, 0), sum(job.units.values())
        theme, now = self._theme, time.time()
        seconds = seconds_between(job.started_at, job.finished_at, now)
        if job.status is not JobStatus.RUNNING:
            word = translate("jobs", "took {0}") if job.status is JobStatus.COMPLETED else translate("jobs", "ran {0}")
            if job.status in (JobStatus.QUEUED, JobStatus.PLANNING):
                word, seconds = translate("jobs", "for {0}"), seconds_between(job.created_at, None, now)
            second = word.format(duration(seconds)) if seconds is not None else ""
            self._two(painter, place, translate("jobs", "{0} / {1} units").format(done, total), second)
            return
        top, bottom = self._lines(place)
        width = min(theme.px(6.5), max(theme.px(3), place.width() - theme.px(5.5)))
        bar = QRectF(place.x(), top.center().y() - theme.gap(2), width, theme.gap(4))
        paint_progress(theme, painter, bar, job.progress)
        x = round(bar.right()) + theme.gap(9)
        painter.setFont(theme.font("body", "label"))
        painter.setPen(theme.colour("ink"))
        share = f"{job.progress:.0%}"
        painter.drawText(top.adjusted(x - top.x(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, share)
        x += painter.fontMetrics().horizontalAdvance(share) + theme.gap(9)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("ink3"))
        painter.drawText(top.adjusted(x - top.x(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, f"{done} / {total}")
        left = job.seconds_remaining
        if left is not None:
            number, unit = about_minutes(left)
            painter.drawText(
                bottom, Qt.AlignmentFlag.AlignVCenter, translate("jobs", "about {0} {1}").format(number, unit)
            )
        else:
            painter.drawText(bottom, Qt.AlignmentFlag.AlignVCenter, duration(seconds))

    def _lines(self, place: QRect) -> tuple[QRect, QRect]:
        half = self._theme.px(1.3)
        middle = place.center().y()
        return (
            QRect(place.x(), middle - half + 1, place.width(), half),
            QRect(place.x(), middle + 1, place.width(), half),
        )

    def _two(
        self,
        painter: QPainter,
        place: QRect,
        first: str,
        second: str,
        *,
        weight: str | None = None,
        colour: str = "ink3",
        mono: bool = False,
        right: bool = False,
    ) -> None:
        theme = self._theme
        top, bottom = self._lines(place)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font("body", weight))
        painter.setPen(theme.colour("ink"))
        self._draw(painter, top, first, side)
        painter.setFont(theme.mono("tick") if mono else theme.font("caption"))
        painter.setPen(theme.colour(colour))
        self._draw(painter, bottom, second, side)

    def _one(self, painter: QPainter, place: QRect, words: str) -> None:
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.colour("ink2"))
        self._draw(painter, place, words, Qt.AlignmentFlag.AlignLeft)

    def _draw(self, painter: QPainter, place: QRect, words: str, side: Qt.AlignmentFlag) -> None:
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)


def _settled_words(job: TrainingJob) -> str:
    if job.credits.held_micro:
        return translate("jobs", "{0} held").format(credits(job.credits.held_micro))
    return "" if job.status in _RUNNING else translate("jobs", "settled")
