"""The text of the API page: every section of the published page, in its order, filled in with a server's facts."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.amounts import count_words
from gui.api_examples import (
    IDEMPOTENCY_KEY,
    PYTHON_SDK,
    TYPESCRIPT_SDK,
    Filling,
    auth_header,
    curl_example,
    javascript_example,
    page_example,
    python_example,
    query_example,
    route_words,
)
from gui.api_reference import ApiReference, LimitUse
from gui.theme.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.code import CodeTabs

from .chooser import Chooser
from .error_table import ErrorTable
from .glance import LIMITS, RULE_ICONS, used_words
from .places import Place, place_behind_tab
from .queries import QUERIES, QuerySection
from .section import Section

_ORDER = ("sdk", "auth", "direction", "create", "idempotency", "pagination")


class Article(QWidget):
    """`key_asked` by its button. `sections` are in the order of the page, by key."""

    key_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._limits: Mapping[str, LimitUse] = {}
        self._reference: ApiReference | None = None
        self._filling = Filling()
        self.sections: dict[str, Section] = {key: Section(theme, key, with_route=key == "create") for key in _ORDER}
        self.queries = [QuerySection(theme, key, operations) for key, operations in QUERIES.items()]
        self.sections |= {one.key: one for one in self.queries}
        self.sections |= {key: Section(theme, key) for key in ("limits", "credits", "errors")}
        self._make_first()
        self._make_last()
        column = QVBoxLayout(self)
        gap = theme.gap
        column.setContentsMargins(gap(24), gap(16), gap(24), gap(24))
        column.setSpacing(gap(24))
        for section in self.sections.values():
            column.addWidget(section)
        column.addStretch(1)

    def _make_first(self) -> None:
        theme, sections = self._theme, self.sections
        self._sdk_text = sections["sdk"].add_text()
        self.sdk = CodeTabs(theme, ("shell", "shell"), wrap=True)
        _add_tabs(sections["sdk"], self.sdk)
        self._auth_text = sections["auth"].add_text()
        self.auth = sections["auth"].add_code()
        self.create_key = Button(theme, "", "key-round", small=True)
        self.create_key.clicked.connect(self.key_asked)
        sections["auth"].column.addWidget(self.create_key)
        self._direction_text = sections["direction"].add_text()
        self.chooser = Chooser(theme)
        sections["create"].column.addWidget(self.chooser)
        self._shell_text = sections["create"].add_text()
        self.authority_text = sections["create"].add_text()
        self.examples = CodeTabs(theme, ("shell", "javascript", "python"), wrap=True)
        _add_tabs(sections["create"], self.examples)
        self._idempotency_text = sections["idempotency"].add_text()
        self.idempotency = sections["idempotency"].add_code()
        self._pagination_text = sections["pagination"].add_text()
        self.pagination = sections["pagination"].add_code("json")

    def _make_last(self) -> None:
        limits, credits = self.sections["limits"], self.sections["credits"]
        self._limit_rows = {name: limits.add_bullet("gauge") for name in LIMITS}
        self._headers_text, _ = limits.add_bullet("info")
        self._rules = [credits.add_bullet(icon)[0] for icon in RULE_ICONS]
        self.errors = ErrorTable(self._theme)
        self.sections["errors"].column.addWidget(self.errors)

    def places(self) -> list[Place]:
        """All texts that are there to be read now, in the order of reading."""
        places = [place for section in self.sections.values() for place in section.places] + self.errors.places()
        return [place for place in places if place.is_on(self)]

    def show_reference(self, reference: ApiReference, filling: Filling, limits: Mapping[str, LimitUse]) -> None:
        """All that depends on the server and on what is chosen."""
        self._reference, self._filling, self._limits = reference, filling, limits
        self._show()

    def _show(self) -> None:
        reference, filling = self._reference, self._filling
        if reference is None:
            return
        self.auth.set_code(auth_header(filling), self.tr("Authentication header"))
        route = self.sections["create"].route
        if route is not None:
            route.show_route(route_words(reference, "submit_training_job"))
        self.examples.set_codes(
            [
                curl_example(reference, filling),
                javascript_example(reference, filling),
                python_example(reference, filling),
            ]
        )
        self.authority_text.setText(
            self.tr("This server's certificate is of an own authority, whose file the examples name: {0}").format(
                filling.ca_file
            )
        )
        self.authority_text.setVisible(filling.ca_file is not None)
        self.pagination.set_code(page_example(reference), self.tr("Answer of a list"))
        for query in self.queries:
            query.show_routes(
                {name: route_words(reference, name) for name in query.operations},
                {name: query_example(reference, filling, name) for name in query.operations},
            )
        self._pagination_text.setText(
            self.tr(
                "Lists answer {{ data, page: {{ limit, next_cursor, has_more }} }}. Cursors only go forward. "
                "limit is {0} by default and {1} at most."
            ).format(reference.page_limit, reference.page_most)
        )
        self.errors.show_codes(reference.codes)
        note = self.sections["errors"].note
        note.setText(self.tr("from this server's /meta, {0} in all").format(len(reference.codes)))
        note.setVisible(bool(reference.codes))
        self._show_limits()

    def _show_limits(self) -> None:
        words = {
            "jobs_per_minute": self.tr("At most {0} training jobs a minute for each customer."),
            "active_jobs": self.tr("At most {0} training jobs running at once."),
            "units_per_day": self.tr("At most {0} compute units a day for each customer."),
        }
        for name, (label, used) in self._limit_rows.items():
            limit = self._limits.get(name)
            label.setText(words[name].format("–" if limit is None else count_words(limit.limit)))
            used.setText(used_words(limit))

    def retranslate(self) -> None:
        self._title_sections()
        self._sdk_text.setText(self.tr("Install an SDK locally (alpha – not published on PyPI or npm yet)."))
        self.sdk.set_names(["Python SDK", "TypeScript SDK"])
        self.sdk.set_codes([PYTHON_SDK, TYPESCRIPT_SDK])
        self._auth_text.setText(
            self.tr("All calls of programs carry an API key in the X-API-Key header. Create one on the API keys page.")
        )
        self.create_key.setText(self.tr("Create an API key"))
        self._direction_text.setText(
            self.tr(
                "GPU-Agent is a network of computers in homes, each different, for training of customers' own. You "
                "upload your own dataset and training package (a zip with a Python entry); the platform plans the job "
                "as a DAG of CPU and GPU compute units and gives them to controlled home nodes that can run them. Use "
                "the pages Datasets, Training packages and Training jobs at the left, and see the "
                "customer-custom-training-guide."
            )
        )
        self.chooser.retranslate()
        self._shell_text.setText(
            self.tr("What begins with curl is for a POSIX shell; on Windows that is Git Bash or WSL, not PowerShell.")
        )
        self.examples.set_names(["curl", "JavaScript fetch", "Python requests"])
        self._idempotency_text.setText(
            self.tr(
                "An Idempotency-Key header in POST /customer/training-jobs makes retries safe. The same key with the "
                "same body gives the job that was made; with another body it is refused as IDEMPOTENCY_CONFLICT."
            )
        )
        self.idempotency.set_code(f"Idempotency-Key: {IDEMPOTENCY_KEY}", self.tr("Idempotency header"))
        self._headers_text.setText(
            self.tr("Every customer answer carries X-RateLimit-Limit / -Remaining / -Reset; a 429 carries Retry-After.")
        )
        rules = (
            self.tr("Each completed compute unit costs credits by its workload's rate."),
            self.tr("A failed, refused or unverified compute unit does not cost credits."),
            self.tr("A completion that is sent again is told by its compute_unit_id and not charged twice."),
        )
        for label, rule in zip(self._rules, rules, strict=True):
            label.setText(rule)
        self.errors.retranslate()
        for query in self.queries:
            query.retranslate()
        self._show()

    def _title_sections(self) -> None:
        titles = {
            "sdk": "Python SDK / TypeScript SDK",
            "auth": self.tr("Authentication"),
            "direction": self.tr("Product direction"),
            "create": self.tr("Create a training job"),
            "idempotency": self.tr("Idempotency"),
            "pagination": self.tr("Pagination"),
            "jobs": self.tr("List training jobs"),
            "job": self.tr("Get one training job"),
            "units": self.tr("List a job's compute units"),
            "artifacts": self.tr("List a job's artifacts (checkpoint / metrics / logs)"),
            "usage": self.tr("Usage"),
            "limits": self.tr("Rate limits"),
            "credits": self.tr("Credit rules"),
            "errors": self.tr("Error codes"),
        }
        for key, section in self.sections.items():
            section.title.setText(titles[key])

    def contents(self) -> list[tuple[str, str]]:
        """The sections that the contents name, in the order of the page; some of them name several."""
        return [
            ("sdk", "SDK"),
            ("auth", self.tr("Authentication")),
            ("direction", self.tr("Product direction")),
            ("create", self.tr("Create a training job")),
            ("idempotency", self.tr("Idempotency")),
            ("pagination", self.tr("Pagination")),
            ("jobs", self.tr("Jobs and units")),
            ("artifacts", self.tr("Artifacts")),
            ("usage", self.tr("Usage")),
            ("limits", self.tr("Rate limits")),
            ("credits", self.tr("Credit rules")),
            ("errors", self.tr("Error codes")),
        ]


def _add_tabs(section: Section, tabs: CodeTabs) -> None:
    section.column.addWidget(tabs)
    section.places += [place_behind_tab(tabs, number) for number in range(len(tabs.views))]
