"""The overview of an account that has done nothing yet: three steps, the bundled example, and what comes later."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.frames import Area, Line, Panel
from ....widgets.labels import Label

_STEPS = 3
_LATER = ("workflow", "bell-dot", "box")


class _StepNumber(QWidget):
    """A number in a circle: filled for the step to do now."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._number = number
        self._now = False
        self._done = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_state(self, *, now: bool, done: bool) -> None:
        self._now, self._done = now, done
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.gap(24), self._theme.gap(24))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen if self._now else QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("accent") if self._now else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if self._done:
            side = theme.px(1.08)
            place = circle.center().toPoint()
            painter.drawPixmap(
                place.x() - side // 2 + 1, place.y() - side // 2 + 1, theme.pixmap("check", "ink2", 1.08)
            )
            return
        painter.setFont(theme.font("body", "strong"))
        painter.setPen(theme.colour("on_accent" if self._now else "ink2"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))


class _Step(Area):
    """One of the three: number, title, two lines, its buttons."""

    def __init__(self, theme: Theme, number: int, buttons: list[Button]) -> None:
        super().__init__(theme, "surface")
        self._place = number
        self.number = _StepNumber(theme, number)
        self.title = Label(theme, "", style="subtitle", weight="strong")
        self.line = Label(theme, "", colour="ink2", wrap=True)
        self.buttons = buttons
        gap = theme.gap
        head, row = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(gap(10))
        head.addWidget(self.number)
        head.addWidget(self.title, 1)
        row.setSpacing(gap(8))
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(20), gap(19), gap(18), gap(19))
        column.setSpacing(gap(8))
        column.addLayout(head)
        column.addWidget(self.line)
        column.addStretch(1)
        column.addSpacing(gap(8))
        column.addLayout(row)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The outer two keep to the panel's corners."""
        radius = self._theme.radius("panel")
        left, right = (0 if self._place == 1 else -radius), (0 if self._place == _STEPS else radius)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(left, 0, right, 0), radius - 1, radius - 1)

    def set_state(self, *, now: bool, done: bool) -> None:
        self.number.set_state(now=now, done=done)
        self.set_fill("surface" if now else "code")
        for place, button in enumerate(self.buttons):
            button.set_kind("primary" if now and place == 0 else "normal")


