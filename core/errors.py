"""The one table of error codes of the contract, and the error that carries one of them.

HTTP answers, exit codes and documentation are made from this table; nothing else lists codes.
"""

from enum import StrEnum
from typing import Any, NamedTuple

import msgspec


class ErrorCode(StrEnum):
    """Every code that an answer of the service may carry."""

    CUSTOMER_AUTH_REQUIRED = "CUSTOMER_AUTH_REQUIRED"
    API_KEY_INVALID = "API_KEY_INVALID"
    API_KEY_REVOKED = "API_KEY_REVOKED"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    ENROLLMENT_CODE_INVALID = "ENROLLMENT_CODE_INVALID"
    CREDIT_INSUFFICIENT = "CREDIT_INSUFFICIENT"
    API_KEY_SCOPE_DENIED = "API_KEY_SCOPE_DENIED"
    SIGNED_URL_INVALID = "SIGNED_URL_INVALID"
    STORAGE_QUOTA_EXCEEDED = "STORAGE_QUOTA_EXCEEDED"
    CUSTOMER_SUSPENDED = "CUSTOMER_SUSPENDED"
    JOB_NOT_FOUND = "JOB_NOT_FOUND"
    ARTIFACT_NOT_FOUND = "ARTIFACT_NOT_FOUND"
    DATASET_NOT_FOUND = "DATASET_NOT_FOUND"
    PACKAGE_NOT_FOUND = "PACKAGE_NOT_FOUND"
    NODE_NOT_FOUND = "NODE_NOT_FOUND"
    WEBHOOK_NOT_FOUND = "WEBHOOK_NOT_FOUND"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    STATE_CONFLICT = "STATE_CONFLICT"
    UPLOAD_INCOMPLETE = "UPLOAD_INCOMPLETE"
    LEGACY_DEPRECATED = "LEGACY_DEPRECATED"
    VALIDATION_FAILED = "VALIDATION_FAILED"
    IDEMPOTENCY_KEY_INVALID = "IDEMPOTENCY_KEY_INVALID"
    PAGINATION_INVALID_CURSOR = "PAGINATION_INVALID_CURSOR"
    EXPORT_RANGE_TOO_LARGE = "EXPORT_RANGE_TOO_LARGE"
    WEBHOOK_INVALID_URL = "WEBHOOK_INVALID_URL"
    PACKAGE_REJECTED = "PACKAGE_REJECTED"
    PLAN_INFEASIBLE = "PLAN_INFEASIBLE"
    CHUNK_MISMATCH = "CHUNK_MISMATCH"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    UPGRADE_REQUIRED = "UPGRADE_REQUIRED"
    RATE_LIMITED = "RATE_LIMITED"
    DAILY_TASK_LIMIT_EXCEEDED = "DAILY_TASK_LIMIT_EXCEEDED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    UNAVAILABLE = "UNAVAILABLE"
    SIGNED_URL_FAILED = "SIGNED_URL_FAILED"
    WEBHOOK_DELIVERY_FAILED = "WEBHOOK_DELIVERY_FAILED"


class ErrorKind(NamedTuple):
    """What a code means: its HTTP status, its description in the published page, and the usual next step."""

    status: int
    description: str
    hint: str


