"""Where an answer leads: from what creates or lists things to the routes of one of them, by the form of the paths."""

import re
from collections.abc import Iterator
from typing import Any

_PARAMETER = re.compile(r"\{(\w+)\}")


def add_links(paths: dict[str, dict[str, Any]]) -> None:
    """Adds to each operation that creates or lists its links to those of one thing, and to a list's next page."""
    for path, item in paths.items():
        for operation in item.values():
            links = dict(_links(path, operation, paths))
            if links:
                _good(operation)["links"] = links


def _good(operation: dict[str, Any]) -> dict[str, Any]:
    """Its answer when all is well."""
    answers: dict[str, dict[str, Any]] = operation["responses"]
    return next(iter(answers.values()))


def _links(path: str, operation: dict[str, Any], paths: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    creates = "201" in operation["responses"]
    lists = any(parameter["name"] == "cursor" for parameter in operation["parameters"])
    if not (creates or lists):
        return
    given = {name: f"$request.path.{name}" for name in _PARAMETER.findall(path)}
    if lists:
        cursor = {"cursor": "$response.body#/page/next_cursor"}
        yield "next_page", {"operationId": operation["operationId"], "parameters": {**given, **cursor}}
    place = "$response.body#" if creates else "$response.body#/data/0"
    for other, item in paths.items():
        below = re.fullmatch(re.escape(path) + r"/\{(\w+)\}(/[^{}]*)?", other)
        if below is not None:
            for target in item.values():
                yield (
                    target["operationId"],
                    {
                        "operationId": target["operationId"],
                        "parameters": {**given, below[1]: f"{place}/{'id' if below[1].endswith('id') else below[1]}"},
                    },
                )
