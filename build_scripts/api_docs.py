"""Writes docs/api.md from the OpenAPI file and the table of errors: the same text each time, held current by a test.

    python3 build_scripts/run.py --dev python -m build_scripts.api_docs [--check]

exit codes: 0 written, or current with --check; 1 it isn't current.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from backend.openapi import document_of
from backend.routes import ROUTE_HANDLERS
from core.errors import ERRORS
from core.protocol.events import EVENT_TYPES

COMMAND = "python3 build_scripts/run.py --dev python -m build_scripts.api_docs"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
ADDRESS = "https://api.example.com"
PREFIX = "/api/v1"
JSON = "application/json"
HEADERS = {
    "ApiKey": "X-API-Key: sk_alpha_REPLACE_ME_WITH_YOUR_KEY",
    "Session": "Authorization: Bearer session_REPLACE_ME_WITH_YOUR_TOKEN",
    "AdminKey": "X-API-Key: ak_alpha_REPLACE_ME_WITH_YOUR_KEY",
}
Schema = dict[str, Any]


class Page:
    """The page of one OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas: dict[str, Schema] = document["components"]["schemas"]
        self._operations = [
            (method.upper(), path.removeprefix(PREFIX), operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
        ]
        mostly = [set(self._codes(operation)) for _, path, operation in self._operations if self._is_usual(path)]
        self._usual = set.intersection(*mostly)
        schemas = (op["requestBody"]["content"][JSON]["schema"] for _, _, op in self._operations if "requestBody" in op)
        self._bodies = {schema["$ref"].rpartition("/")[2] for schema in schemas}

    def text(self) -> str:
        """The whole page."""
        return "\n".join([*self._head(), *self._routes(), *self._shapes(), *self._events(), *self._errors()]) + "\n"

    # Parts

    def _head(self) -> Iterator[str]:
        yield "# The HTTP API"
        yield f"\nMade by `{COMMAND}`"
        yield "from the routes and their types: change those, not this page. For programs the same is served at"
        yield "`GET /openapi.json` (OpenAPI 3.1). Paths are below the server's address and `/api/v1`.\n"
        yield from self._document["info"]["description"].splitlines()
        yield "\nWhat any route below `/customer` and `/owner` may answer is not repeated at each:"
        yield self._code_list(self._usual) + ".\n"
        for tag in self._document["tags"]:
            yield f"- [{tag['name'].capitalize()}](#{_anchor(tag['name'])}): {tag['description']}"
        yield "- [Shapes](#shapes), [events](#events), [error codes](#error-codes)"

    def _routes(self) -> Iterator[str]:
        for tag in self._document["tags"]:
            yield f"\n## {tag['name'].capitalize()}\n"
            yield tag["description"]
            for method, path, operation in self._operations:
                if operation["tags"] == [tag["name"]]:
                    yield from self._route(method, path, operation)

    def _route(self, method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
        yield f"\n### {method} {_escaped(path)}\n"
        yield operation["description"]
        parameters = operation["parameters"]
        if parameters:
            yield "\n| parameter | in | value | |"
            yield "| --- | --- | --- | --- |"
            for one in parameters:
                needed = "" if one["required"] or one["in"] == "path" else "optional; "
                yield f"| `{one['name']}` | {one['in']} | {needed}{self._kind(one['schema'])} | {one['description']} |"
        body = operation.get("requestBody")
        if body is not None:
            schema = self._follow(body["content"][JSON]["schema"])
            yield f"\nBody{'' if body['required'] else ' (may be left out)'}:\n"
            yield from self._fields(schema, with_default=True)
        yield from self._answers(operation)
        if not operation.get("deprecated"):
            yield from self._example(method, path, operation)

    def _answers(self, operation: dict[str, Any]) -> Iterator[str]:
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                shapes = [self._kind(content["schema"]) for content in answer.get("content", {}).values()]
                yield f"\nAnswer: {status}" + (f", {shapes[0]}" if shapes else "")
        own = self._code_list(set(self._codes(operation)) - self._usual)
        if own:
            yield f"\nErrors: {own}"

    def _example(self, method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
        named = "&".join(f"{one['name']}={one['example']}" for one in _named_in_query(operation))
        said = [f"curl -fsS -X {method} '{ADDRESS}{PREFIX}{_with_example_ids(path)}{named and '?' + named}'"]
        if operation["security"]:
            [way] = operation["security"][0]
            said.append(f"  -H '{HEADERS[way]}'")
        if any(one["name"] == "Idempotency-Key" for one in operation["parameters"]):
            said.append("  -H 'Idempotency-Key: client-uuid-12345678'")
        body = operation.get("requestBody")
        if body is not None:
            said.append("  -H 'Content-Type: application/json'")
            said.append(f"  -d '{_json(body['content'][JSON]['example'])}'")
        yield "\n```sh"
        yield " \\\n".join(said)
        yield "```"
        for status, answer in operation["responses"].items():
            for media_type, content in answer.get("content", {}).items() if int(status) < 400 else ():
                if "example" in content:
                    yield "\n```json" if media_type == JSON else "\n```"
                    shown = content["example"]
                    yield _json(shown) if media_type == JSON else "\n".join(shown.rstrip().splitlines())
                    yield "```"

    def _shapes(self) -> Iterator[str]:
        yield "\n## Shapes\n"
        yield "What bodies and answers hold. A client must take fields and words that are not here."
        of_events = {kind.__name__ for kind in EVENT_TYPES.values()}
        for name, schema in self._schemas.items():
            if name in self._bodies or name.startswith("Page_") or name in of_events:
                continue
            yield f"\n### {name}\n"
            yield schema.get("description", "")
            if "enum" in schema:
                yield "\nOne of " + ", ".join(f"`{word}`" for word in schema["enum"]) + "."
            else:
                yield ""
                yield from self._fields(schema, with_default=schema.get("additionalProperties") is False)

    def _events(self) -> Iterator[str]:
        yield "\n## Events\n"
        yield "What the `data` of a server-sent event holds, by its `event`; `id` is its number."
        for name, kind in EVENT_TYPES.items():
            schema = self._schemas[kind.__name__]
            yield f"\n### {name}\n"
            yield schema["description"] + "\n"
            yield from self._fields(schema, with_default=False)

    def _errors(self) -> Iterator[str]:
        yield "\n## Error codes\n"
        yield "| code | status | what it means | what to do |"
        yield "| --- | --- | --- | --- |"
        for code, kind in ERRORS.items():
            yield f"| `{code}` | {kind.status} | {kind.description} | {kind.hint} |"

    # Pieces

    def _fields(self, schema: Schema, *, with_default: bool) -> Iterator[str]:
        if not schema.get("properties"):
            yield "No fields."
            return
        yield "| field | value | |"
        yield "| --- | --- | --- |"
        for name, field in schema["properties"].items():
            missing = with_default and name not in schema.get("required", ())
            value = ("optional; " if missing else "") + self._kind(field)
            yield f"| `{name}` | {value} | {field.get('description', '')} |"

    def _kind(self, schema: Schema) -> str:
        """A schema in words."""
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2])
        if "anyOf" in schema:
            return " or ".join(self._kind(option) for option in schema["anyOf"])
        if "enum" in schema:
            return " or ".join(f"`{word}`" for word in schema["enum"])
        kind = schema.get("type")
        if kind == "array":
            return f"list of {self._kind(schema.get('items', {}))}"
        if kind == "object":
            inner = schema.get("additionalProperties")
            return f"object of {self._kind(inner)}" if isinstance(inner, dict) else "object"
        words = f"{kind} ({schema['format']})" if "format" in schema else str(kind or "anything")
        bounds = [f"{schema[name]:,}" for name in ("minimum", "maximum") if name in schema]
        words += f", {' to '.join(bounds)}" if bounds else ""
        return words + (f", {schema['default']} without it" if "default" in schema else "")

    def _named(self, name: str) -> str:
        page = re.fullmatch(r"Page_(\w+?)_", name)
        if page is not None:
            return f"page of {self._named(page[1])}"
        schema = self._schemas[name]
        if "enum" in schema and schema.get("title") != name:
            return self._kind(schema)
        return f"[{name}](#{_anchor(name)})"

    def _follow(self, reference: dict[str, Any]) -> Schema:
        found: Any = reference
        while "$ref" in found:
            place = found["$ref"].removeprefix("#/").split("/")
            found = self._document
            for name in place:
                found = found[name]
        return dict(found)

    def _codes(self, operation: dict[str, Any]) -> Iterator[str]:
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                yield from self._follow(answer)["content"][JSON]["examples"]

    def _code_list(self, codes: Iterable[str]) -> str:
        return ", ".join(f"`{code}`" for code in ERRORS if code in codes)

    @staticmethod
    def _is_usual(path: str) -> bool:
        return path.startswith("/customer/") and "/jobs/image" not in path


def _with_example_ids(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: f"<{found[1].replace('_', '-')}>", path)


def _named_in_query(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters that an example has to give."""
    return [one for one in operation["parameters"] if one["in"] == "query" and "example" in one]


def _escaped(path: str) -> str:
    return path.replace("{", ":").replace("}", "")


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def api_page() -> str:
    """The text that docs/api.md should have."""
    return Page(document_of(ROUTE_HANDLERS, ADDRESS)).text()


def main() -> None:
    """Writes the page, or looks whether it is current."""
    text = api_page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"docs/api.md is not what the routes say. Run: {COMMAND}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
