"""The upload that goes on, over whatever is selected: how far, how fast, how long still, and what stopped it."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ....amounts import count_words, files_words, left_words, speed_words
from ....theme.theme import Theme
from ....transfer_words import amount_of, next_try_words, state_of, title_of, trouble_words
from ....transfers import ENDED, Transfer, TransferState
from ....trouble import Trouble as ShownTrouble
from ....widgets.banner import Action, Banner
from ....widgets.buttons import Button
from ....widgets.chips import StateText
from ....widgets.frames import Area, Line
from ....widgets.labels import ElidedLabel, Label
from ....widgets.progress import ProgressLine


class _Fact(QWidget):
    """An icon and a few words."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon_name = icon
        self._icon = Label(theme)
        self._words = Label(theme, "", style="caption", colour="ink2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.gap(8), 0)
        row.setSpacing(theme.gap(5))
        row.addWidget(self._icon)
        row.addWidget(self._words)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.hide()

    def say(self, words: str) -> None:
        self._words.setText(words)
        self.setVisible(bool(words))

    def _apply_theme(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "ink3", 1.08))


class TransferPanel(Area):
    """`pause`, `resume` and `remove` carry the transfer's id."""

    pause = Signal(str)
    resume = Signal(str)
    remove = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "window", parent)
        self._transfer: Transfer | None = None
        self._said: tuple[object, ...] = ()
        self._state = StateText(theme, "uploading", "", behind="window")
        self._title = ElidedLabel(theme, "", weight="strong")
        self._files = Label(theme, "", colour="ink3")
        self.pause_button = Button(theme, "", "pause", small=True)
        self.cancel_button = Button(theme, "", "x", "quiet", small=True)
        self._line = ProgressLine(theme)
        self._percent = Label(theme, "", weight="strong")
        self._amount = Label(theme, "", colour="ink2")
        self._speed = _Fact(theme, "arrow-up")
        self._left = _Fact(theme, "clock")
        self._hashing = _Fact(theme, "hash")
        self._note = Label(theme, "", style="caption", colour="ink3")
        self.banner = Banner(theme)
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.cancel_button.clicked.connect(self._remove)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        gap = self._theme.gap
        head, bar, facts = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.setSpacing(gap(10))
        for widget in (self._state, self._title, self._files):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.pause_button)
        head.addWidget(self.cancel_button)
        bar.setSpacing(gap(8))
        bar.addWidget(self._line, 1, Qt.AlignmentFlag.AlignVCenter)
        bar.addSpacing(gap(6))
        bar.addWidget(self._percent)
        bar.addWidget(self._amount)
        facts.setSpacing(gap(8))
        for fact in (self._speed, self._left, self._hashing):
            facts.addWidget(fact)
        facts.addStretch(1)
        facts.addWidget(self._note)
        column = QVBoxLayout()
        column.setContentsMargins(gap(20), gap(12), gap(20), gap(12))
        column.setSpacing(gap(8))
        column.addWidget(self.banner)
        for row in (head, bar, facts):
            column.addLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(column)
        whole.addWidget(Line(self._theme))

    def show_transfer(self, transfer: Transfer | None) -> None:
        """None hides it."""
        self._transfer = transfer
        self.setVisible(transfer is not None)
        if transfer is None:
            self._said = ()
            return
        state = state_of(transfer)
        self._state.set_state(state.state, "")
        self._title.setText(title_of(transfer))
        self._files.setText("" if transfer.file_count is None else files_words(transfer.file_count))
        self._line.set_progress(transfer.fraction, "retrying" if state.progress_kind == "retrying" else "running")
        self._percent.setText("" if transfer.fraction is None else f"{transfer.fraction * 100:.0f}%")
        self._amount.setText(amount_of(transfer))
        self._speed.say(speed_words(transfer.bytes_per_second) if transfer.bytes_per_second else "")
        self._left.say(left_words(transfer.seconds_left) if transfer.seconds_left is not None else "")
        self._hashing.say(self._hash_words(transfer))
        self._note.setText("" if transfer.state in ENDED else self.tr("Closing the window doesn't lose it"))
        self._show_buttons(transfer)
        self._show_banner(transfer)

    def retranslate(self) -> None:
        self._said = ()
        self.show_transfer(self._transfer)

    def _hash_words(self, transfer: Transfer) -> str:
        if transfer.state is TransferState.HASHING:
            return self.tr("hashing")
        left_out = len(transfer.left_out)
        if left_out:
            return self.tr("hashing done, {0} left out").format(count_words(left_out))
        return self.tr("hashing done") if transfer.file_count is not None else ""

    def _show_buttons(self, transfer: Transfer) -> None:
        paused = transfer.state in (TransferState.PAUSED, TransferState.FAILED)
        self.pause_button.setText(self.tr("Resume") if paused else self.tr("Pause"))
        self.pause_button.set_icon("play" if paused else "pause")
        self.pause_button.setVisible(transfer.trouble is None)
        self.cancel_button.setText(self.tr("Cancel"))

    def _show_banner(self, transfer: Transfer) -> None:
        words = trouble_words(transfer)
        if words is None or transfer.trouble is None:
            self._said = ()
            self.banner.clear()
            return
        said = (transfer.id, transfer.state, words)
        if said != self._said:
            self._said = said
            self.banner.keep_saying(self._say_trouble)
        self.banner.note.setText(next_try_words(transfer, time.monotonic()))

    def _say_trouble(self) -> None:
        transfer = self._transfer
        words = trouble_words(transfer) if transfer is not None else None
        if transfer is None or transfer.trouble is None or words is None:
            return
        actions: list[Action] = [(words.again, "refresh-cw", self._resume)] if words.again else []
        if transfer.state is TransferState.RETRYING:
            actions.append((self.tr("Pause upload"), "pause", self._pause_or_resume))
        self.banner.show_trouble(
            ShownTrouble(words.title, words.line, "", transfer.trouble.code, transfer.trouble.request_id),
            closable=False,
        )
        self.banner.set_actions(actions)
        self.banner.note.setText(next_try_words(transfer, time.monotonic()))

    def _pause_or_resume(self) -> None:
        if self._transfer is None:
            return
        stopped = self._transfer.state in (TransferState.PAUSED, TransferState.FAILED)
        (self.resume if stopped else self.pause).emit(self._transfer.id)

    def _resume(self) -> None:
        if self._transfer is not None:
            self.resume.emit(self._transfer.id)

    def _remove(self) -> None:
        if self._transfer is not None:
            self.remove.emit(self._transfer.id)
