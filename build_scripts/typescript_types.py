"""Writes the generated part of the TypeScript library: types, operations and error classes, from the OpenAPI file and
the table of errors, then has npm build the library. Tests hold both current. What is done with the generated files is
written by hand beside them.

    python3 build_scripts/run.py --dev python -m build_scripts.typescript_types [--check]

exit codes: 0 written and built, or current with --check; 1 they aren't current, or there is no npm to build with.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from backend.openapi import document_of
from backend.routes import ROUTE_HANDLERS
from core.errors import ERRORS, ErrorEnvelope
from core.protocol.events import EVENT_TYPES

COMMAND = "python3 build_scripts/run.py --dev python -m build_scripts.typescript_types"
LIBRARY = Path(__file__).resolve().parents[1] / "resources" / "typescript-sdk"
FOLDER = LIBRARY / "src" / "generated"
PREFIX = "/api/v1"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
LEFT_OUT_TAGS = frozenset({"admin", "legacy"})
"""The library is a customer's: the operator's routes and those that only answer 410 are not in it."""
_LEFT_OUT_ROUTES = frozenset({"openapi"})
_HEAD = f"// Made by `{COMMAND}`\n// from the routes and their types: change those, not this file.\n"
_NAME = re.compile(r"[A-Za-z_]\w*")
Schema = dict[str, Any]


class Library:
    """The generated files of one OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas: dict[str, Schema] = document["components"]["schemas"]
        self._operations = [
            (method.upper(), path.removeprefix(PREFIX), operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if not LEFT_OUT_TAGS & set(operation["tags"]) and operation["operationId"] not in _LEFT_OUT_ROUTES
        ]
        asked = (_body(operation) for _, _, operation in self._operations)
        told = (schema for _, _, operation in self._operations for schema in _answers(operation).values())
        events = [_reference(kind.__name__) for kind in EVENT_TYPES.values()]
        self._answered = self._reachable([*told, *events, _reference(ErrorEnvelope.__name__)])
        queries = [one["schema"] for _, _, op in self._operations for one in op["parameters"]]
        self._used = self._answered | self._reachable([*(body for body in asked if body), *queries])

    def files(self) -> dict[str, str]:
        """Their texts, by name."""
        parts = {"schemas.ts": self._types(), "operations.ts": self._calls(), "errors.ts": _errors()}
        return {name: _HEAD + "\n".join(lines) + "\n" for name, lines in parts.items()}

    def _types(self) -> Iterator[str]:
        yield "\n/** The envelope of every list. */"
        yield "export interface Page<T> {\n  data: T[];\n  page: PageInfo;\n}"
        for name in sorted(self._used):
            schema = self._schemas[name]
            if name.startswith("Page_"):
                continue
            yield ""
            yield from _comment(schema.get("description", ""))
            if "enum" in schema:
                yield f"export type {name} = {self._words(schema, is_open=name in self._answered)};"
            else:
                yield f"export interface {name} {{"
                yield from self._fields(schema)
                yield "}"
        yield "\n/** What the `data` of a server-sent event holds, by its `event`. */"
        yield "export interface EventData {"
        yield from (f"  {name}: {kind.__name__};" for name, kind in EVENT_TYPES.items())
        yield "}"

    def _fields(self, schema: Schema) -> Iterator[str]:
        for name, field in schema.get("properties", {}).items():
            yield from _comment(field.get("description", ""), "  ")
            missing = "" if name in schema.get("required", ()) else "?"
            yield f"  {_key(name)}{missing}: {self._type(field)};"

    def _type(self, schema: Schema) -> str:
        """A schema as a type."""
        if "$ref" in schema:
            name = _name(schema["$ref"])
            page = re.fullmatch(r"Page_(\w+?)_", name)
            return f"Page<{page[1]}>" if page else name
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self._type(option) for option in schema["anyOf"]))
        if "enum" in schema:
            return self._words(schema, is_open=False)
        kind = schema.get("type")
        if kind == "array":
            inner = self._type(schema.get("items", {}))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"Record<string, {self._type(values) if isinstance(values, dict) else 'unknown'}>"
        return {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}.get(
            str(kind), "unknown"
        )

    def _words(self, schema: Schema, *, is_open: bool) -> str:
        """An enumeration. What is answered may hold words that are newer than this file, and still names the known."""
        known = " | ".join(json.dumps(word) for word in schema["enum"])
        return f"{known} | (string & {{}})" if is_open else known

    def _calls(self) -> Iterator[str]:
        calls = [one for one in self._operations if EVENT_STREAM not in _answers(one[2])]
        named = sorted({name for _, _, op in calls for name in self._named(op)})
        yield "import type {"
        yield from (f"  {name}," for name in ("EventData", "Page", *named))
        yield '} from "./schemas.js";'
        yield "\n/** What each operation takes and answers, by its `operationId`. */"
        yield "export interface Operations {"
        for _, _, operation in calls:
            yield from _comment(operation["description"], "  ")
            answers = [self._type(schema) for schema in _answers(operation).values()]
            given = self._input(operation)
            yield f"  {operation['operationId']}: {{ input: {given}; answer: {answers[0] if answers else 'void'} }};"
        yield "}"
        yield "\n/** How an operation is sent; `creates`: it takes an Idempotency-Key. */"
        yield "export interface OperationInfo {\n  method: string;\n  path: string;\n  creates: boolean;\n}"
        yield "\nexport const OPERATIONS: Record<keyof Operations, OperationInfo> = {"
        for method, path, operation in calls:
            creates = any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
            info = f'{{ method: "{method}", path: "{path}", creates: {str(creates).lower()} }}'
            yield f"  {operation['operationId']}: {info},"
        yield "};"
        yield "\n/** The kinds of events that there are. */"
        yield "export const EVENT_KINDS: Record<keyof EventData, true> = {"
        yield from (f"  {name}: true," for name in EVENT_TYPES)
        yield "};"

    def _input(self, operation: dict[str, Any]) -> str:
        parts: list[str] = []
        for place in ("path", "query"):
            found = [one for one in operation["parameters"] if one["in"] == place]
            if found:
                needed = any(_is_needed(one) for one in found)
                inner = "; ".join(self._parameter(one) for one in found)
                parts.append(f"{place}{'' if needed else '?'}: {{ {inner} }}")
        body = _body(operation)
        if body is not None:
            parts.append(f"body{'' if operation['requestBody']['required'] else '?'}: {self._type(body)}")
        return f"{{ {'; '.join(parts)} }}" if parts else "Record<never, never>"

    def _parameter(self, one: dict[str, Any]) -> str:
        """One that may be left out may be given as undefined too, so that a cursor can be passed on as it is."""
        kind = self._type(one["schema"])
        return f"{_key(one['name'])}: {kind}" if _is_needed(one) else f"{_key(one['name'])}?: {kind} | undefined"

    def _named(self, operation: dict[str, Any]) -> Iterator[str]:
        """The names of types that an operation's own entry says."""
        said = [self._input(operation), *(self._type(schema) for schema in _answers(operation).values())]
        yield from (name for text in said for name in re.findall(r"\w+", text) if name in self._schemas)

    def _reachable(self, schemas: Iterable[Schema]) -> set[str]:
        found: set[str] = set()
        left = [name for schema in schemas for name in _references(schema)]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += _references(self._schemas[name])
        return found


