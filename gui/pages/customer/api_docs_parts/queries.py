"""The sections of the API page that ask for something: each with its route, or several, and a curl of it."""

from collections.abc import Mapping

from gui.theme.theme import Theme
from gui.widgets.code import CodeBlock

from .section import RouteLine, Section

# The published page's sections, and the operations that each of them shows
QUERIES: dict[str, tuple[str, ...]] = {
    "jobs": ("list_training_jobs",),
    "job": ("get_training_job",),
    "units": ("list_compute_units",),
    "artifacts": ("list_artifacts",),
    "usage": ("usage_summary", "usage_daily", "usage_export", "ledger"),
}


class QuerySection(Section):
    """Each route stands above its own curl."""

    def __init__(self, theme: Theme, key: str, operations: tuple[str, ...]) -> None:
        super().__init__(theme, key)
        self.operations = operations
        self._absent = self.add_text()
        self._absent.hide()
        self.rows: dict[str, tuple[RouteLine, CodeBlock]] = {}
        for operation in operations:
            self.rows[operation] = self.add_route(), self.add_code("shell")

    def show_routes(self, routes: Mapping[str, tuple[str, str] | None], examples: Mapping[str, str]) -> None:
        """By operation; a route that the server hasn't is left out, and said to be where it is all there would be."""
        for operation, (line, block) in self.rows.items():
            words = routes[operation]
            line.show_route(words)
            block.setVisible(words is not None)
            if words is not None:
                block.set_code(examples[operation], " ".join(words))
        self._absent.setVisible(all(words is None for words in routes.values()))

    def retranslate(self) -> None:
        self._absent.setText(self.tr("This server doesn't offer it."))
