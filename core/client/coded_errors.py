"""A class for each error code of the contract, below its family in errors.

Made from the table in core/errors.py by `python3 build_scripts/run.py --dev python -m build_scripts.error_classes`:
change that, not this.
"""

from ..errors import ErrorCode
from .errors import (
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ServiceError,
    UpgradeRequired,
)

__all__ = [
    "ApiKeyInvalid",
    "ApiKeyRevoked",
    "ApiKeyScopeDenied",
    "ArtifactNotFound",
    "ChunkMismatch",
    "CreditInsufficient",
    "CustomerAuthRequired",
    "CustomerSuspended",
    "DailyTaskLimitExceeded",
    "DatasetNotFound",
    "EnrollmentCodeInvalid",
    "ExportRangeTooLarge",
    "IdempotencyConflict",
    "IdempotencyKeyInvalid",
    "InternalError",
    "JobNotFound",
    "LegacyDeprecated",
    "MethodNotAllowed",
    "NodeNotFound",
    "NotFound",
    "PackageNotFound",
    "PackageRejected",
    "PaginationInvalidCursor",
    "PayloadTooLarge",
    "PlanInfeasible",
    "RateLimited",
    "SignInFailed",
    "SignedUrlFailed",
    "SignedUrlInvalid",
    "StateConflict",
    "StorageQuotaExceeded",
    "Unavailable",
    "UnsupportedMediaType",
    "UploadIncomplete",
    "ValidationFailed",
    "WebhookDeliveryFailed",
    "WebhookInvalidUrl",
    "WebhookNotFound",
]


class CustomerAuthRequired(AuthenticationError):
    """401 CUSTOMER_AUTH_REQUIRED: Sign in or supply API key."""


class ApiKeyInvalid(AuthenticationError):
    """401 API_KEY_INVALID: X-API-Key not recognized."""


class ApiKeyRevoked(AuthenticationError):
    """401 API_KEY_REVOKED: API key was revoked."""


class SignInFailed(AuthenticationError):
    """401 SIGN_IN_FAILED: E-mail or password not recognized."""


class EnrollmentCodeInvalid(AuthenticationError):
    """401 ENROLLMENT_CODE_INVALID: Enrollment code is unknown, used or expired."""


class CreditInsufficient(PaymentError):
    """402 CREDIT_INSUFFICIENT: Customer credit balance below projected cost."""


class ApiKeyScopeDenied(PermissionDeniedError):
    """403 API_KEY_SCOPE_DENIED: Key is missing the required scope."""


class SignedUrlInvalid(PermissionDeniedError):
    """403 SIGNED_URL_INVALID: Signed URL is altered or expired."""


class StorageQuotaExceeded(PermissionDeniedError):
    """403 STORAGE_QUOTA_EXCEEDED: Storage quota is used up."""


class CustomerSuspended(PermissionDeniedError):
    """403 CUSTOMER_SUSPENDED: Customer is suspended."""


class JobNotFound(NotFoundError):
    """404 JOB_NOT_FOUND: Job id absent or not yours."""


class ArtifactNotFound(NotFoundError):
    """404 ARTIFACT_NOT_FOUND: Artifact id absent or not yours."""


class DatasetNotFound(NotFoundError):
    """404 DATASET_NOT_FOUND: Dataset id absent or not yours."""


class PackageNotFound(NotFoundError):
    """404 PACKAGE_NOT_FOUND: Training package id absent or not yours."""


class NodeNotFound(NotFoundError):
    """404 NODE_NOT_FOUND: Node id absent or not yours."""


class WebhookNotFound(NotFoundError):
    """404 WEBHOOK_NOT_FOUND: Webhook id absent or not yours."""


class NotFound(NotFoundError):
    """404 NOT_FOUND: No such route."""


class MethodNotAllowed(InvalidRequestError):
    """405 METHOD_NOT_ALLOWED: The route has no such method."""


class IdempotencyConflict(ConflictError):
    """409 IDEMPOTENCY_CONFLICT: Same Idempotency-Key with different body."""


class StateConflict(ConflictError):
    """409 STATE_CONFLICT: The resource's state does not allow this."""


class UploadIncomplete(ConflictError):
    """409 UPLOAD_INCOMPLETE: Chunks are missing."""


class LegacyDeprecated(InvalidRequestError):
    """410 LEGACY_DEPRECATED: POST /customer/jobs/image* — sunset in Stage 17.1, use /customer/training-jobs."""


class ValidationFailed(InvalidRequestError):
    """400 VALIDATION_FAILED: Request has bad, unknown or missing fields."""


class IdempotencyKeyInvalid(InvalidRequestError):
    """400 IDEMPOTENCY_KEY_INVALID: Idempotency-Key format invalid."""


class PaginationInvalidCursor(InvalidRequestError):
    """400 PAGINATION_INVALID_CURSOR: Cursor is malformed or expired."""


class ExportRangeTooLarge(InvalidRequestError):
    """400 EXPORT_RANGE_TOO_LARGE: Export range exceeds 90 days."""


