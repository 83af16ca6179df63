"""How lists are asked for: the pairs of a query, and the type of a page."""

from typing import Any

from ..protocol.customer import Page

PAGE_LIMIT = 100


def page_of(kind: Any) -> Any:
    """The type of a page of these, for the decoder; a plain function since `Page[X]` is no `type[…]` to mypy."""
    return Page[kind]


def query(**fields: str | int | list[str] | None) -> list[tuple[str, str]]:
    """The pairs of a query: a list is repeated, None is left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        if isinstance(value, list):
            pairs.extend((name, item) for item in value)
        elif value is not None:
            pairs.append((name, str(value)))
    return pairs