class FirstSteps(QWidget):
    """`show_progress` says which of the steps are done."""

    def __init__(
        self,
        theme: Theme,
        *,
        choose_folder: Callable[[], object],
        choose_file: Callable[[], object],
        choose_package: Callable[[], object],
        new_job: Callable[[], object],
        run_example: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = Label(theme, "", style="heading")
        self._line = Label(theme, "", colour="ink2", wrap=True)
        wanted = (
            (Button(theme, "", "folder-plus"), choose_folder),
            (Button(theme, "", "file-plus"), choose_file),
            (Button(theme, "", "package-plus"), choose_package),
            (Button(theme, "", "plus"), new_job),
            (Button(theme, "", "play"), run_example),
        )
        for button, do in wanted:
            button.clicked.connect(lambda checked=False, do=do: do())
        self.folder, self.file, self.package, self.job, self.example = (button for button, _ in wanted)
        self.steps = [
            _Step(theme, 1, [self.folder, self.file]),
            _Step(theme, 2, [self.package]),
            _Step(theme, 3, [self.job]),
        ]
        self._flask = Label(theme)
        self._example_title = Label(theme, "", weight="strong")
        self._example_line = Label(theme, "", colour="ink2", wrap=True)
        self._later = Label(theme, "", style="caption", colour="ink3")
        self._promises = [(Label(theme), Label(theme), Label(theme, "", colour="ink3", wrap=True)) for _ in _LATER]
        self._lay_out()
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.show_progress(has_dataset=False, has_package=False)

    def _lay_out(self) -> None:
        theme, gap = self._theme, self._theme.gap
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(48), gap(36), gap(48), gap(36))
        column.setSpacing(gap(8))
        column.addWidget(self._title)
        column.addWidget(self._line)
        column.addSpacing(gap(12))
        steps = Panel(theme)
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, steps)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        self._rules = [Line(theme, upright=True) for _ in self.steps[1:]]
        for number, step in enumerate(self.steps):
            if number:
                row.addWidget(self._rules[number - 1])
            row.addWidget(step, 1)
        column.addWidget(steps)
        column.addSpacing(gap(8))
        column.addWidget(self._example_panel())
        column.addSpacing(gap(28))
        column.addWidget(self._later)
        promises = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        promises.setSpacing(gap(16))
        self._rows = (row, promises)
        for icon, title, line in self._promises:
            promises.addWidget(self._promise(icon, title, line), 1)
        column.addLayout(promises)
        column.addStretch(1)

    def set_narrow(self, narrow: bool) -> None:
        """Below each other in place of side by side."""
        way = QBoxLayout.Direction
        for row in self._rows:
            row.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        for rule in self._rules:
            rule.setVisible(not narrow)

    def _example_panel(self) -> Panel:
        gap = self._theme.gap
        panel = Panel(self._theme, "info_tint", "info_edge")
        row = QHBoxLayout(panel)
        row.setContentsMargins(gap(20), gap(13), gap(20), gap(13))
        row.setSpacing(gap(10))
        words = QVBoxLayout()
        words.setSpacing(gap(2))
        words.addWidget(self._example_title)
        words.addWidget(self._example_line)
        row.addWidget(self._flask)
        row.addLayout(words, 1)
        row.addWidget(self.example)
        return panel

    def _promise(self, icon: Label, title: Label, line: Label) -> Panel:
        gap = self._theme.gap
        panel = Panel(self._theme, "surface", "border_strong", dashed=True)
        column = QVBoxLayout(panel)
        column.setContentsMargins(gap(18), gap(15), gap(18), gap(15))
        column.setSpacing(gap(6))
        head = QHBoxLayout()
        head.setSpacing(gap(8))
        head.addWidget(icon)
        head.addWidget(title, 1)
        column.addLayout(head)
        column.addWidget(line)
        column.addStretch(1)
        return panel

    def show_progress(self, *, has_dataset: bool, has_package: bool) -> None:
        """The first step that isn't done is the one to do now."""
        done = (has_dataset, has_package, False)
        now = done.index(False)
        for place, step in enumerate(self.steps):
            step.set_state(now=place == now, done=done[place])
        self.job.setEnabled(has_dataset and has_package)

    def set_example_busy(self, busy: bool) -> None:
        self.example.set_busy(busy)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Train your first model"))
        self._line.setText(
            self.tr("Three steps, about five minutes of your time. Nothing is charged before you launch.")
        )
        words = (
            (
                self.tr("Add a dataset"),
                self.tr("A file or folder: CSV, images, anything your code reads. Only you and your jobs can see it."),
            ),
            (
                self.tr("Add a training package"),
                self.tr(
                    "A folder or zip with train.py. Every problem is shown with its file and line before it is sent."
                ),
            ),
            (
                self.tr("Launch a training job"),
                self.tr("See the plan, what it costs and how long it takes. Then launch, and watch it run."),
            ),
        )
        for step, (title, line) in zip(self.steps, words, strict=True):
            step.title.setText(title)
            step.line.setText(line)
        self.folder.setText(self.tr("Choose folder"))
        self.file.setText(self.tr("Choose file"))
        self.package.setText(self.tr("Choose package"))
        self.job.setText(self.tr("New job"))
        self.example.setText(self.tr("Run the example"))
        self._example_title.setText(self.tr("No data at hand? Run the bundled example"))
        self._example_line.setText(
            self.tr("1,797 handwritten digits and tiny-mlp: one job, 4 units, at least 95 % accuracy.")
        )
        self._later.setText(self.tr("Later this page shows"))
        promises = (
            (self.tr("Running jobs"), self.tr("Live progress, time left and cost of each job.")),
            (self.tr("Needs attention"), self.tr("Failed units, stopped uploads, low credits.")),
            (self.tr("Recent artifacts"), self.tr("Checkpoints, metrics and models, ready to download.")),
        )
        for (_, heading, below), (title_words, line_words) in zip(self._promises, promises, strict=True):
            heading.setText(title_words)
            below.setText(line_words)

    def _apply_theme(self) -> None:
        self._flask.setPixmap(self._theme.pixmap("flask-conical", "accent", 1.54))
        for name, (icon, _, _) in zip(_LATER, self._promises, strict=True):
            icon.setPixmap(self._theme.pixmap(name, "ink2"))
