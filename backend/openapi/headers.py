"""The headers of answers and requests, each described once and referred to."""

from typing import Any

_INTEGER = {"type": "integer", "minimum": 0}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "The id of this request, to be told to the operator; on every answer.",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "X-RateLimit-Limit": {
        "description": "How many requests a minute are allowed; for a submitted job, how many jobs a minute.",
        "required": True,
        "schema": _INTEGER,
    },
    "X-RateLimit-Remaining": {"description": "How many of them are left.", "required": True, "schema": _INTEGER},
    "X-RateLimit-Reset": {
        "description": "Whole seconds until the count begins anew.",
        "required": True,
        "schema": _INTEGER,
    },
    "Retry-After": {
        "description": "Whole seconds after which to try again.",
        "required": True,
        "schema": _INTEGER,
    },
    "Allow": {
        "description": "The methods that this path has.",
        "required": True,
        "schema": {"type": "string"},
        "example": "GET, POST",
    },
    "Idempotent-Replayed": {
        "description": "`true` where the same Idempotency-Key was answered before; else there is no such header.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Sunset": {
        "description": "When this route ended (RFC 8594).",
        "required": True,
        "schema": {"type": "string"},
        "example": "Wed, 01 Apr 2026 00:00:00 GMT",
    },
    "Link": {
        "description": 'The route to use instead, with `rel="successor-version"` (RFC 5829).',
        "required": True,
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": "`no-store, no-transform`: events are told once, as they are.",
        "schema": {"type": "string"},
    },
    "X-Newest-Event": {
        "description": "The number of the stream's newest event when it was opened.",
        "required": True,
        "schema": _INTEGER,
    },
    "X-Job-Status": {
        "description": "In a job's stream: the job's status when it was opened.",
        "schema": {"type": "string"},
    },
    "Content-Disposition": {
        "description": "The name to keep the file by; always an attachment.",
        "schema": {"type": "string"},
    },
}
RATE_LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_OF_STATUS = {405: ("Allow",), 410: ("Sunset", "Link"), 429: ("Retry-After",)}
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a retry safe: the same key with the same body is answered as the first time, for 24 hours, "
    "with `Idempotent-Replayed: true`; with another body it is refused. 8 to 128 visible ASCII characters.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]{8,128}$"},
    "example": "client-uuid-12345678",
}


def references(*names: str) -> dict[str, Any]:
    """These headers of the components, by name."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def headers_of_all(*, in_customer_part: bool) -> dict[str, Any]:
    """What every answer carries: its id, and below `/customer` what is left of the minute."""
    return references("X-Request-Id", *(RATE_LIMITS if in_customer_part else ()))


def headers_of_error(status: int, *, in_customer_part: bool) -> dict[str, Any]:
    """What an error of this status carries."""
    return headers_of_all(in_customer_part=in_customer_part) | references(*_OF_STATUS.get(status, ()))
