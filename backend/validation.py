"""JSON bodies to typed requests: on failure every bad, unknown and missing field gets a row, not just the first.

msgspec stops at the first problem; so a refused body is looked at once more, field by field.
"""

import types
from collections.abc import Iterator
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
from litestar.dto import AbstractDTO
from litestar.exceptions import ImproperlyConfiguredException

from core.errors import ApiError, ErrorCode, ErrorDetail

T = TypeVar("T")
MOST_NESTED = 32
_MOST_ROWS = 100


def parse_body(body: bytes, kind: type[T]) -> T:
    """The request in a body. Raises VALIDATION_FAILED, with a row a problem."""
    try:
        parsed = _parse(body, kind)
    except RecursionError:
        raise nested_too_deeply() from None
    if _deeper_than(parsed, MOST_NESTED):
        raise nested_too_deeply()
    return parsed


def nested_too_deeply() -> ApiError:
    """What a body is answered with that no decoder follows to its bottom, or no encoder could write again."""
    return ApiError(
        ErrorCode.VALIDATION_FAILED,
        "the body is nested too deeply",
        details=[ErrorDetail("is nested too deeply", field="body")],
    )


def _deeper_than(value: Any, most: int) -> bool:
    """Whether structs, lists and tables lie in each other more than so many times. Structs in a list have types that
    say how deep they are."""
    if isinstance(value, msgspec.Struct):
        inner: Any = (getattr(value, name) for name in value.__struct_fields__)
    elif isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = () if value and isinstance(value[0], msgspec.Struct) else value
    else:
        return False
    return most <= 0 or any(_deeper_than(item, most - 1) for item in inner)


def _parse(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        refused = error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _no_json(error) from None
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # behind what was refused
        raise _no_json(error) from None
    details = [row for row, _ in zip(_problems(said, kind, ""), range(_MOST_ROWS), strict=False)]
    raise ApiError(ErrorCode.VALIDATION_FAILED, details=details or [ErrorDetail(str(refused), field="body")])


def _no_json(error: Exception) -> ApiError:
    return ApiError(
        ErrorCode.VALIDATION_FAILED,
        f"the body is no JSON: {error}",
        hint="Send one JSON object in UTF-8.",
        details=[ErrorDetail("is no JSON", field="body")],
    )


def _problems(value: Any, kind: Any, path: str) -> Iterator[ErrorDetail]:
    """One row for everything in a decoded value that its type doesn't allow."""
    kind = _chosen(kind, value)
    if _is_struct(kind) and isinstance(value, dict):
        yield from _struct_problems(value, kind, path)
    elif get_origin(kind) is list and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(item, get_args(kind)[0], f"{path}[{index}]")
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `$")
            yield ErrorDetail(message, field=(path + place.rstrip("`")).lstrip(".") or "body")


def _struct_problems(value: dict[str, Any], kind: Any, path: str) -> Iterator[ErrorDetail]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    start = f"{path}." if path else ""
    for name, field in fields.items():
        if name in value:
            yield from _problems(value[name], field.type, start + name)
        elif field.required:
            yield ErrorDetail("is missing", field=start + name)
    if kind.__struct_config__.forbid_unknown_fields:
        for name in value:
            if name not in fields:
                yield ErrorDetail("is not a field of this request", field=start + name)


def _chosen(kind: Any, value: Any) -> Any:
    """Of `X | None`, the X: what the value was meant to be, unless it is None."""
    if get_origin(kind) in (Union, types.UnionType):
        others = [option for option in get_args(kind) if option is not types.NoneType]
        if value is not None and len(others) == 1:
            return others[0]
    return kind


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


class JsonBody(AbstractDTO[T]):
    """Litestar's door for bodies: bytes go through `parse_body`; the OpenAPI schema is that of the type itself."""

    def decode_bytes(self, value: bytes) -> Any:
        """The typed request. Raises VALIDATION_FAILED, UNSUPPORTED_MEDIA_TYPE."""
        check_json_type(self.asgi_connection.headers.get("content-type"))
        return parse_body(value, self.model_type)

    @classmethod
    def create_for_field_definition(cls, field_definition: Any, handler_id: str, backend_cls: Any = None) -> None:
        """Nothing is transferred between models, so there is nothing to make."""
        if _chosen(field_definition.annotation, cls) is not cls.model_type:
            raise ImproperlyConfiguredException(f"the handler's data is no {cls.model_type}")

    @classmethod
    def create_openapi_schema(cls, field_definition: Any, handler_id: str, schema_creator: Any) -> Any:
        """The schema of the type."""
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Any:
        """Litestar asks this of models that are changed on the way; these are not."""
        raise NotImplementedError(f"{model_type} is passed through as it is")

    @classmethod
    def detect_nested_field(cls, field_definition: Any) -> bool:
        """See `generate_field_definitions`."""
        return False


def check_json_type(content_type: str | None) -> None:
    """Raises UNSUPPORTED_MEDIA_TYPE unless a body says that it is JSON, or says nothing."""
    media_type = (content_type or "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, f"the body is {media_type}, not application/json")
