"""What can go wrong between a client and the service, in types that say what to do about it."""

import msgspec

from ..errors import ApiError, ErrorBody, ErrorCode, ErrorEnvelope

_OF_PROXIES = frozenset({413, 426, 429})
_CODE_OF_STATUS = {
    401: ErrorCode.API_KEY_INVALID,
    402: ErrorCode.CREDIT_INSUFFICIENT,
    403: ErrorCode.API_KEY_SCOPE_DENIED,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    409: ErrorCode.STATE_CONFLICT,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
    426: ErrorCode.UPGRADE_REQUIRED,
    429: ErrorCode.RATE_LIMITED,
    503: ErrorCode.UNAVAILABLE,
}


class ServerError(ApiError):
    """The service answered with an error. `code_text` is the code as it was sent, which may be newer than this
    program; `status` is the HTTP status; `retry_after_seconds` is what the service asked for, if it did."""

    def __init__(self, status: int, body: ErrorBody, *, retry_after_seconds: float | None = None) -> None:
        known = body.code in ErrorCode.__members__
        code = ErrorCode(body.code) if known else _code_of(status)
        super().__init__(
            code, body.message, hint=body.hint or None, details=list(body.details), request_id=body.request_id
        )
        self.status = status
        self.code_text = body.code
        self.retry_after_seconds = retry_after_seconds


class UpgradeRequired(ServerError):
    """The service no longer speaks this program's protocol; trying again brings nothing before an update."""


class ClientError(Exception):
    """Something failed on this side of the service's answer. `hint` is the next thing to do."""

    def __init__(self, message: str, *, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class ConnectionFailed(ClientError):
    """The service could not be reached, or the connection broke before an answer came."""


class NameUnknown(ConnectionFailed):
    """The address names a machine that no name service knows, or this machine is offline."""


class NothingAnswers(ConnectionFailed):
    """The machine is there, and no program listens at this port."""


class NotEncrypted(ConnectionFailed):
    """What listens there speaks no TLS, or shows a certificate that isn't trusted."""


class AddressRefused(ClientError):
    """The address is none, or one that must not be used as it is."""


class KeyRefused(ClientError):
    """What was given as an API key can't be one."""


class AnswerUnreadable(ClientError):
    """What came back is no answer of this service: a proxy, another program, or a version far apart."""


class TransferFailed(ClientError):
    """A file could not be written, or is not what the service said it is."""


def server_error(status: int, content: bytes, headers: dict[str, str]) -> ServerError | AnswerUnreadable:
    """The error in an answer outside 2xx. An answer without the service's own shape gets words from its status, where a
    proxy of the service may have given it; else it is another program's."""
    try:
        body = msgspec.json.decode(content, type=ErrorEnvelope).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        if status < 500 and status not in _OF_PROXIES:
            return AnswerUnreadable(
                f"The answer was {status}, without the words that the service has for it.",
                hint="Check that the address is that of the service.",
            )
        body = ErrorBody(
            _code_of(status).value,
            f"The service, or something before it, answered {status}.",
            "Check the address of the service, then try again.",
            request_id=headers.get("x-request-id", ""),
        )
    kind = UpgradeRequired if status == 426 else ServerError
    return kind(status, body, retry_after_seconds=_seconds(headers.get("retry-after")))


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None


def _code_of(status: int) -> ErrorCode:
    if status in (502, 504):
        return ErrorCode.UNAVAILABLE
    return _CODE_OF_STATUS.get(status, ErrorCode.INTERNAL_ERROR if status >= 500 else ErrorCode.VALIDATION_FAILED)
