"""Training packages: what is stored, and what is on this computer with every problem before anything is sent."""

import asyncio
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.errors import ErrorDetail
from core.printable import printable
from core.protocol.events import GapEvent, TrainingPackageEvent
from core.protocol.uploads import ContentStatus, StoredContent

from ...amounts import files_words, short_digest, size_words
from ...content_entries import ContentEntry
from ...models.uploads import problem_words, version_words
from ...package_drafts import Draft, look_over, watched_paths
from ...theme.tokens import RESOURCES
from ...ui import Ui
from ...widgets.buttons import Button
from ...widgets.chips import StateText, Tag
from ...widgets.frames import Area
from ...widgets.labels import ElidedLabel, Label
from .content_parts.content_page import ContentPage
from .content_parts.package_facts import PackageFacts
from .content_parts.problem_list import ProblemList
from .content_parts.try_here import TryHere

EXAMPLE = RESOURCES / "examples" / "tiny-mlp"
_SETTLE_MS = 400


class _Detail(Area):
    """One package: a draft with its problems and a trial, or a stored one with what it says of itself."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme, "surface")
        theme = ui.theme
        self.name = ElidedLabel(theme, "", style="subtitle", weight="strong")
        self.version = Tag(theme)
        self.state = StateText(theme, "completed")
        self.place = ElidedLabel(theme, "", style="caption", colour="ink3", mono=True)
        self.line = ElidedLabel(theme, "", colour="ink2")
        self.check_button = Button(theme, "", "refresh-cw", "quiet")
        self.send_button = Button(theme, "", "upload", "primary")
        self.train_button = Button(theme, "", "play")
        self.more_button = Button(theme, "", "ellipsis")
        self.problems_title = Label(theme, "", weight="strong")
        self.problems_note = ElidedLabel(theme, "", style="caption", colour="ink3")
        self.waiting_note = Label(theme, "", style="caption", colour="ink3")
        self.problems = ProblemList(theme)
        self.facts = PackageFacts(theme)
        self.try_here = TryHere(theme)
        head, titles = QHBoxLayout(), QHBoxLayout()
        gap = theme.gap
        head.setSpacing(gap(8))
        for widget in (self.name, self.version, self.state):
            head.addWidget(widget)
        head.addWidget(self.place, 1)
        head.addWidget(self.line, 1)
        for button in (self.check_button, self.send_button, self.train_button, self.more_button):
            head.addWidget(button)
        titles.setSpacing(gap(8))
        titles.addWidget(self.problems_title)
        titles.addWidget(self.problems_note, 1)
        titles.addWidget(self.waiting_note)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(gap(20), gap(14), gap(20), gap(16))
        column.setSpacing(gap(8))
        column.addLayout(head)
        self.problems_head = QWidget()
        titles.setContentsMargins(0, gap(2), 0, 0)
        self.problems_head.setLayout(titles)
        column.addWidget(self.problems_head)
        column.addWidget(self.problems)
        column.addWidget(self.try_here)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.try_here.changed.connect(self._give_room)

    def _give_room(self) -> None:
        """A trial's log takes what room there is."""
        shown = not self.try_here.panel.isHidden()
        self._column.setStretchFactor(self.try_here, int(shown))
        self._column.setStretch(self._column.count() - 1, int(not shown))


