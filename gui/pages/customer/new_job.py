"""The form that starts a job: what on, with what, how much of it. Its price and the balance stand beside it before."""

from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.client.customer import AsyncClient, every_async
from core.client.errors import ServerError
from core.errors import ErrorCode
from core.printable import printable
from core.protocol.customer import JobPreview, Sensitivity, SubmitJob, TrainingJob
from core.protocol.uploads import ContentStatus, StoredContent
from gui.job_form import FormProblems, JobForm, params_of, problems_of, request_of, vram_of
from gui.models.uploads import version_words
from gui.pages.page import Page
from gui.ui import Ui
from gui.widgets.buttons import Button
from gui.widgets.fields import Combo, Field, FormRow, Spin
from gui.widgets.frames import Area, Line
from gui.widgets.labels import ElidedLabel, Label

from .jobs_parts.param_fields import ParamFields
from .jobs_parts.price import PricePanel

_TYPED_MS = 400
_MOST_VRAM_MB, _MOST_DISK_MB, _MOST_SECONDS = 196_608, 1_048_576, 604_800
_FIELDS = ("name", "dataset_id", "training_package_id", "required_vram_mb", "required_disk_mb")


class NewJobPage(Page):
    """Opened with `again` (a job's id) it is filled in as that job was; `required_vram_mb` changes that one value."""

    key = "new_job"
    icon = "plus"
    parent_key = "jobs"

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, parent)
        theme = ui.theme
        self._packages: dict[str, StoredContent] = {}
        self._again: TrainingJob | None = None
        self._asked = 0
        self._key = uuid4().hex
        self.name = Field(theme)
        self.dataset, self.package = Combo(theme), Combo(theme)
        self.vram = Spin(theme, 0, _MOST_VRAM_MB, 0, "MiB", step=1000)
        self.disk = Spin(theme, 1, _MOST_DISK_MB, 1024, "MiB", step=1024)
        self.runtime = Spin(theme, 1, _MOST_SECONDS, 600, "s", step=60)
        self.sensitivity = Combo(theme)
        self.params = ParamFields(theme)
        self._errors = {name: Label(theme, "", style="caption", colour="danger", wrap=True) for name in _FIELDS[1:]}
        self._errors |= {name: Label(theme, "", style="caption", colour="danger") for name in ("max_runtime_seconds",)}
        self.price = PricePanel(theme)
        self.launch = Button(theme, "", "rocket", "primary")
        self.launch.setEnabled(False)  # until there is a price
        self._back = Button(theme, "", None)
        self._rows: dict[str, FormRow] = {}
        self._titles: dict[str, Label] = {}
        self._lay_out()
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typed.timeout.connect(self._preview)
        self._connect()

    def _lay_out(self) -> None:
        theme, gap = self.ui.theme, self.ui.theme.gap
        form = QVBoxLayout()
        form.setContentsMargins(gap(20), gap(18), gap(20), gap(24))
        form.setSpacing(gap(14))
        controls: list[tuple[str, list[QWidget]]] = [
            ("name", [self.name]),
            ("dataset_id", [self.dataset]),
            ("training_package_id", [self.package]),
            ("required_vram_mb", [self.vram]),
            ("required_disk_mb", [self.disk]),
            ("max_runtime_seconds", [self.runtime]),
            ("sensitivity", [self.sensitivity]),
        ]
        for title, names in (("what", 3), ("resources", 4)):
            self._titles[title] = Label(theme, "", style="subtitle", weight="strong")
            form.addWidget(self._titles[title])
            for name, widgets in controls[:names]:
                self._rows[name] = FormRow(theme, name, widgets)
                form.addWidget(self._rows[name])
                if name in self._errors:
                    self._errors[name].hide()
                    form.addWidget(self._errors[name])
            controls = controls[names:]
            form.addSpacing(gap(8))
        self._titles["params"] = Label(theme, "", style="subtitle", weight="strong")
        form.addWidget(self._titles["params"])
        form.addWidget(self.params)
        self._under_form = QVBoxLayout()  # where the price stands if there is no room beside
        form.addLayout(self._under_form)
        form.addStretch(1)
        inner = Area(theme, "surface")
        inner.setLayout(form)
        inner.setMaximumWidth(theme.px(46))
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._beside = QScrollArea()
        self._beside.setWidget(self.price)
        self._beside.setWidgetResizable(True)
        self._beside.setFrameShape(QFrame.Shape.NoFrame)
        self._beside.setFixedWidth(theme.px(23))
        self._line = Line(theme, upright=True)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(scroll, 1)
        middle.addWidget(self._line)
        middle.addWidget(self._beside)
        self.body.addLayout(middle, 1)
        foot = Area(theme, "window")
        foot.setFixedHeight(theme.px(4.3))
        row = QHBoxLayout(foot)
        row.setContentsMargins(gap(20), 0, gap(16), 0)
        row.setSpacing(gap(8))
        self._note = ElidedLabel(theme, "", colour="ink2")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._back)
        row.addWidget(self._note, 1)
        row.addWidget(self.launch)
        self.body.addWidget(Line(theme))
        self.body.addWidget(foot)

    def _connect(self) -> None:
        self.name.changed.connect(lambda _: self._edited())
        for spin in (self.vram, self.disk, self.runtime):
            spin.changed.connect(lambda _: self._edited())
        self.dataset.activated.connect(lambda _: self._edited())
        self.sensitivity.activated.connect(lambda _: self._edited())
        self.package.activated.connect(lambda _: self._package_chosen())
        self.params.changed.connect(self._edited)
        self.launch.clicked.connect(self._launch)
        self._back.clicked.connect(lambda: self.ui.navigate("jobs"))

    # The window's calls

    def title(self) -> str:
        return self.tr("New training job")

    def open(self, **what: str) -> None:
        self._again = None
        self._key = uuid4().hex
        client = self.ui.session.client
        if client is not None and what.get("again"):
            vram = what.get("required_vram_mb", "")
            wanted = int(vram) if vram.isascii() and vram.isdigit() else None
            self.start(client.get_job(what["again"]), on_done=lambda job: self._fill_in(job, wanted))

    def shown(self) -> None:
        client = self.ui.session.client
        if client is not None:
            self.start(_ready_contents(client), on_done=self._put_contents, retry=self.shown)

    def set_narrow(self, narrow: bool) -> None:
        if narrow and self._beside.widget() is self.price:
            self._under_form.addWidget(self._beside.takeWidget())
        elif not narrow and self._beside.widget() is None:
            self._under_form.removeWidget(self.price)
            self._beside.setWidget(self.price)
        self.price.show()
        for widget in (self._line, self._beside):
            widget.setVisible(not narrow)

    # Filling in

    def _put_contents(self, contents: tuple[list[StoredContent], list[StoredContent]]) -> None:
        self._packages = {row.id: row for row in contents[1]}
        for combo, rows in zip((self.dataset, self.package), contents, strict=True):
            chosen = combo.currentData()
            combo.clear()
            for row in rows:
                combo.add(f"{printable(row.name)} {version_words(row)}", row.id)
            found = combo.findData(chosen)
            combo.setCurrentIndex(found if found >= 0 else 0 if rows else -1)
            combo.setEnabled(bool(rows))
            combo.updateGeometry()
        if self._again is not None:
            self._fill_in(self._again, None)
        else:
            self._package_chosen()

    def _fill_in(self, job: TrainingJob, vram_mb: int | None) -> None:
        """As another job was."""
        if vram_mb is not None:
            self.vram.set_value(vram_mb)
        elif self._again is None:
            self.vram.set_value(job.required_vram_mb)
        first, self._again = self._again is None, job
        self.dataset.setCurrentIndex(max(0, self.dataset.findData(job.dataset_id)))
        self.package.setCurrentIndex(max(0, self.package.findData(job.training_package_id)))
        if first:
            self.name.set_text(job.name)
            self.disk.set_value(job.required_disk_mb)
            self.runtime.set_value(job.max_runtime_seconds)
            self.sensitivity.setCurrentIndex(max(0, self.sensitivity.findData(job.sensitivity)))
        self.params.show_params(params_of(self._package()), job.params)
        self._edited()

    def _package(self) -> StoredContent | None:
        return self._packages.get(str(self.package.currentData()))

    def _package_chosen(self) -> None:
        package = self._package()
        self.params.show_params(params_of(package), self._again.params if self._again is not None else {})
        if self._again is None:
            self.vram.set_value(vram_of(package))
            if package is not None and not self.name.text():
                self.name.set_text(package.name)
        self._edited()

    def _edited(self) -> None:
        """Another job would be made: another key, another price."""
        self._key = uuid4().hex
        self.launch.setEnabled(False)
        for label in self._errors.values():
            label.hide()
        self._typed.start()

    # Price and launch

    def form(self) -> JobForm | None:
        """None where a parameter can't be read; its field says so."""
        params = self.params.values()
        if params is None:
            return None
        return JobForm(
            name=self.name.text(),
            dataset_id=self.dataset.currentData(),
            training_package_id=self.package.currentData(),
            required_vram_mb=self.vram.value(),
            required_disk_mb=self.disk.value(),
            max_runtime_seconds=self.runtime.value(),
            sensitivity=Sensitivity(self.sensitivity.currentData() or Sensitivity.LOW_SENSITIVE),
            params=params,
        )

    def _request(self) -> SubmitJob | None:
        form = self.form()
        if form is None:
            return None
        request = request_of(form)
        if isinstance(request, FormProblems):
            self._show_problems(request.by_field)
            return None
        return request

    def _preview(self) -> None:
        client, request = self.ui.session.client, self._request()
        self.price.forget()
        if client is None or request is None:
            return
        self._asked += 1
        asked = self._asked
        self.start(self._ask_price(client, request), on_done=lambda price: self._priced(asked, price))

    async def _ask_price(self, client: AsyncClient, request: SubmitJob) -> JobPreview | None:
        try:
            return await client.preview_job(request)
        except ServerError as error:
            if not self._placed(error):
                raise
            return None

    def _priced(self, asked: int, price: JobPreview | None) -> None:
        if asked != self._asked or price is None:
            return
        self.price.show_price(price)
        self.launch.setEnabled(price.balance_micro >= price.hold_micro)
        self._launch_words(price)

    def _launch(self) -> None:
        client, request = self.ui.session.client, self._request()
        if client is None or request is None:
            return
        self.launch.set_busy(True)
        task = self.start(self._submit(client, request), on_done=self._launched)
        task.add_done_callback(lambda _: self.launch.set_busy(False))

    async def _submit(self, client: AsyncClient, request: SubmitJob) -> TrainingJob | None:
        try:
            return await client.submit_job(request, idempotency_key=self._key)
        except ServerError as error:
            if not self._placed(error):
                raise
            return None

    def _launched(self, job: TrainingJob | None) -> None:
        if job is not None:
            self.ui.session.ask_balance_soon()
            self.ui.navigate("job", job_id=job.id)

    def _placed(self, error: ServerError) -> bool:
        """Whether all that the service says is shown at fields of the form."""
        if error.code is not ErrorCode.VALIDATION_FAILED or not error.details:
            return False
        details = {row.field or "": row.message for row in error.details}
        known = {"name", *self._errors} | {f"params.{name}" for name in self.params.names()}
        placed, others = problems_of(details, known)
        self._show_problems(placed)
        return not others

    def _show_problems(self, problems: dict[str, str]) -> None:
        for field, words in problems.items():
            if field == "name":
                self.name.set_error(words)
            elif field.startswith("params."):
                self.params.set_error(field.removeprefix("params."), words)
            else:
                self._errors[field].setText(words)
                self._errors[field].show()

    def _launch_words(self, price: JobPreview | None) -> None:
        words = (
            self.tr("Launch")
            if price is None
            else self.tr("Launch · hold {0}").format(f"{price.hold_micro / 1e6:,.3f}")
        )
        self.launch.setText(words)

    def retranslate(self) -> None:
        super().retranslate()
        self.header.set_crumbs([(self.tr("Training jobs"), lambda: self.ui.navigate("jobs"))])
        tr = self.tr
        words: dict[str, tuple[str, str]] = {
            "name": (tr("Name"), ""),
            "dataset_id": (tr("Dataset"), ""),
            "training_package_id": (tr("Training package"), ""),
            "required_vram_mb": (tr("GPU memory"), tr("0 runs on CPUs. A unit that takes more is stopped.")),
            "required_disk_mb": (tr("Disk"), tr("Scratch space of each unit, beside the data.")),
            "max_runtime_seconds": (tr("Longest time of a unit"), tr("It is held for; only what was used is charged.")),
            "sensitivity": (tr("Sensitivity"), tr("How far the data may travel: to which tiers of nodes.")),
        }
        for name, (title, help_words) in words.items():
            self._rows[name].set_words(title, help_words)
        self._titles["what"].setText(tr("What is trained"))
        self._titles["resources"].setText(tr("Resources"))
        self._titles["params"].setText(tr("Parameters"))
        chosen: Any = self.sensitivity.currentData() or Sensitivity.LOW_SENSITIVE
        self.sensitivity.clear()
        for kind, shown in (
            (Sensitivity.PUBLIC, tr("Public: any node")),
            (Sensitivity.LOW_SENSITIVE, tr("Low: controlled and trusted nodes")),
            (Sensitivity.SENSITIVE, tr("Sensitive: trusted nodes")),
            (Sensitivity.RESTRICTED, tr("Restricted: my own nodes")),
        ):
            self.sensitivity.add(shown, kind)
        self.sensitivity.setCurrentIndex(max(0, self.sensitivity.findData(chosen)))
        self._note.setText(tr("You pay for units that complete. Failed and rejected ones are free."))
        self._back.setText(tr("Back"))
        self._launch_words(self.price.price)
        self.price.retranslate()


async def _ready_contents(client: AsyncClient) -> tuple[list[StoredContent], list[StoredContent]]:
    """Datasets and packages that a job can take, newest first."""
    datasets = [row async for row in every_async(lambda cursor: client.list_content("datasets", cursor=cursor))]
    packages = [
        row async for row in every_async(lambda cursor: client.list_content("training-packages", cursor=cursor))
    ]
    ready = ContentStatus.READY
    return [row for row in datasets if row.status is ready], [row for row in packages if row.status is ready]
