"""What runs now, what it may touch and what it may not. Roles, digests and limits; never a customer's words."""

from collections.abc import Sequence

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_control import ConfinementStatus, NodeStatus, UnitStatus

from ....node_said import said_words
from ....node_words import bytes_words, duration_words, mib_words, phase_words, role_words
from ....theme.theme import Theme
from ....widgets.frames import Line, Panel
from ....widgets.header import short_id
from ....widgets.labels import Label, tooltip
from ....widgets.marked_lines import MarkedLines
from ....widgets.progress import ProgressLine


class UnitPanel(Panel):
    """Three regions beside each other, parted by lines. Without a unit it says what one would be allowed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._lead = Label(theme, "", style="caption", colour="ink2", weight="strong")
        self._role = Label(theme, "", weight="strong")
        self._id = Label(theme, "", style="caption", colour="ink3", mono=True)
        self._progress = ProgressLine(theme)
        self._percent = Label(theme, "", weight="strong")
        self._time = Label(theme, "", style="caption", colour="ink2", wrap=True)
        self._kept = Label(theme, "", style="caption", colour="ink2", wrap=True)
        self._may_lead = Label(theme, "", style="caption", colour="ink2", weight="strong")
        self._may = MarkedLines(theme, "check", "st_completed")
        self._may_not_lead = Label(theme, "", style="caption", colour="ink2", weight="strong")
        self._may_not = MarkedLines(theme, "ban", "ink3")
        self._box = Label(theme, "", style="caption", colour="ink3", wrap=True)
        self._bar = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(1, 1, 1, 1)
        self._row.setSpacing(0)
        self._lines = [Line(theme, upright=True), Line(theme, upright=True)]
        self._row.addLayout(self._running_column(theme), 37)
        self._row.addWidget(self._lines[0])
        self._row.addLayout(self._marked_column(theme, [self._may_lead, self._may]), 38)
        self._row.addWidget(self._lines[1])
        self._row.addLayout(self._marked_column(theme, [self._may_not_lead, self._may_not, self._box]), 28)

    def show_unit(self, status: NodeStatus, unit: UnitStatus) -> None:
        """One attempt as it is now."""
        place = self._place(status, unit)
        self._lead.setText(self.tr("Running now on {0}").format(place))
        words = role_words(unit.role)
        self._role.setText(self.tr("{0}, try {1}").format(words, unit.number) if unit.number > 1 else words)
        self._id.setText(short_id(unit.unit_id))
        self._bar.show()
        self._progress.set_progress(unit.progress)
        self._percent.setText("" if unit.progress is None else f"{int(unit.progress * 100)}%")
        self._time.setText(self._time_words(unit))
        self._kept.setText(self._kept_words(unit))
        self._say_may(unit, place)
        self._say_box(status.confinement)

    def show_idle(self, confinement: ConfinementStatus) -> None:
        """Nothing runs: what a unit would be allowed here."""
        self._lead.setText(self.tr("Running now"))
        self._role.setText(self.tr("Nothing"))
        self._id.setText("")
        self._bar.hide()
        self._time.setText(self.tr("What comes will be shown here, with its limits."))
        self._kept.setText("")
        may = [
            (self.tr("Read its package and its data"), False),
            (self.tr("Write its own folder"), False),
            (self.tr("Use the processors, memory and GPU leased to it"), False),
        ]
        self._set_marks(may, confined=confinement.kind != "none")
        self._say_box(confinement)

    def retranslate(self) -> None:
        self._may_lead.setText(self.tr("It may"))
        self._may_not_lead.setText(self.tr("It may not"))

    def set_narrow(self, narrow: bool) -> None:
        """The regions stand below each other where they don't fit side by side."""
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(direction)
        for line in self._lines:
            line.setVisible(not narrow)

    def may_texts(self) -> list[str]:
        return self._may.texts()

    def may_not_texts(self) -> list[str]:
        return self._may_not.texts()

    def running_text(self) -> str:
        return " ".join(
            label.text() for label in (self._lead, self._role, self._id, self._percent, self._time, self._kept)
        )

    # ---- how --------------------------------------------------------------------------------------------------------

    def _running_column(self, theme: Theme) -> QVBoxLayout:
        name = QHBoxLayout()
        name.setSpacing(theme.gap(10))
        name.addWidget(self._role)
        name.addWidget(self._id)
        name.addStretch(1)
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(0, theme.gap(2), 0, theme.gap(2))
        bar.setSpacing(theme.gap(12))
        bar.addWidget(self._progress, 1)
        bar.addWidget(self._percent)
        column = QVBoxLayout()
        column.setContentsMargins(theme.gap(16), theme.gap(9), theme.gap(16), theme.gap(10))
        column.setSpacing(theme.gap(3))
        column.addWidget(self._lead)
        column.addLayout(name)
        column.addWidget(self._bar)
        column.addWidget(self._time)
        column.addWidget(self._kept)
        column.addStretch(1)
        return column

    def _marked_column(self, theme: Theme, widgets: Sequence[QWidget]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(theme.gap(16), theme.gap(9), theme.gap(16), theme.gap(10))
        column.setSpacing(theme.gap(5))
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        return column

    def _place(self, status: NodeStatus, unit: UnitStatus) -> str:
        for number, gpu in enumerate(status.gpus):
            if gpu.uuid == unit.gpu_uuid:
                return self.tr("GPU {0}").format(number)
        return self.tr("the processor")

    def _time_words(self, unit: UnitStatus) -> str:
        if unit.releasing is not None:
            return self.tr("Being given back: {0}").format(said_words(printable(unit.releasing)))
        most = duration_words(unit.max_runtime_seconds)
        ran = self.tr("{0} of at most {1}").format(duration_words(unit.running_seconds), most)
        if unit.phase != "running":
            words = phase_words(unit)
            return f"{words[:1].upper()}{words[1:]}" + (f" · {ran}" if unit.running_seconds > 0 else "")
        if unit.step is not None and unit.step_of is not None:
            return ran + " · " + self.tr("step {0} of {1}").format(unit.step, unit.step_of)
        return ran

    def _kept_words(self, unit: UnitStatus) -> str:
        if unit.checkpoint_seconds_ago is None:
            return ""
        return self.tr("Checkpoint kept {0} ago").format(duration_words(unit.checkpoint_seconds_ago))

    def _say_may(self, unit: UnitStatus, place: str) -> None:
        may, digest = unit.may, unit.package_digest
        package = (
            self.tr("Run a stage of the platform")
            if not digest
            else self.tr("Read its package, sha256 {0}…{1}").format(digest[:4], digest[-4:])
        )
        rows = [(package, False)]
        if may.data_bytes:
            rows.append((self.tr("Read its data, {0}").format(bytes_words(may.data_bytes)), False))
        if may.input_bytes:
            rows.append((self.tr("Read what earlier units made, {0}").format(bytes_words(may.input_bytes)), False))
        rows.append((self.tr("Write its own folder, at most {0}").format(mib_words(may.disk_mb)), False))
        use = (
            self.tr("Use 1 processor and at most {1} of memory")
            if may.cpus == 1
            else self.tr("Use {0} processors and at most {1} of memory")
        )
        rows.append((use.format(may.cpus, mib_words(may.memory_mb)), False))
        if unit.gpu_uuid is not None:
            rows.append((self.tr("{0} only, at most {1} of memory").format(place, mib_words(may.vram_mb)), False))
        self._set_marks(rows, confined=not (may.network or may.owners_files))

    def _say_box(self, confinement: ConfinementStatus) -> None:
        """The box's name where there is one, with its own words as the tooltip; else why there is none."""
        has_box = confinement.kind != "none"
        detail = said_words(printable(confinement.detail))
        self._box.setText(self.tr("Confined by {0}").format(printable(confinement.kind)) if has_box else detail)
        self._box.setToolTip(tooltip(detail) if has_box else "")

    def _set_marks(self, may: list[tuple[str, bool]], *, confined: bool) -> None:
        forbidden = [
            self.tr("Network"),
            self.tr("Your files and programs"),
            self.tr("Other GPUs, camera, keyboard"),
        ]
        if confined:
            self._may.set_lines(may)
            self._may_not.set_lines([(text, False) for text in forbidden])
        else:
            self._may.set_lines([*may, *((text, True) for text in forbidden)])
            self._may_not.set_lines([(self.tr("Nothing: no box works here"), True)])