class Packages(ContentPage):
    """`open(training_package_id=…)` selects one."""

    key = "packages"
    icon = "package"
    kind = "training-packages"
    drop_icon = "package-plus"
    file_icon = "file-plus"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        self.content = _Detail(ui)
        self.try_here = self.content.try_here
        self._drafts: dict[str, Draft] = {}
        super().__init__(ui, self.content, parent)
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._check_all)
        self._watcher.fileChanged.connect(self._settle.start)
        self._watcher.directoryChanged.connect(self._settle.start)
        self.content.check_button.clicked.connect(self._check_all)
        self.content.send_button.clicked.connect(self.send)
        self.content.train_button.clicked.connect(self._train)
        self.content.more_button.clicked.connect(self._open_more)
        self.destroyed.connect(self.try_here.close_now)
        self.retranslate()
        self.show_entry(None)

    def title(self) -> str:
        return self.tr("Training packages")

    def file_filter(self) -> str:
        return self.tr("Packages (*.zip)")

    def is_about(self, event: object) -> bool:
        return isinstance(event, TrainingPackageEvent | GapEvent)

    def take(self, paths: list[Path]) -> None:
        """Look each over; nothing is sent."""
        for path in paths:
            self.start(self._check(path), retry=partial(self.take, [path]))

    def use_example(self) -> None:
        self.take([EXAMPLE])

    async def _check(self, path: Path, *, select: bool = True) -> None:
        draft = await asyncio.to_thread(look_over, path)
        self._drafts[draft.key] = draft
        self.model.put_drafts(list(self._drafts.values()))
        watched = await asyncio.to_thread(watched_paths, path)
        new = [one for one in watched if one not in {*self._watcher.files(), *self._watcher.directories()}]
        if new:
            self._watcher.addPaths(new)
        if select:
            self.select(draft.key)

    def _check_all(self) -> None:
        for draft in self._drafts.values():
            self.start(self._check(Path(draft.path), select=False))

    def send(self) -> None:
        """Send the draft that is selected, if it is sound."""
        entry = self.selected()
        draft = entry.draft if entry is not None else None
        if draft is None or draft.problems:
            return
        del self._drafts[draft.key]
        self._watcher.removePaths(watched_paths(Path(draft.path)))
        id = self.ui.transfers.upload("training-packages", Path(draft.path), draft.name)
        self.model.put_drafts(list(self._drafts.values()))
        self.select(f"transfer:{id}")

    def open(self, **what: str) -> None:
        if "choose" in what:
            self.choose(what["choose"])
            return
        self.go_to(what.get("training_package_id", ""))

    def show_entry(self, entry: ContentEntry | None) -> None:
        detail = self.content
        detail.setVisible(entry is not None)
        if entry is None:
            return
        draft, content = entry.draft, entry.newest
        detail.name.setText(printable(entry.name))
        for widget in (detail.check_button, detail.send_button, detail.try_here):
            widget.setVisible(draft is not None)
        for widget in (detail.train_button, detail.more_button):
            widget.setVisible(content is not None)
        if draft is not None:
            self._show_draft(draft)
        else:
            self._show_stored(content)

    def _show_draft(self, draft: Draft) -> None:
        detail, count = self.content, len(draft.problems)
        detail.version.setVisible(draft.version is not None)
        detail.version.set_text(draft.version or "")
        detail.state.show()
        if count:
            detail.state.set_state("problem", problem_words(count))
        else:
            detail.state.set_state("completed", self.tr("Sound"))
        detail.place.setText(_below_home(draft.path))
        detail.line.hide()
        detail.place.show()
        detail.send_button.setText(self.tr("Send {0}").format(draft.version or draft.name))
        detail.send_button.setEnabled(not count)
        self._show_problems(draft.problems, Path(draft.path))
        detail.problems_note.setText(
            self.tr("all of them, not just the first · checked again whenever a file changes")
            if count
            else self.tr("none · checked again whenever a file changes")
        )
        waits = self.tr("Sending waits for this one") if count == 1 else self.tr("Sending waits for these {0}")
        detail.waiting_note.setText(waits.format(count) if count else "")
        detail.facts.show_training(None)
        detail.try_here.set_package(draft.path)

    def _show_stored(self, content: StoredContent | None) -> None:
        detail = self.content
        detail.version.setVisible(content is not None)
        detail.state.setVisible(content is not None)
        detail.place.hide()
        detail.line.show()
        detail.line.setText("")
        detail.waiting_note.setText("")
        detail.problems_note.setText("")
        self._show_problems([], None)
        detail.facts.show_training(None)
        if content is None:
            return
        detail.version.set_text(version_words(content))
        words = {"ready": "completed", "rejected": "rejected", "uploading": "paused"}
        said = {"ready": self.tr("Ready"), "rejected": self.tr("Rejected"), "uploading": self.tr("Not finished")}
        detail.state.set_state(words[content.status.value], said[content.status.value])
        detail.train_button.setEnabled(content.status is ContentStatus.READY)
        parts = [size_words(content.size_bytes)] if content.size_bytes is not None else []
        parts += [files_words(content.file_count)] if content.file_count is not None else []
        parts += [f"sha256 {short_digest(content.digest)}"] if content.digest else []
        detail.line.setText(" · ".join(parts))
        reasons = [ErrorDetail(reason.message, file=reason.file, line=reason.line) for reason in content.reasons]
        self._show_problems(reasons, None)
        detail.facts.show_training(content.training)

    def _show_problems(self, problems: list[ErrorDetail], folder: Path | None) -> None:
        detail = self.content
        detail.problems_head.setVisible(bool(problems) or folder is not None)
        detail.problems.show_problems(problems, folder)

    def _train(self) -> None:
        entry = self.selected()
        if entry is not None and entry.usable is not None:
            self.ui.navigate("new_job", training_package_id=entry.usable.id)

    def _open_more(self) -> None:
        entry = self.selected()
        if entry is None or entry.newest is None:
            return
        content, button = entry.newest, self.content.more_button
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        copy = menu.addAction(self.tr("Copy id"))
        copy.triggered.connect(partial(QGuiApplication.clipboard().setText, content.id))
        delete = menu.addAction(self.tr("Delete {0}").format(version_words(content)))
        delete.triggered.connect(partial(self.ask_delete, content))
        menu.popup(self._below(button))

    def _below(self, button: Button) -> QPoint:
        return button.mapToGlobal(button.rect().bottomLeft())

    def retranslate(self) -> None:
        super().retranslate()
        detail = self.content
        self.choose_file_button.setText(self.tr("Choose zip"))
        self.choose_folder_button.setText(self.tr("Choose folder"))
        self.search.set_placeholder(self.tr("Find a package"))
        self.drop_place.set_words(
            self.tr("Drop a folder or zip anywhere"), self.tr("It is checked here first. Nothing is sent.")
        )
        self.empty.set_words(
            self.tr("Add your first training package"),
            self.tr("A folder or zip with train.py. Every problem is shown with its file and line before it is sent."),
            self.tr("Choose folder"),
            self.tr("Use the bundled example"),
        )
        detail.check_button.setText(self.tr("Check again"))
        detail.train_button.setText(self.tr("Train with it"))
        detail.more_button.describe(self.tr("More"))
        detail.problems_title.setText(self.tr("Problems"))
        detail.problems.retranslate()
        detail.facts.retranslate()
        detail.try_here.retranslate()
        self.show_entry(self.selected())


def _below_home(path: str) -> str:
    """`~/models/tiny-mlp`, as its owner writes it."""
    home = str(Path.home())
    return printable("~" + path[len(home) :] if path.startswith(home + "/") else path)
