"""JSON Schemas of bodies and answers, by msgspec: what decodes and encodes them says what they are."""

import inspect
from collections.abc import Iterable
from typing import Any, get_args, get_origin

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from .words import FIELDS

REFERENCE = "#/components/schemas/{name}"
_FORMATS = {"_at": "date-time", "_url": "uri"}
_ID_NAMES = ("id", "request_id")
_NO_UUIDS = ("webhook_message_id",)


def request_type(handler: HTTPRouteHandler) -> Any:
    """The type of a route's JSON body; None where it takes none."""
    dto = handler.resolve_data_dto()
    return None if dto is None or "data" not in handler.parsed_fn_signature.parameters else dto.model_type


def body_is_optional(handler: HTTPRouteHandler) -> bool:
    """Whether the body may be left out."""
    return handler.parsed_fn_signature.parameters["data"].is_optional


def answer_type(handler: HTTPRouteHandler) -> Any:
    """The type of a route's JSON answer; None where it has none, or is no JSON."""
    said = handler.parsed_fn_signature.return_type.annotation
    origin = get_origin(said) or said
    if isinstance(origin, type) and issubclass(origin, Response):
        [said] = get_args(said) or (None,)
    origin = get_origin(said) or said
    return said if isinstance(origin, type) and issubclass(origin, msgspec.Struct) else None


def schemas_of(kinds: Iterable[Any]) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    """A reference for each of the types, and the components that they refer to."""
    wanted = list(dict.fromkeys(kinds))
    found, components = msgspec.json.schema_components(wanted, ref_template=REFERENCE)
    for name, component in components.items():
        if "description" in component:
            component["description"] = inspect.cleandoc(component["description"])
        answered = component.get("additionalProperties") is not False
        for field, schema in component.get("properties", {}).items():
            _describe(name, field, schema, answered=answered)
    return dict(zip(wanted, found, strict=True)), dict(sorted(components.items()))


def _describe(name: str, field: str, schema: dict[str, Any], *, answered: bool) -> None:
    """Adds what the type can't say: words for a field, and in answers the formats that its name promises."""
    words = FIELDS.get((name, field)) or FIELDS.get(("", field))
    if words and "description" not in schema:
        schema["description"] = words
    if not answered:
        return
    kind = _format_of(field)
    options = [schema, *schema.get("anyOf", ())]
    for option in options:
        if kind is not None and option.get("type") == "string":
            option["format"] = kind


def _format_of(field: str) -> str | None:
    if (field in _ID_NAMES or field.endswith("_id")) and field not in _NO_UUIDS:
        return "uuid"
    return next((kind for ending, kind in _FORMATS.items() if field.endswith(ending)), None)
