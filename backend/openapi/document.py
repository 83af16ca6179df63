"""Puts the file together: what Litestar found, with schemas, errors, headers, keys, examples and links."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler

from core.errors import ErrorEnvelope
from core.protocol.events import EVENT_TYPES

from ..authentication import is_customers
from ..settings import API_PATH
from .errors import codes_of, error_answer_name, error_answers, error_examples, scopes_of, takes_idempotency_key
from .examples import EXAMPLES
from .headers import HEADERS, IDEMPOTENCY_KEY, headers_of_all, references
from .links import add_links
from .more_routes import more_paths
from .schemas import answer_type, body_is_optional, request_type, schemas_of
from .security import SCHEMES, security_of
from .words import DESCRIPTION, PARAMETERS, TAGS

TITLE = "GPU-Agent"
VERSION = "1"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
_MADE_BY_DEFAULT = {"deprecated": False, "allowEmptyValue": False, "allowReserved": False}


def openapi_config(public_url: str, path: str) -> OpenAPIConfig:
    """What Litestar is told: it serves the file at `path`."""
    return OpenAPIConfig(
        TITLE, VERSION, path=path, render_plugins=[OpenApiFile(public_url)], use_handler_docstrings=True
    )


class OpenApiFile(OpenAPIRenderPlugin):
    """Serves the file; it is put together when it is first asked for."""

    def __init__(self, public_url: str) -> None:
        super().__init__(path="/", media_type=MediaType.JSON)
        self._public_url = public_url
        self._rendered: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The file's bytes."""
        if self._rendered is None:
            self._rendered = msgspec.json.encode(_complete(request.app, openapi_schema, self._public_url))
        return self._rendered


def document_of(handlers: list[ControllerRouterHandler], public_url: str) -> dict[str, Any]:
    """The file as it would be served at this address by a server of these routes."""
    config = openapi_config(public_url, "/openapi.json")
    app = Litestar(path=API_PATH, route_handlers=handlers, openapi_config=config, logging_config=None)
    return _complete(app, app.openapi_schema.to_schema(), public_url)


def _complete(app: Litestar, found: dict[str, Any], public_url: str) -> dict[str, Any]:
    handlers = dict(_handlers(app))
    operations = {
        (path, method): operation for path, item in found["paths"].items() for method, operation in item.items()
    }
    kinds = [ErrorEnvelope, *EVENT_TYPES.values()]
    for place in operations:
        kinds += [kind for kind in (request_type(handlers[place]), answer_type(handlers[place])) if kind is not None]
    schemas, components = schemas_of(kinds)
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), operation in operations.items():
        paths.setdefault(path, {})[method] = _operation(operation, handlers[path, method], path, schemas)
    paths |= {API_PATH + path: item for path, item in more_paths().items()}
    add_links(paths)
    shared = _shared_answers(paths)
    said = {tag for item in paths.values() for operation in item.values() for tag in operation["tags"]}
    made = {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": public_url}],
        "tags": [{"name": name, "description": TAGS.get(name, "")} for name in sorted(said, key=_tag_order)],
        "paths": paths,
        "components": {
            "schemas": components | dict(_left_over(paths, components, found["components"]["schemas"])),
            "responses": shared,
            "headers": HEADERS,
            "examples": error_examples(),
            "securitySchemes": SCHEMES,
        },
    }
    # as who is served it reads it: JSON has no tuples, which some types have as their defaults
    return dict(msgspec.json.decode(msgspec.json.encode(made)))


def _shared_answers(paths: dict[str, Any]) -> dict[str, Any]:
    """Takes the errors out of all operations, which refer to them then; gives them by their names."""
    shared: dict[str, Any] = {}
    for item in paths.values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                if int(status) >= HTTPStatus.BAD_REQUEST:
                    name = error_answer_name(answer)
                    shared[name] = answer
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))


