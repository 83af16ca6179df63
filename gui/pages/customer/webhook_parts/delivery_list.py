"""The log of deliveries: a row each, of which one can be open; rows come, change and leave as the model says."""

from datetime import datetime

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.webhooks import Delivery

from ....amounts import moment_words
from ....models.deliveries import DeliveriesModel, about_words, delivery_state, outcome_words, spoken
from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.focus import focus_in, focus_out
from ....widgets.frames import Line, fill
from ....widgets.labels import tooltip
from .delivery_detail import DeliveryDetail


class DeliveryList(QWidget):
    """Follows `model`. `redeliver_asked` and `job_asked` carry the Delivery, `opened` its id. Tab comes to one row,
    arrow keys go from there to the others; `rearranged` says that what takes Tab has another order."""

    redeliver_asked = Signal(object)
    job_asked = Signal(object)
    opened = Signal(str)
    rearranged = Signal()

    def __init__(self, theme: Theme, model: DeliveriesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._on = True
        self.open_id = ""
        self._stop: DeliveryEntry | None = None  # the row that Tab comes to
        self.entries: list[DeliveryEntry] = []
        self.more_button = Button(theme, "", "arrow-down", "quiet")
        self.more_button.clicked.connect(lambda: model.fetchMore(QModelIndex()))
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        more = QHBoxLayout()
        more.setContentsMargins(theme.gap(16), theme.gap(8), theme.gap(16), theme.gap(8))
        more.addWidget(self.more_button)
        more.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._column)
        outer.addLayout(more)
        outer.addStretch(1)
        model.rowsInserted.connect(self._insert)
        model.rowsRemoved.connect(self._remove)
        model.dataChanged.connect(self._change)
        self.show_more()

    def open_delivery(self, id: str) -> None:
        """Open this one and close the other; empty closes all."""
        self.open_id = id
        for entry in self.entries:
            entry.set_open(entry.delivery.id == id)
            if id and entry.delivery.id == id:
                self._stop = entry
        self._set_stops()
        if id:
            self.opened.emit(id)

    def set_on(self, on: bool) -> None:
        """Whether the endpoint is on: only then anything can be sent again."""
        self._on = on
        for entry in self.entries:
            entry.set_on(on)

    def show_times(self) -> None:
        """What counts down in the one that is open has moved on; a row is only drawn anew when it is another."""
        for entry in self.entries:
            if entry.detail is not None:
                entry.detail.show_delivery(entry.delivery)

    def show_more(self) -> None:
        """Whether there is more to be had."""
        self.more_button.setVisible(not self._model.all_loaded)

    def retranslate(self) -> None:
        self.more_button.setText(self.tr("Show older ones"))
        for entry in self.entries:
            entry.show_delivery(entry.delivery)

    def _insert(self, parent: QModelIndex, first: int, last: int) -> None:
        for place in range(first, last + 1):
            entry = DeliveryEntry(self._theme, self._model.rows[place])
            entry.row.clicked.connect(lambda checked=False, entry=entry: self._toggle(entry))
            entry.row.stepped.connect(lambda step, entry=entry: self._step(entry, step))
            entry.row.entered.connect(lambda entry=entry: self._stop_at(entry))
            entry.redeliver_asked.connect(self.redeliver_asked)
            entry.job_asked.connect(self.job_asked)
            self.entries.insert(place, entry)
            self._column.insertWidget(place, entry)
            entry.set_on(self._on)
            entry.set_open(entry.delivery.id == self.open_id)
        self._set_stops()

    def _remove(self, parent: QModelIndex, first: int, last: int) -> None:
        for entry in self.entries[first : last + 1]:
            self._column.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        del self.entries[first : last + 1]
        self._set_stops()

    def _change(self, first: QModelIndex, last: QModelIndex) -> None:
        for place in range(first.row(), last.row() + 1):
            self.entries[place].show_delivery(self._model.rows[place])

    def _stop_at(self, entry: "DeliveryEntry") -> None:
        if entry is not self._stop and entry in self.entries:
            self._stop = entry
            self._set_stops()

    def _set_stops(self) -> None:
        if self._stop not in self.entries:
            self._stop = self.entries[0] if self.entries else None
        for entry in self.entries:
            policy = Qt.FocusPolicy.StrongFocus if entry is self._stop else Qt.FocusPolicy.ClickFocus
            entry.row.setFocusPolicy(policy)
        self.rearranged.emit()

    def _toggle(self, entry: "DeliveryEntry") -> None:
        self.open_delivery("" if self.open_id == entry.delivery.id else entry.delivery.id)

    def _step(self, entry: "DeliveryEntry", step: int) -> None:
        place = self.entries.index(entry) + step
        if 0 <= place < len(self.entries):
            self.entries[place].row.setFocus(Qt.FocusReason.TabFocusReason)


