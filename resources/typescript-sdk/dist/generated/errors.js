// Made by `python3 build_scripts/run.py --dev python -m build_scripts.typescript_types`
// from the routes and their types: change those, not this file.
import { ApiError } from "../errors.js";
/** CUSTOMER_AUTH_REQUIRED (401): Sign in or supply API key. Send your key in the X-API-Key header. */
export class CustomerAuthRequiredError extends ApiError {
}
/** API_KEY_INVALID (401): X-API-Key not recognized. Copy the key again, whole, or create a new one. */
export class ApiKeyInvalidError extends ApiError {
}
/** API_KEY_REVOKED (401): API key was revoked. Create a new API key. */
export class ApiKeyRevokedError extends ApiError {
}
/** SIGN_IN_FAILED (401): E-mail or password not recognized. Check both, or ask the operator for a reset. */
export class SignInFailedError extends ApiError {
}
/** ENROLLMENT_CODE_INVALID (401): Enrollment code is unknown, used or expired. Make a new code: gpu-agent-client nodes code */
export class EnrollmentCodeInvalidError extends ApiError {
}
/** CREDIT_INSUFFICIENT (402): Customer credit balance below projected cost. Lower the limits of the job, or ask the operator for credits. */
export class CreditInsufficientError extends ApiError {
}
/** API_KEY_SCOPE_DENIED (403): Key is missing the required scope. Use a key that has this scope. */
export class ApiKeyScopeDeniedError extends ApiError {
}
/** SIGNED_URL_INVALID (403): Signed URL is altered or expired. Ask for a fresh URL and use that. */
export class SignedUrlInvalidError extends ApiError {
}
/** STORAGE_QUOTA_EXCEEDED (403): Storage quota is used up. Delete datasets or packages you no longer need. */
export class StorageQuotaExceededError extends ApiError {
}
/** CUSTOMER_SUSPENDED (403): Customer is suspended. Write to the operator of this service. */
export class CustomerSuspendedError extends ApiError {
}
/** JOB_NOT_FOUND (404): Job id absent or not yours. List your jobs: GET /customer/training-jobs */
export class JobNotFoundError extends ApiError {
}
/** ARTIFACT_NOT_FOUND (404): Artifact id absent or not yours. List the artifacts of the job. */
export class ArtifactNotFoundError extends ApiError {
}
/** DATASET_NOT_FOUND (404): Dataset id absent or not yours. List your datasets: GET /customer/datasets */
export class DatasetNotFoundError extends ApiError {
}
/** PACKAGE_NOT_FOUND (404): Training package id absent or not yours. List your packages: GET /customer/training-packages */
export class PackageNotFoundError extends ApiError {
}
/** NODE_NOT_FOUND (404): Node id absent or not yours. List your nodes. */
export class NodeNotFoundError extends ApiError {
}
/** WEBHOOK_NOT_FOUND (404): Webhook id absent or not yours. List your webhooks. */
export class WebhookNotFoundError extends ApiError {
}
/** NOT_FOUND (404): No such route. Compare the path with GET /openapi.json. */
export class NotFoundError extends ApiError {
}
/** METHOD_NOT_ALLOWED (405): The route has no such method. Use one of the methods in the Allow header. */
export class MethodNotAllowedError extends ApiError {
}
/** IDEMPOTENCY_CONFLICT (409): Same Idempotency-Key with different body. Use a new Idempotency-Key for a new request. */
export class IdempotencyConflictError extends ApiError {
}
/** STATE_CONFLICT (409): The resource's state does not allow this. Look at its state first. */
export class StateConflictError extends ApiError {
}
/** UPLOAD_INCOMPLETE (409): Chunks are missing. PUT the missing chunks, then finalize again. */
export class UploadIncompleteError extends ApiError {
}
/** LEGACY_DEPRECATED (410): POST /customer/jobs/image* — sunset in Stage 17.1, use /customer/training-jobs. Use POST /customer/training-jobs. */
export class LegacyDeprecatedError extends ApiError {
}
/** VALIDATION_FAILED (400): Request has bad, unknown or missing fields. Mend each field in details. */
export class ValidationFailedError extends ApiError {
}
/** IDEMPOTENCY_KEY_INVALID (400): Idempotency-Key format invalid. Send 8 to 128 visible ASCII characters, such as a UUID. */
export class IdempotencyKeyInvalidError extends ApiError {
}
/** PAGINATION_INVALID_CURSOR (400): Cursor is malformed or expired. Start again without a cursor, with the same filters. */
export class PaginationInvalidCursorError extends ApiError {
}
/** EXPORT_RANGE_TOO_LARGE (400): Export range exceeds 90 days. Ask for 90 days or less at a time. */
export class ExportRangeTooLargeError extends ApiError {
}
/** WEBHOOK_INVALID_URL (400): Webhook URL must be public HTTPS. Give an https:// address on the internet. */
export class WebhookInvalidUrlError extends ApiError {
}
/** PACKAGE_REJECTED (400): Training package has problems. Mend each problem in details and push the package again. */
export class PackageRejectedError extends ApiError {
}
/** PLAN_INFEASIBLE (400): The plan exceeds a ceiling of the service. Compare with limits in GET /meta. */
export class PlanInfeasibleError extends ApiError {
}
/** CHUNK_MISMATCH (400): Bytes are not those of the chunk's name. Read the file again and send it anew. */
export class ChunkMismatchError extends ApiError {
}
/** PAYLOAD_TOO_LARGE (413): Body is larger than this route takes. Send less at a time. */
export class PayloadTooLargeError extends ApiError {
}
/** UNSUPPORTED_MEDIA_TYPE (415): Body is of another type. Send Content-Type: application/json. */
export class UnsupportedMediaTypeError extends ApiError {
}
/** UPGRADE_REQUIRED (426): This version is no longer spoken here. Update the node program. */
export class UpgradeRequiredError extends ApiError {
}
/** RATE_LIMITED (429): Too many requests / too many concurrent jobs. Wait for Retry-After seconds. */
export class RateLimitedError extends ApiError {
}
/** DAILY_TASK_LIMIT_EXCEEDED (429): Per-day task quota exhausted. Go on tomorrow (UTC), or plan fewer units. */
export class DailyTaskLimitExceededError extends ApiError {
}
/** INTERNAL_ERROR (500): Unhandled server error. Try again; if it stays, report the request id. */
export class InternalError extends ApiError {
}
/** UNAVAILABLE (503): The service cannot answer now. Try again in a few seconds. */
export class UnavailableError extends ApiError {
}
/** SIGNED_URL_FAILED (502): Storage backend error. Try again in a few seconds. */
export class SignedUrlFailedError extends ApiError {
}
/** WEBHOOK_DELIVERY_FAILED (502): Webhook delivery exhausted retries. Mend the endpoint, then redeliver. */
export class WebhookDeliveryFailedError extends ApiError {
}
/** The class of each code. */
export const ERROR_CLASSES = {
    CUSTOMER_AUTH_REQUIRED: CustomerAuthRequiredError,
    API_KEY_INVALID: ApiKeyInvalidError,
    API_KEY_REVOKED: ApiKeyRevokedError,
    SIGN_IN_FAILED: SignInFailedError,
    ENROLLMENT_CODE_INVALID: EnrollmentCodeInvalidError,
    CREDIT_INSUFFICIENT: CreditInsufficientError,
    API_KEY_SCOPE_DENIED: ApiKeyScopeDeniedError,
    SIGNED_URL_INVALID: SignedUrlInvalidError,
    STORAGE_QUOTA_EXCEEDED: StorageQuotaExceededError,
    CUSTOMER_SUSPENDED: CustomerSuspendedError,
    JOB_NOT_FOUND: JobNotFoundError,
    ARTIFACT_NOT_FOUND: ArtifactNotFoundError,
    DATASET_NOT_FOUND: DatasetNotFoundError,
    PACKAGE_NOT_FOUND: PackageNotFoundError,
    NODE_NOT_FOUND: NodeNotFoundError,
    WEBHOOK_NOT_FOUND: WebhookNotFoundError,
    NOT_FOUND: NotFoundError,
    METHOD_NOT_ALLOWED: MethodNotAllowedError,
    IDEMPOTENCY_CONFLICT: IdempotencyConflictError,
    STATE_CONFLICT: StateConflictError,
    UPLOAD_INCOMPLETE: UploadIncompleteError,
    LEGACY_DEPRECATED: LegacyDeprecatedError,
    VALIDATION_FAILED: ValidationFailedError,
    IDEMPOTENCY_KEY_INVALID: IdempotencyKeyInvalidError,
    PAGINATION_INVALID_CURSOR: PaginationInvalidCursorError,
    EXPORT_RANGE_TOO_LARGE: ExportRangeTooLargeError,
    WEBHOOK_INVALID_URL: WebhookInvalidUrlError,
    PACKAGE_REJECTED: PackageRejectedError,
    PLAN_INFEASIBLE: PlanInfeasibleError,
    CHUNK_MISMATCH: ChunkMismatchError,
    PAYLOAD_TOO_LARGE: PayloadTooLargeError,
    UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaTypeError,
    UPGRADE_REQUIRED: UpgradeRequiredError,
    RATE_LIMITED: RateLimitedError,
    DAILY_TASK_LIMIT_EXCEEDED: DailyTaskLimitExceededError,
    INTERNAL_ERROR: InternalError,
    UNAVAILABLE: UnavailableError,
    SIGNED_URL_FAILED: SignedUrlFailedError,
    WEBHOOK_DELIVERY_FAILED: WebhookDeliveryFailedError,
};