ERRORS: dict[ErrorCode, ErrorKind] = {
    ErrorCode.CUSTOMER_AUTH_REQUIRED: ErrorKind(
        401, "Sign in or supply API key", "Send your key in the X-API-Key header."
    ),
    ErrorCode.API_KEY_INVALID: ErrorKind(
        401, "X-API-Key not recognized", "Copy the key again, whole, or create a new one."
    ),
    ErrorCode.API_KEY_REVOKED: ErrorKind(401, "API key was revoked", "Create a new API key."),
    ErrorCode.SIGN_IN_FAILED: ErrorKind(
        401, "E-mail or password not recognized", "Check both, or ask the operator for a reset."
    ),
    ErrorCode.ENROLLMENT_CODE_INVALID: ErrorKind(
        401, "Enrollment code is unknown, used or expired", "Make a new code: gpu-agent-client nodes code"
    ),
    ErrorCode.CREDIT_INSUFFICIENT: ErrorKind(
        402,
        "Customer credit balance below projected cost",
        "Lower the limits of the job, or ask the operator for credits.",
    ),
    ErrorCode.API_KEY_SCOPE_DENIED: ErrorKind(
        403, "Key is missing the required scope", "Use a key that has this scope."
    ),
    ErrorCode.SIGNED_URL_INVALID: ErrorKind(
        403, "Signed URL is altered or expired", "Ask for a fresh URL and use that."
    ),
    ErrorCode.STORAGE_QUOTA_EXCEEDED: ErrorKind(
        403, "Storage quota is used up", "Delete datasets or packages you no longer need."
    ),
    ErrorCode.CUSTOMER_SUSPENDED: ErrorKind(403, "Customer is suspended", "Write to the operator of this service."),
    ErrorCode.JOB_NOT_FOUND: ErrorKind(
        404, "Job id absent or not yours", "List your jobs: GET /customer/training-jobs"
    ),
    ErrorCode.ARTIFACT_NOT_FOUND: ErrorKind(404, "Artifact id absent or not yours", "List the artifacts of the job."),
    ErrorCode.DATASET_NOT_FOUND: ErrorKind(
        404, "Dataset id absent or not yours", "List your datasets: GET /customer/datasets"
    ),
    ErrorCode.PACKAGE_NOT_FOUND: ErrorKind(
        404, "Training package id absent or not yours", "List your packages: GET /customer/training-packages"
    ),
    ErrorCode.NODE_NOT_FOUND: ErrorKind(404, "Node id absent or not yours", "List your nodes."),
    ErrorCode.WEBHOOK_NOT_FOUND: ErrorKind(404, "Webhook id absent or not yours", "List your webhooks."),
    ErrorCode.NOT_FOUND: ErrorKind(404, "No such route", "Compare the path with GET /openapi.json."),
    ErrorCode.METHOD_NOT_ALLOWED: ErrorKind(
        405, "The route has no such method", "Use one of the methods in the Allow header."
    ),
    ErrorCode.IDEMPOTENCY_CONFLICT: ErrorKind(
        409, "Same Idempotency-Key with different body", "Use a new Idempotency-Key for a new request."
    ),
    ErrorCode.STATE_CONFLICT: ErrorKind(409, "The resource's state does not allow this", "Look at its state first."),
    ErrorCode.UPLOAD_INCOMPLETE: ErrorKind(409, "Chunks are missing", "PUT the missing chunks, then finalize again."),
    ErrorCode.LEGACY_DEPRECATED: ErrorKind(
        410,
        "POST /customer/jobs/image* — sunset in Stage 17.1, use /customer/training-jobs",
        "Use POST /customer/training-jobs.",
    ),
    ErrorCode.VALIDATION_FAILED: ErrorKind(
        400, "Request has bad, unknown or missing fields", "Mend each field in details."
    ),
    ErrorCode.IDEMPOTENCY_KEY_INVALID: ErrorKind(
        400, "Idempotency-Key format invalid", "Send 8 to 128 visible ASCII characters, such as a UUID."
    ),
    ErrorCode.PAGINATION_INVALID_CURSOR: ErrorKind(
        400, "Cursor is malformed or expired", "Start again without a cursor, with the same filters."
    ),
    ErrorCode.EXPORT_RANGE_TOO_LARGE: ErrorKind(
        400, "Export range exceeds 90 days", "Ask for 90 days or less at a time."
    ),
    ErrorCode.WEBHOOK_INVALID_URL: ErrorKind(
        400, "Webhook URL must be public HTTPS", "Give an https:// address on the internet."
    ),
    ErrorCode.PACKAGE_REJECTED: ErrorKind(
        400, "Training package has problems", "Mend each problem in details and push the package again."
    ),
    ErrorCode.PLAN_INFEASIBLE: ErrorKind(
        400, "The plan exceeds a ceiling of the service", "Compare with limits in GET /meta."
    ),
    ErrorCode.CHUNK_MISMATCH: ErrorKind(
        400, "Bytes are not those of the chunk's name", "Read the file again and send it anew."
    ),
    ErrorCode.PAYLOAD_TOO_LARGE: ErrorKind(413, "Body is larger than this route takes", "Send less at a time."),
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: ErrorKind(415, "Body is of another type", "Send Content-Type: application/json."),
    ErrorCode.UPGRADE_REQUIRED: ErrorKind(426, "This version is no longer spoken here", "Update the node program."),
    ErrorCode.RATE_LIMITED: ErrorKind(
        429, "Too many requests / too many concurrent jobs", "Wait for Retry-After seconds."
    ),
    ErrorCode.DAILY_TASK_LIMIT_EXCEEDED: ErrorKind(
        429, "Per-day task quota exhausted", "Go on tomorrow (UTC), or plan fewer units."
    ),
    ErrorCode.INTERNAL_ERROR: ErrorKind(
        500, "Unhandled server error", "Try again; if it stays, report the request id."
    ),
    ErrorCode.UNAVAILABLE: ErrorKind(503, "The service cannot answer now", "Try again in a few seconds."),
    ErrorCode.SIGNED_URL_FAILED: ErrorKind(502, "Storage backend error", "Try again in a few seconds."),
    ErrorCode.WEBHOOK_DELIVERY_FAILED: ErrorKind(
        502, "Webhook delivery exhausted retries", "Mend the endpoint, then redeliver."
    ),
}


class ErrorDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of an error's details: the field or file it is about, and what is wrong with it."""

    message: str
    field: str | None = None
    file: str | None = None
    line: int | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    """The shape of every answer outside 2xx and 3xx, below the key `error`."""

    code: str
    message: str
    hint: str = ""
    details: list[ErrorDetail] = []
    request_id: str = ""


class ErrorEnvelope(msgspec.Struct, frozen=True):
    """The whole error answer."""

    error: ErrorBody


class GpuAgentError(Exception):
    """Everything that this project raises on purpose: `message` says what happened, `hint` the next thing to do."""

    message: str
    hint: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as it is and not made anew: what `__init__` takes is no longer known. Process pools pass these on."""
        return _unpickled, (type(self), self.args), self.__dict__.copy()


def _unpickled(kind: type[GpuAgentError], args: tuple[Any, ...]) -> GpuAgentError:
    return kind.__new__(kind, *args)


class ApiError(GpuAgentError):
    """A refusal with a code of the contract, raised once where the fact is known.

    `headers` are for the HTTP answer (Retry-After, Allow, Sunset). On the client side the same class carries what
    the server said, with its `request_id`.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str | None = None,
        *,
        hint: str | None = None,
        details: list[ErrorDetail] | None = None,
        headers: dict[str, str] | None = None,
        request_id: str = "",
    ) -> None:
        kind = ERRORS[code]
        self.code = code
        self.status = kind.status
        self.message = message or kind.description
        self.hint = hint or kind.hint
        self.details = details or []
        self.headers = headers or {}
        self.request_id = request_id
        super().__init__(f"{code}: {self.message}")

    def body(self, request_id: str) -> ErrorEnvelope:
        """The answer's body."""
        return ErrorEnvelope(ErrorBody(self.code.value, self.message, self.hint, self.details, request_id))


def validation_failed(**fields: str) -> ApiError:
    """A VALIDATION_FAILED with one row a named field."""
    return ApiError(
        ErrorCode.VALIDATION_FAILED, details=[ErrorDetail(message, field=name) for name, message in fields.items()]
    )


def error_table() -> list[dict[str, Any]]:
    """The codes with status and description, as `/meta` and the API page show them."""
    return [
        {"code": code.value, "status": kind.status, "description": kind.description} for code, kind in ERRORS.items()
    ]