class DeliveryEntry(QWidget):
    """A row and, while it is open, what is below it."""

    redeliver_asked = Signal(object)
    job_asked = Signal(object)

    def __init__(self, theme: Theme, delivery: Delivery, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.delivery = delivery
        self.row = _Row(theme)
        self.detail: DeliveryDetail | None = None
        self._on = True
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.row)
        self._column.addWidget(Line(theme))
        self.show_delivery(delivery)

    def show_delivery(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.row.show_delivery(delivery)
        if self.detail is not None:
            self.detail.show_delivery(delivery)

    def set_on(self, on: bool) -> None:
        """Whether it can be sent again."""
        self._on = on
        if self.detail is not None:
            self.detail.redeliver_button.setEnabled(on)

    def set_open(self, is_open: bool) -> None:
        """What a closed row would show below is not even made."""
        self.row.setChecked(is_open)
        if is_open and self.detail is None:
            self.detail = DeliveryDetail(self._theme, self.delivery)
            self.detail.redeliver_asked.connect(self.redeliver_asked)
            self.detail.job_asked.connect(self.job_asked)
            self.detail.redeliver_button.setEnabled(self._on)
            self._column.insertWidget(1, self.detail)
        elif not is_open and self.detail is not None:
            detail, self.detail = self.detail, None
            self._column.removeWidget(detail)
            detail.hide()
            detail.deleteLater()


class _Row(QAbstractButton):
    """Two lines: event and outcome, job and time. Checked while it is open; arrow keys go to its neighbours.
    `entered` when it gets the focus."""

    stepped = Signal(int)
    entered = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._delivery: Delivery | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_delivery(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self.setAccessibleName(spoken(delivery))
        self.setToolTip(tooltip(f"{delivery.webhook_message_id} · {delivery.created_at}"))
        self.update()

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's name
        """Whether it is open is the list's to say."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(16), self._theme.size("row_two_lines"))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(10), self._theme.size("row_two_lines"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        delivery = self._delivery
        if delivery is None:
            return
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        behind = "hover" if self.underMouse() else "code" if self.isChecked() else "surface"
        fill(painter, self.rect(), theme.colour(behind))
        icon, glyph, gap = theme.px(1.0), theme.size("state_glyph"), theme.gap
        half, middle = theme.px(1.3), self.rect().center().y()
        mark = theme.pixmap("chevron-down" if self.isChecked() else "chevron-right", "ink3", 1.0)
        painter.drawPixmap(gap(16), middle - half // 2 - icon // 2, mark)
        state, _ = delivery_state(delivery)
        x = gap(16) + icon + gap(10)
        painter.drawPixmap(x, middle - half // 2 - glyph // 2, theme.state_pixmap(state, behind=behind))
        x += glyph + gap(8)
        place = QRect(x, middle - half + 1, self.width() - x - gap(16), half)
        when = moment_words(delivery.created_at, datetime.now())
        self._paint_line(painter, place, printable(delivery.event), outcome_words(delivery), strong=True)
        self._paint_line(painter, place.translated(0, half), about_words(delivery), when, strong=False)

    def _paint_line(self, painter: QPainter, place: QRect, left: str, right: str, *, strong: bool) -> None:
        theme = self._theme
        painter.setFont(theme.font() if strong else theme.font("caption"))
        painter.setPen(theme.colour("ink2" if strong else "ink3"))
        metrics = painter.fontMetrics()
        room = min(metrics.horizontalAdvance(right) + 2, place.width() // 2)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        words = metrics.elidedText(right, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, int(flags | Qt.AlignmentFlag.AlignRight), words)
        painter.setPen(theme.colour("ink" if strong else "ink3"))
        words = metrics.elidedText(left, Qt.TextElideMode.ElideRight, place.width() - room - theme.gap(8))
        painter.drawText(place, int(flags | Qt.AlignmentFlag.AlignLeft), words)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
        elif (key == Qt.Key.Key_Right and not self.isChecked()) or (key == Qt.Key.Key_Left and self.isChecked()):
            self.click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        focus_in(self, event.reason())
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        focus_out(self)
