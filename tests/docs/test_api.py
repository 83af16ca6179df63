"""Holds docs/api.md to the routes, their types and the table of errors: it is made from them."""

import re

from build_scripts.api_docs import COMMAND, PAGE, api_page
from core.errors import ERRORS

_TEXT = api_page()


def test_the_page_is_what_the_routes_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == _TEXT, f"docs/api.md is not current. Run: {COMMAND}"


def test_the_page_is_made_the_same_each_time() -> None:
    assert api_page() == _TEXT


def test_every_link_within_it_leads_somewhere() -> None:
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in _TEXT.splitlines() if line.startswith("#")}
    links = set(re.findall(r"\]\(#([^)]+)\)", _TEXT))
    assert len(links) > 30 and links <= headings


def test_it_has_every_code_and_the_published_routes() -> None:
    for code, kind in ERRORS.items():
        assert f"| `{code}` | {kind.status} | {kind.description} | {kind.hint} |" in _TEXT
    for route in (
        "POST /customer/training-jobs",
        "GET /customer/training-jobs/:id/compute-units",
        "POST /customer/training-jobs/:id/artifacts/:artifact_id/download-url",
        "GET /customer/credits/ledger",
    ):
        assert f"\n### {route}\n" in _TEXT


def test_its_tables_are_whole() -> None:
    for line in _TEXT.splitlines():
        if line.startswith("|"):
            assert line.count("|") in (4, 5) and line.endswith("|"), line