class WebhookInvalidUrl(InvalidRequestError):
    """400 WEBHOOK_INVALID_URL: Webhook URL must be public HTTPS."""


class PackageRejected(InvalidRequestError):
    """400 PACKAGE_REJECTED: Training package has problems."""


class PlanInfeasible(InvalidRequestError):
    """400 PLAN_INFEASIBLE: The plan exceeds a ceiling of the service."""


class ChunkMismatch(InvalidRequestError):
    """400 CHUNK_MISMATCH: Bytes are not those of the chunk's name."""


class PayloadTooLarge(InvalidRequestError):
    """413 PAYLOAD_TOO_LARGE: Body is larger than this route takes."""


class UnsupportedMediaType(InvalidRequestError):
    """415 UNSUPPORTED_MEDIA_TYPE: Body is of another type."""


class RateLimited(RateLimitError):
    """429 RATE_LIMITED: Too many requests / too many concurrent jobs."""


class DailyTaskLimitExceeded(RateLimitError):
    """429 DAILY_TASK_LIMIT_EXCEEDED: Per-day task quota exhausted."""


class InternalError(ServiceError):
    """500 INTERNAL_ERROR: Unhandled server error."""


class Unavailable(ServiceError):
    """503 UNAVAILABLE: The service cannot answer now."""


class SignedUrlFailed(ServiceError):
    """502 SIGNED_URL_FAILED: Storage backend error."""


class WebhookDeliveryFailed(ServiceError):
    """502 WEBHOOK_DELIVERY_FAILED: Webhook delivery exhausted retries."""


ERROR_CLASSES: dict[ErrorCode, type[ServerError]] = {
    ErrorCode.CUSTOMER_AUTH_REQUIRED: CustomerAuthRequired,
    ErrorCode.API_KEY_INVALID: ApiKeyInvalid,
    ErrorCode.API_KEY_REVOKED: ApiKeyRevoked,
    ErrorCode.SIGN_IN_FAILED: SignInFailed,
    ErrorCode.ENROLLMENT_CODE_INVALID: EnrollmentCodeInvalid,
    ErrorCode.CREDIT_INSUFFICIENT: CreditInsufficient,
    ErrorCode.API_KEY_SCOPE_DENIED: ApiKeyScopeDenied,
    ErrorCode.SIGNED_URL_INVALID: SignedUrlInvalid,
    ErrorCode.STORAGE_QUOTA_EXCEEDED: StorageQuotaExceeded,
    ErrorCode.CUSTOMER_SUSPENDED: CustomerSuspended,
    ErrorCode.JOB_NOT_FOUND: JobNotFound,
    ErrorCode.ARTIFACT_NOT_FOUND: ArtifactNotFound,
    ErrorCode.DATASET_NOT_FOUND: DatasetNotFound,
    ErrorCode.PACKAGE_NOT_FOUND: PackageNotFound,
    ErrorCode.NODE_NOT_FOUND: NodeNotFound,
    ErrorCode.WEBHOOK_NOT_FOUND: WebhookNotFound,
    ErrorCode.NOT_FOUND: NotFound,
    ErrorCode.METHOD_NOT_ALLOWED: MethodNotAllowed,
    ErrorCode.IDEMPOTENCY_CONFLICT: IdempotencyConflict,
    ErrorCode.STATE_CONFLICT: StateConflict,
    ErrorCode.UPLOAD_INCOMPLETE: UploadIncomplete,
    ErrorCode.LEGACY_DEPRECATED: LegacyDeprecated,
    ErrorCode.VALIDATION_FAILED: ValidationFailed,
    ErrorCode.IDEMPOTENCY_KEY_INVALID: IdempotencyKeyInvalid,
    ErrorCode.PAGINATION_INVALID_CURSOR: PaginationInvalidCursor,
    ErrorCode.EXPORT_RANGE_TOO_LARGE: ExportRangeTooLarge,
    ErrorCode.WEBHOOK_INVALID_URL: WebhookInvalidUrl,
    ErrorCode.PACKAGE_REJECTED: PackageRejected,
    ErrorCode.PLAN_INFEASIBLE: PlanInfeasible,
    ErrorCode.CHUNK_MISMATCH: ChunkMismatch,
    ErrorCode.PAYLOAD_TOO_LARGE: PayloadTooLarge,
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaType,
    ErrorCode.UPGRADE_REQUIRED: UpgradeRequired,
    ErrorCode.RATE_LIMITED: RateLimited,
    ErrorCode.DAILY_TASK_LIMIT_EXCEEDED: DailyTaskLimitExceeded,
    ErrorCode.INTERNAL_ERROR: InternalError,
    ErrorCode.UNAVAILABLE: Unavailable,
    ErrorCode.SIGNED_URL_FAILED: SignedUrlFailed,
    ErrorCode.WEBHOOK_DELIVERY_FAILED: WebhookDeliveryFailed,
}
