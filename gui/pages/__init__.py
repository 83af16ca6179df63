"""The list of pages: key, place in the navigation, and the module that is imported when the page is first opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from .page import Face, Page


class PageEntry(NamedTuple):
    """`listed` False keeps it out of the navigation."""

    key: str
    module: str
    face: Face
    icon: str
    group: int = 0
    listed: bool = True

    def title(self) -> str:
        """The page's name in the language shown now."""
        translate = QCoreApplication.translate
        return {
            "overview": translate("pages", "Overview"),
            "datasets": translate("pages", "Datasets"),
            "packages": translate("pages", "Training packages"),
            "jobs": translate("pages", "Training jobs"),
            "job": translate("pages", "Training jobs"),
            "new_job": translate("pages", "New training job"),
            "usage": translate("pages", "Usage and credits"),
            "api_keys": translate("pages", "API keys"),
            "webhooks": translate("pages", "Webhooks"),
            "api_docs": translate("pages", "API docs"),
            "my_node": translate("pages", "My node"),
            "self_test": translate("pages", "Self-test"),
            "troubleshoot": translate("pages", "Troubleshoot"),
            "rules": translate("pages", "Rules"),
            "earnings": translate("pages", "Earnings"),
            "demand": translate("pages", "Demand"),
            "history": translate("pages", "History and log"),
            "settings": translate("pages", "Settings"),
        }[self.key]


PAGES = (
    PageEntry("overview", "customer.overview", "train", "layout-dashboard"),
    PageEntry("datasets", "customer.datasets", "train", "database"),
    PageEntry("packages", "customer.packages", "train", "package"),
    PageEntry("jobs", "customer.jobs", "train", "workflow"),
    PageEntry("job", "customer.job", "train", "workflow", listed=False),
    PageEntry("new_job", "customer.new_job", "train", "plus", listed=False),
    PageEntry("usage", "customer.usage", "train", "chart-column"),
    PageEntry("api_keys", "customer.api_keys", "train", "key-round", group=1),
    PageEntry("webhooks", "customer.webhooks", "train", "webhook", group=1),
    PageEntry("api_docs", "customer.api_docs", "train", "book-open-text", group=1),
    PageEntry("my_node", "node.my_node", "share", "cpu"),
    PageEntry("self_test", "node.self_test", "share", "gauge", listed=False),
    PageEntry("troubleshoot", "node.troubleshoot", "share", "stethoscope", listed=False),
    PageEntry("rules", "node.rules", "share", "sliders-horizontal"),
    PageEntry("earnings", "node.earnings", "share", "coins"),
    PageEntry("demand", "node.demand", "share", "radar"),
    PageEntry("history", "node.history", "share", "scroll-text"),
    PageEntry("settings", "settings", "train", "settings", listed=False),
)


def load_page(entry: PageEntry) -> type[Page]:
    """Import a page's module; its class. Raises LookupError where the module has no page of that key."""
    from .page import Page

    module = import_module(f"{__name__}.{entry.module}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Page) and value.key == entry.key:
            return value
    raise LookupError(f"{entry.module} has no page {entry.key}")
