"""Troubleshoot: what is wrong with this computer's node, what its machine lacks, and what to do about each.

It works where no node runs: the machine is looked at by the node's own command, and so is its log.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.node_rules import Why
from core.protocol.self_test import SelfTestStatus

from ...child_processes import answer_of
from ...doctor_facts import DoctorSaid, of_doctor
from ...findings import Finding, Way, Weight, as_text, in_order, of_node, of_self_test, of_service
from ...node_link import LinkState
from ...pause_choices import now_here
from ...trouble import Trouble
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.copy_button import CopyButton
from ...widgets.labels import Label
from ...widgets.scrolling import scrolled
from ..page import Page
from .troubleshoot_parts.finding_row import FindingRow
from .troubleshoot_parts.log_panel import LogLine, LogPanel

_NODE = "gpu-agent-node"
_LOG_LINES = 30
_BUNDLE_SECONDS = 120.0


class _LogSaid(msgspec.Struct, frozen=True):
    data: list[LogLine]


class _Bundle(msgspec.Struct, frozen=True):
    files: dict[str, int]
    removed: dict[str, int]


class Troubleshoot(Page):
    """Looks when it is opened, when the node comes or goes, and by *Check again*."""

    key = "troubleshoot"
    face = "share"
    icon = "stethoscope"
    parent_key = "my_node"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self.doctor: DoctorSaid | Trouble | None = None
        self._why: Why | None = None
        self._test: SelfTestStatus | None = None
        self._of: tuple[LinkState, Path] | None = None
        self._looking = 0
        self._once_more = self._is_starting = False
        self._checked_at: datetime | None = None
        self.again = Button(theme, "", "refresh-cw")
        self.copy = CopyButton(theme, small=False)
        self.self_test = Button(theme, "", "gauge")
        self.save = Button(theme, "", "download")
        self._glyph = Label(theme)
        self.verdict = Label(theme, "", style="heading", wrap=True)
        self.line = Label(theme, "", colour="ink2", wrap=True).selectable()
        self.rows: list[FindingRow] = []
        self.log = LogPanel(theme)
        self.body.addWidget(scrolled(self._make_content()), 1)
        self.again.clicked.connect(self.check)
        self.self_test.clicked.connect(lambda: ui.navigate("self_test"))
        self.save.clicked.connect(self.ask_where_to_save)
        ui.node.changed.connect(self._node_changed)
        self.retranslate()

    def title(self) -> str:
        return self.tr("Troubleshoot")

    def shown(self) -> None:
        self.order_focus()
        self.check()

    def apply_theme(self) -> None:
        super().apply_theme()
        self._show()

    def retranslate(self) -> None:
        super().retranslate()
        self.header.set_crumbs([(self.tr("My node"), lambda: self.ui.navigate("my_node"))])
        self.again.setText(self.tr("Check again"))
        self.copy.set_words(self.tr("Copy"))
        self.self_test.setText(self.tr("Self-test"))
        self.save.setText(self.tr("Save a diagnosis…"))
        self.header.set_actions([self.self_test, self.save, self.copy, self.again])
        self.log.retranslate()
        self._show()

    # ---- looking ----------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Look at all of it anew; at once more if that goes on already."""
        if self._looking:
            self._once_more = True
            return
        node = self.ui.node
        self._of = node.state, node.data_dir
        where = ["--data-dir", str(node.data_dir)]
        self._look(answer_of(_NODE, ["doctor", *where]), self._hear_doctor, self._no_doctor)
        warned = ["logs", "--warnings", "-n", str(_LOG_LINES), *where]
        self._look(answer_of(_NODE, warned), self._hear_log, self._no_log)
        if node.is_heard:
            self._look(node.why(), self._hear_why, lambda _: self._hear_why(None))
            self._look(node.self_test(), self._hear_test, lambda _: self._hear_test(None))
        else:
            self._why = self._test = None
        self._show()

    def _look(
        self,
        work: Coroutine[Any, Any, Any],
        hear: Callable[[Any], object],
        hear_nothing: Callable[[Trouble], object],
    ) -> None:
        def heard(answer: Any) -> None:
            hear(answer)
            self._looked()

        def failed(trouble: Trouble) -> None:
            hear_nothing(trouble)
            self._looked()

        self._looking += 1
        self.ui.tasks.start(work, on_done=heard, owner=self, on_trouble=failed)

    def _looked(self) -> None:
        self._looking -= 1
        if not self._looking:
            self._checked_at = now_here()
            if self._once_more:
                self._once_more = False
                self.check()
        self._show()

    def _hear_doctor(self, answer: dict[str, object]) -> None:
        self.doctor = msgspec.convert(answer, DoctorSaid)

    def _no_doctor(self, trouble: Trouble) -> None:
        self.doctor = trouble

    def _hear_log(self, answer: dict[str, object]) -> None:
        self.log.show_lines(msgspec.convert(answer, _LogSaid).data)

    def _no_log(self, trouble: Trouble) -> None:
        self.log.show_lines(None, trouble.line or trouble.title)

    def _hear_why(self, why: Why | None) -> None:
        self._why = why

    def _hear_test(self, told: SelfTestStatus | None) -> None:
        self._test = told

    def _node_changed(self) -> None:
        if not self.isVisible():
            return
        if self._of is not None and self._of != (self.ui.node.state, self.ui.node.data_dir):
            self.check()
        self._show()

    # ---- what helps -------------------------------------------------------------------------------------------------

    def _go(self, way: Way) -> None:
        match way:
            case Way.START:
                self._start_node()
            case Way.SHARE:
                self.start(self.ui.node.share(), on_done=lambda _: self.check(), retry=lambda: self._go(way))
            case _:
                self.ui.navigate(way.value)

    def _start_node(self) -> None:
        self._is_starting = True
        self._show()
        self.start(self._started(), retry=self._start_node)

    async def _started(self) -> None:
        processes, node = self.ui.processes, self.ui.node
        try:
            await processes.start_known_node()
        finally:
            self._is_starting = False
            self.check()
        node.set_data_dir(processes.node_dir)
        node.look_now()

    def ask_where_to_save(self) -> None:
        """Which file the diagnosis goes to."""
        dialog = QFileDialog(self, self.tr("Save a diagnosis"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"gpu-agent-node-{now_here():%Y%m%dT%H%M%S}.zip")
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write what `gpu-agent-node diagnose` gathers, without secrets and names."""
        self.save.set_busy(True)
        self.ui.tasks.start(
            _save_bundle(self.ui.node.data_dir, path),
            on_done=lambda bundle: self._saved(path, bundle),
            owner=self,
            on_trouble=lambda trouble: self._not_saved(path, trouble),
        )

    def _saved(self, path: Path, bundle: _Bundle) -> None:
        self.save.set_busy(False)
        self.banner.keep_saying(lambda: self._say_saved(path, bundle))

    def _not_saved(self, path: Path, trouble: Trouble) -> None:
        self.save.set_busy(False)
        self.tell(trouble, lambda: self.save_to(path))

    def _say_saved(self, path: Path, bundle: _Bundle) -> None:
        folder = QUrl.fromLocalFile(str(path.parent))
        action = (self.tr("Show the folder"), "folder-open", lambda: QDesktopServices.openUrl(folder))
        words = self.tr("{0} is saved, {1} files").format(printable(path.name), len(bundle.files))
        line = self.tr("{0} secrets, names and addresses were taken out. Look into it before you send it: {1}")
        self.banner.say(words, line.format(sum(bundle.removed.values()), printable(str(path))), actions=[action])

    # ---- showing ----------------------------------------------------------------------------------------------------

    def findings(self) -> list[Finding]:
        """What is known now, what is wrong first."""
        node, now = self.ui.node, now_here().astimezone()
        found = of_node(node.state, node.status, is_enrolled=self.ui.processes.is_enrolled, now=now)
        return in_order([*found, *of_service(self._why), *of_self_test(self._test, now), *of_doctor(self.doctor)])

    def _show(self) -> None:
        findings = self.findings()
        self._show_verdict(findings)
        while len(self.rows) < len(findings):
            row = FindingRow(self.ui.theme)
            row.way_asked.connect(self._go)
            self.rows.append(row)
            self._column.insertWidget(len(self.rows), row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(findings))
            if place < len(findings):
                finding = findings[place]
                row.show_finding(finding, busy=self._is_starting and finding.way is Way.START)
        self.again.set_busy(bool(self._looking))
        self.self_test.setEnabled(self.ui.node.status is not None)
        head = f"{self.verdict.text()}\n{self.line.text()}"
        self.copy.set_text(as_text(head, findings, self.log.title.text(), self.log.texts()))

    def _show_verdict(self, findings: list[Finding]) -> None:
        wrong = sum(one.weight is Weight.WRONG for one in findings)
        is_known = self.doctor is not None
        if wrong:
            words = self.tr("1 thing needs you") if wrong == 1 else self.tr("{0} things need you").format(wrong)
        else:
            words = self.tr("Nothing here is wrong") if is_known else self.tr("Looking…")
        self.verdict.setText(words)
        glyph = "failed" if wrong else "completed" if is_known else "ready"
        self._glyph.setPixmap(self.ui.theme.state_pixmap(glyph, 1.6))
        said = self.ui.node.words()
        words = self.tr("{0}. {1}").format(said.title, said.note)
        if self._checked_at is not None:
            words = self.tr("{0} Checked at {1}.").format(words, f"{self._checked_at:%H:%M:%S}")
        self.line.setText(words)

    def _make_content(self) -> QWidget:
        theme, gap = self.ui.theme, self.ui.theme.gap
        content = QWidget()
        words = QVBoxLayout()
        words.setSpacing(gap(3))
        words.addWidget(self.verdict)
        words.addWidget(self.line)
        head = QHBoxLayout()
        head.setSpacing(theme.gap(14))
        head.addWidget(self._glyph)
        head.addLayout(words, 1)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(gap(20), gap(16), gap(20), gap(20))
        self._column.setSpacing(gap(8))
        self._column.addLayout(head)
        self._column.addWidget(self.log)
        self._column.addStretch(1)
        return content


async def _save_bundle(data_dir: Path, path: Path) -> _Bundle:
    """Beside the file first, so that one there stays until the new one is whole. Raises CommandError, OSError."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        arguments = ["diagnose", "--yes", "--out", str(part), "--data-dir", str(data_dir)]
        bundle = msgspec.convert(await answer_of(_NODE, arguments, timeout_seconds=_BUNDLE_SECONDS), _Bundle)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return bundle
