"""Routes that Litestar doesn't know: the old ones that are gone, and this file itself."""

from typing import Any

from core.errors import ErrorCode

from .errors import error_answers
from .headers import headers_of_all

_GONE = "Gone on every method, with a key or without: use `/customer/training-jobs`."
_GONE_CODES = (
    ErrorCode.VALIDATION_FAILED,
    ErrorCode.LEGACY_DEPRECATED,
    ErrorCode.INTERNAL_ERROR,
    ErrorCode.UNAVAILABLE,
)
_REST = {
    "name": "rest",
    "in": "path",
    "required": True,
    "description": "Whatever stood there.",
    "schema": {"type": "string"},
    "example": "classify",
}


def more_paths() -> dict[str, Any]:
    """Their items, by path without `/api/v1`."""
    return {
        "/customer/jobs/image": _gone_item("image", []),
        "/customer/jobs/image/{rest}": _gone_item("image_rest", [_REST]),
        "/openapi.json": {"get": _this_file()},
    }


def _gone_item(name: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        method: {
            "operationId": f"{method}_legacy_{name}",
            "tags": ["legacy"],
            "summary": "Gone",
            "description": _GONE,
            "deprecated": True,
            "security": [],
            "parameters": parameters,
            "responses": dict(error_answers(_GONE_CODES, in_customer_part=True)),
        }
        for method in ("get", "post", "put", "patch", "delete")
    }


def _this_file() -> dict[str, Any]:
    codes = (
        ErrorCode.VALIDATION_FAILED,
        ErrorCode.METHOD_NOT_ALLOWED,
        ErrorCode.INTERNAL_ERROR,
        ErrorCode.UNAVAILABLE,
    )
    return {
        "operationId": "openapi",
        "tags": ["service"],
        "summary": "This file",
        "description": "This file.",
        "security": [],
        "parameters": [],
        "responses": {
            "200": {
                "description": "An OpenAPI 3.1 document",
                "headers": headers_of_all(in_customer_part=False),
                "content": {"application/json": {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}}},
            },
            **dict(error_answers(codes, in_customer_part=False)),
        },
    }
