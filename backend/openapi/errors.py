"""Which errors a route may answer: those of its own, named in its decorator, and those that follow from what it is."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

from core.errors import ERRORS, ApiError, ErrorCode, ErrorDetail

from ..authentication import ScopeGuard, idempotency_key_guard
from .headers import headers_of_error

# What any request may meet: a Host that is not the server's, a method or an id that no route has, trouble at home.
ALWAYS = (
    ErrorCode.VALIDATION_FAILED,
    ErrorCode.METHOD_NOT_ALLOWED,
    ErrorCode.INTERNAL_ERROR,
    ErrorCode.UNAVAILABLE,
)
ADMIN = (
    ErrorCode.CUSTOMER_AUTH_REQUIRED,
    ErrorCode.API_KEY_INVALID,
    ErrorCode.API_KEY_REVOKED,
    ErrorCode.API_KEY_SCOPE_DENIED,
    ErrorCode.RATE_LIMITED,
)
CUSTOMER = (
    ErrorCode.CUSTOMER_AUTH_REQUIRED,
    ErrorCode.API_KEY_INVALID,
    ErrorCode.API_KEY_REVOKED,
    ErrorCode.CUSTOMER_SUSPENDED,
    ErrorCode.RATE_LIMITED,
)
# Where nobody is known yet, to sign in or log in a program, is in none: these say all for themselves
BY_PREFIX: tuple[tuple[str, tuple[ErrorCode, ...]], ...] = (
    ("/customer", CUSTOMER),
    ("/owner", CUSTOMER),
    ("/auth/sign-out", CUSTOMER),
    ("/auth/revoke", CUSTOMER),
    ("/admin", ADMIN),
    ("/metrics", ADMIN),
)
WITH_SCOPE = (ErrorCode.API_KEY_SCOPE_DENIED,)
WITH_BODY = (ErrorCode.PAYLOAD_TOO_LARGE, ErrorCode.UNSUPPORTED_MEDIA_TYPE)
WITH_CURSOR = (ErrorCode.PAGINATION_INVALID_CURSOR,)
WITH_PATH_PARAMETERS = (ErrorCode.NOT_FOUND,)
WITH_IDEMPOTENCY_KEY = (ErrorCode.IDEMPOTENCY_KEY_INVALID, ErrorCode.IDEMPOTENCY_CONFLICT)
EXAMPLE_REQUEST_ID = "0190163d-8694-739b-aea5-966c26f8ad91"
_EXAMPLE_DETAILS = {
    ErrorCode.VALIDATION_FAILED: [
        ErrorDetail("Expected `int`, got `str`", field="required_vram_mb"),
        ErrorDetail("is not a field of this request", field="colour"),
    ],
    ErrorCode.PLAN_INFEASIBLE: [ErrorDetail("200000 is above the ceiling of 196608", field="required_vram_mb")],
    ErrorCode.PACKAGE_REJECTED: [ErrorDetail("there is no such key", file="training.toml", line=4)],
}


def takes_idempotency_key(handler: HTTPRouteHandler) -> bool:
    """Whether a POST is made once by its Idempotency-Key."""
    return idempotency_key_guard in handler.resolve_guards()


def scopes_of(handler: HTTPRouteHandler) -> list[str]:
    """The scopes that a key needs for this route."""
    return [guard.scope for guard in handler.resolve_guards() if isinstance(guard, ScopeGuard)]


def codes_of(
    handler: HTTPRouteHandler, path: str, *, has_body: bool, parameters: Iterable[dict[str, Any]]
) -> set[ErrorCode]:
    """Every code that a route may answer; `path` is without `/api/v1`.

    Raises KeyError for a route whose decorator doesn't say `opt={"errors": (…)}`.
    """
    codes = {*handler.opt["errors"], *ALWAYS}
    for prefix, further in BY_PREFIX:
        if path.startswith(prefix):
            codes.update(further)
    places = {(parameter["in"], parameter["name"]) for parameter in parameters}
    if scopes_of(handler):
        codes.update(WITH_SCOPE)
    if has_body:
        codes.update(WITH_BODY)
    if ("query", "cursor") in places:
        codes.update(WITH_CURSOR)
    if any(place == "path" for place, _ in places):
        codes.update(WITH_PATH_PARAMETERS)
    if takes_idempotency_key(handler):
        codes.update(WITH_IDEMPOTENCY_KEY)
    return codes


def error_answers(codes: Iterable[ErrorCode], *, in_customer_part: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers of these codes by status, one a status, with the codes it may carry and an example of each."""
    by_status: dict[int, list[ErrorCode]] = {}
    for code in ErrorCode:
        if code in codes:
            by_status.setdefault(ERRORS[code].status, []).append(code)
    for status, those in sorted(by_status.items()):
        yield str(status), error_answer(status, those, in_customer_part=in_customer_part)


def error_answer(status: int, codes: list[ErrorCode], *, in_customer_part: bool) -> dict[str, Any]:
    """One answer of the contract's shape, whose `code` is one of these."""
    code = {"enum": [code.value for code in codes]}
    narrowed = {"properties": {"error": {"properties": {"code": code}}}}
    return {
        "description": f"{HTTPStatus(status).phrase}: "
        + "; ".join(f"{code}: {ERRORS[code].description}" for code in codes),
        "headers": headers_of_error(status, in_customer_part=in_customer_part),
        "content": {
            "application/json": {
                "schema": {"allOf": [{"$ref": "#/components/schemas/ErrorEnvelope"}, narrowed]},
                "examples": {code.value: {"$ref": f"#/components/examples/{code.value}"} for code in codes},
            }
        },
    }


def error_answer_name(answer: dict[str, Any]) -> str:
    """What an error answer is called among the components: its codes, and whether it has rate-limit headers."""
    ending = ".limited" if "X-RateLimit-Limit" in answer["headers"] else ""
    return ".".join(answer["content"]["application/json"]["examples"]) + ending


def error_examples() -> dict[str, Any]:
    """An example of each code, for the components."""
    return {
        code.value: {
            "summary": kind.description,
            "value": msgspec.to_builtins(ApiError(code, details=_EXAMPLE_DETAILS.get(code)).body(EXAMPLE_REQUEST_ID)),
        }
        for code, kind in ERRORS.items()
    }