def _errors() -> Iterator[str]:
    yield 'import { ApiError } from "../errors.js";'
    yield "\n/** Every code that an answer of this service may carry; a newer one may carry others. */"
    yield "export type ErrorCode =\n  | " + "\n  | ".join(json.dumps(code.value) for code in ERRORS) + ";"
    for code, kind in ERRORS.items():
        yield f"\n/** {code.value} ({kind.status}): {kind.description}. {kind.hint} */"
        # its code tells the types apart: without it they were one to the compiler
        yield f"export class {error_class(code.value)} extends ApiError {{"
        yield f'  declare readonly code: "{code.value}";\n}}'
    yield "\n/** The class of each code. */"
    yield "export const ERROR_CLASSES: Record<ErrorCode, typeof ApiError> = {"
    yield from (f"  {code.value}: {error_class(code.value)}," for code in ERRORS)
    yield "};"


def error_class(code: str) -> str:
    """`CreditInsufficientError` for CREDIT_INSUFFICIENT."""
    words = "".join(word.capitalize() for word in code.split("_"))
    return words if words.endswith("Error") else f"{words}Error"


def _body(operation: dict[str, Any]) -> Schema | None:
    body = operation.get("requestBody")
    return None if body is None else dict(body["content"][JSON]["schema"])


def _answers(operation: dict[str, Any]) -> dict[str, Schema]:
    """The schemas of an operation's good answer, by media type; none where it answers 204."""
    return {
        media_type: content["schema"]
        for status, answer in operation["responses"].items()
        if int(status) < 400
        for media_type, content in answer.get("content", {}).items()
    }


def _is_needed(parameter: dict[str, Any]) -> bool:
    return parameter["in"] == "path" or bool(parameter["required"])


def _references(schema: Any) -> list[str]:
    return [_name(found) for found in re.findall(r'"(#/components/schemas/[^"]+)"', json.dumps(schema))]


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


def _comment(text: str, indent: str = "") -> Iterator[str]:
    lines = [line.replace("*/", "* /").rstrip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        yield from (f"{indent} * {line}".rstrip() for line in lines)
        yield f"{indent} */"


def _build() -> None:
    """Compiles the library anew into its `dist/`, with the compiler that its package.json names."""
    npm = shutil.which("npm")
    if npm is None:
        print(f"Written, not built: there is no npm here. In {LIBRARY}: npm install && npm run build", file=sys.stderr)
        sys.exit(1)
    shutil.rmtree(LIBRARY / "dist", ignore_errors=True)
    for arguments in (["install", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([npm, *arguments], cwd=LIBRARY, check=True)


def generated_files() -> dict[str, str]:
    """The texts that the files of `FOLDER` should have, by name."""
    return Library(document_of(ROUTE_HANDLERS, "https://api.example.com")).files()


def main() -> None:
    """Writes the files, or looks whether they are current."""
    texts = generated_files()
    if "--check" not in sys.argv[1:]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        _build()
        return
    old = [n for n, text in texts.items() if not (FOLDER / n).exists() or (FOLDER / n).read_text("utf-8") != text]
    if old:
        print(f"{', '.join(old)} of the TypeScript library is not what the routes say. Run: {COMMAND}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
