"""What can go wrong between a client and the service, in types that say what to do about it.

A refusal by the service has a class for its code in coded_errors, below one of the families here.
"""

from ..errors import ApiError, ErrorBody, ErrorCode, GpuAgentError

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
    502: ErrorCode.UNAVAILABLE,
    503: ErrorCode.UNAVAILABLE,
    504: ErrorCode.UNAVAILABLE,
}


def code_of_status(status: int) -> ErrorCode:
    """The code that an answer with this HTTP status most likely means, where it has none that is known."""
    return _CODE_OF_STATUS.get(status, ErrorCode.INTERNAL_ERROR if status >= 500 else ErrorCode.VALIDATION_FAILED)


class ServerError(ApiError):
    """The service answered with an error: `code` is its code of the contract, `hint` the next thing to do, `details` a
    row a field, file or line, `request_id` what to tell the operator, `status` the HTTP status, `retry_after_seconds`
    what the service asked for, if it did. `code_text` is the code as it was sent: one that is newer than this program
    comes as its family, with the nearest known `code`."""

    def __init__(self, status: int, body: ErrorBody, *, retry_after_seconds: float | None = None) -> None:
        known = body.code in ErrorCode.__members__
        code = ErrorCode(body.code) if known else code_of_status(status)
        super().__init__(
            code, body.message, hint=body.hint or None, details=list(body.details), request_id=body.request_id
        )
        self.status = status
        self.code_text = body.code
        self.retry_after_seconds = retry_after_seconds


class InvalidRequestError(ServerError):
    """The request can't be carried out as it is: sent again, it is refused again (400, 405, 410, 413, 415)."""


class AuthenticationError(ServerError):
    """The service doesn't know who this is (401)."""


class PaymentError(ServerError):
    """The credits do not reach (402)."""


class PermissionDeniedError(ServerError):
    """This key, or this customer, may not do that (403)."""


class NotFoundError(ServerError):
    """There is no such thing, or it is another customer's (404)."""


class ConflictError(ServerError):
    """The state of things does not allow it now (409)."""


class RateLimitError(ServerError):
    """Too much at once or in a day (429). Short waits were waited for already."""


class ServiceError(ServerError):
    """The service, or something before it, failed (500 and above). What was safe to repeat was tried again already."""


class UpgradeRequired(InvalidRequestError):
    """The service no longer speaks this program's protocol; trying again brings nothing before an update."""


class ClientError(GpuAgentError):
    """Something failed on this side of the service's answer. `hint` is the next thing to do."""

    def __init__(self, message: str, *, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class ConnectionFailed(ClientError):
    """The service could not be reached, or the connection broke before an answer came. `idempotency_key` is that of
    the call, where it creates something: with the same key the same call finds what may have been made."""

    idempotency_key: str | None = None


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


_FAMILIES: dict[int, type[ServerError]] = {
    401: AuthenticationError,
    402: PaymentError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    426: UpgradeRequired,
    429: RateLimitError,
}


def family_of(status: int) -> type[ServerError]:
    """The family of the errors that have this HTTP status."""
    return _FAMILIES.get(status, ServiceError if status >= 500 else InvalidRequestError)