def _left_over(
    paths: dict[str, Any], components: dict[str, Any], by_litestar: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Schemas of what only parameters name, such as an enumeration; Litestar made them."""
    said = set(re.findall(rb'"#/components/schemas/([^"]+)"', msgspec.json.encode(paths)))
    for name in sorted(one.decode() for one in said):
        if name not in components:
            yield name, by_litestar[name]


def _tag_order(name: str) -> tuple[int, str]:
    names = list(TAGS)
    return (names.index(name) if name in names else len(names), name)


def _handlers(app: Litestar) -> Iterator[tuple[tuple[str, str], HTTPRouteHandler]]:
    """Every route in the file, by path and method."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                if handler.resolve_include_in_schema():
                    yield (route.path_format, method.lower()), handler


def _operation(
    found: dict[str, Any], handler: HTTPRouteHandler, full_path: str, schemas: dict[Any, dict[str, Any]]
) -> dict[str, Any]:
    path, status = full_path.removeprefix(API_PATH), handler.status_code
    customers = is_customers(full_path)
    parameters = [_parameter(parameter) for parameter in found.get("parameters", ())]
    body, answer, scopes = request_type(handler), answer_type(handler), scopes_of(handler)
    example = EXAMPLES.get(found["operationId"])
    codes = codes_of(handler, path, has_body=body is not None, parameters=parameters)
    for parameter in parameters:
        if example is not None and parameter["name"] in example.query:
            parameter["example"] = example.query[parameter["name"]]
    if takes_idempotency_key(handler):
        parameters.append(IDEMPOTENCY_KEY)
    description = found["description"]
    made: dict[str, Any] = {
        "operationId": found["operationId"],
        "tags": found["tags"],
        "summary": _summary(description),
        "description": description + (f"\n\nThe key needs the scope {' and '.join(scopes)}." if scopes else ""),
        "security": [way for way in found["security"] if way] if "security" in found else security_of(path),
        "parameters": parameters,
    }
    if body is not None:
        content: dict[str, Any] = {"schema": schemas[body]}
        if example is not None and example.request is not None:
            said = msgspec.to_builtins(example.request)
            content["example"] = {name: value for name, value in said.items() if value is not None}
        made["requestBody"] = {"required": not body_is_optional(handler), "content": {JSON: content}}
    good = _good_answer(found["responses"][str(status)], status, customers=customers)
    if answer is not None:
        good["content"] = {JSON: {"schema": schemas[answer]}}
    if example is not None and example.answer is not None:
        [content] = good["content"].values()
        content["example"] = msgspec.to_builtins(example.answer)
    if takes_idempotency_key(handler):
        good["headers"] |= references("Idempotent-Replayed")
    if EVENT_STREAM in good.get("content", ()):
        good["headers"] |= references("Cache-Control", "X-Newest-Event", "X-Job-Status")
    made["responses"] = {
        str(status): good,
        **dict(error_answers(codes, in_customer_part=customers)),
    }
    return made


def _good_answer(found: dict[str, Any], status: int, *, customers: bool) -> dict[str, Any]:
    """What a route answers when all is well, with the headers that are its own and everybody's."""
    good: dict[str, Any] = {"description": HTTPStatus(status).phrase, "headers": {**found.get("headers", {})}}
    good["headers"] |= headers_of_all(in_customer_part=customers)
    if "content" in found:
        good["content"] = {
            media_type: content if "schema" in content else {"schema": {"type": "string"}}
            for media_type, content in found["content"].items()
        }
    return good


def _summary(description: str) -> str:
    """The first sentence."""
    return re.split(r"[.:;](?:\s|$)", description, maxsplit=1)[0].replace("\n", " ")


def _parameter(found: dict[str, Any]) -> dict[str, Any]:
    """A parameter without what is as by default; None can't be said in a query, so it is no option."""
    made = {name: value for name, value in found.items() if _MADE_BY_DEFAULT.get(name) != value}
    schema = {**made["schema"]}
    options = [option for option in schema.pop("oneOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        schema |= options[0]
    if None in schema.get("enum", ()):
        schema |= {"type": "string", "enum": [word for word in schema["enum"] if word is not None]}
    made["schema"] = {
        name: int(value) if name in ("minimum", "maximum") and value == int(value) else value
        for name, value in schema.items()
    }
    if not made.get("description"):
        made["description"] = made["schema"].pop("description", None) or PARAMETERS.get(made["name"], "")
    return made
