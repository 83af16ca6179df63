"""Reads an answer outside 2xx as the error that it tells, in the class of its code."""

import msgspec

from ..errors import ApiError, ErrorBody, ErrorCode, ErrorEnvelope
from .coded_errors import ERROR_CLASSES
from .errors import AnswerUnreadable, ServerError, UpgradeRequired, code_of_status, family_of

_OF_PROXIES = frozenset({413, 426, 429})


def server_error(status: int, content: bytes, headers: dict[str, str]) -> ServerError | AnswerUnreadable:
    """The error in an answer outside 2xx. An answer without the service's own shape gets words from its status, where a
    proxy of the service may have given it; else it is another program's."""
    try:
        body = msgspec.json.decode(content, type=ErrorEnvelope).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if status < 500 and status not in _OF_PROXIES:
            return AnswerUnreadable(
                f"The answer was {status}, without the words that the service has for it.",
                hint="Check that the address is that of the service.",
            )
        body = ErrorBody(
            code_of_status(status).value,
            f"The service, or something before it, answered {status}.",
            "Check the address of the service, then try again.",
            request_id=headers.get("x-request-id", ""),
        )
    return _kind(status, body.code)(status, body, retry_after_seconds=_seconds(headers.get("retry-after")))


def coded(error: ApiError) -> ServerError:
    """A refusal that was found on this side, before anything was sent, in the class that the service's own would have.
    Its `request_id` is empty."""
    body = ErrorBody(error.code.value, error.message, error.hint, error.details)
    return _kind(error.status, error.code.value)(error.status, body)


def _kind(status: int, code: str) -> type[ServerError]:
    if status == 426:
        return UpgradeRequired
    return ERROR_CLASSES[ErrorCode(code)] if code in ErrorCode.__members__ else family_of(status)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None
